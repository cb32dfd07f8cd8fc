/** What the runs of a confirmation have shown: paired differences on fresh seeds, judged by the policy's rule. */
import type { Measurement } from '../evaluation/measurement.ts';
import type { Plan } from '../evaluation/plan.ts';
import type { DataOf } from '../events/catalogue.ts';
import type { Policy } from '../policy/policy.ts';
import { hookBySeed, hookGain } from '../scoring/hook.ts';
import { Runs } from '../scoring/measured-runs.ts';
import { type Baseline, combinedBySeed, gainsOver } from '../scoring/pair-gains.ts';
import { penaltiesOf } from '../scoring/penalties.ts';
import { less, recipeBaseline } from '../scoring/score.ts';
import { type Judgement, judgeDifferences, minimumFor } from './luck/confirmation.ts';
import { ceilDivide, ceilSqrt, toSafe } from './luck/integers.ts';

export interface ConfirmationSpec {
  readonly call: Pick<DataOf<'ConfirmationCalled'>, 'claim' | 'incumbent' | 'near' | 'alphaPpt'>;
  readonly plan: Plan;
  readonly scoring: Policy['scoring'];
  readonly rules: Policy['ownership']['confirmation'];
  /** Differences that the family's earlier challenges have shown. */
  readonly earlier: readonly (readonly number[])[];
  /** What the standing recipe has gained over the judge's; 0 where none stands. */
  readonly standingMicrobits: number;
  /** Id of the last measurement. */
  readonly basis: string;
}

/** What the claimed pair has to beat on the same stream. */
function baselineOf(runs: Runs, { claim, incumbent }: ConfirmationSpec['call']): Baseline {
  if (claim === 'architecture') return (run, key) => runs.panelBeside(run, key);
  if (incumbent === null) return recipeBaseline(runs);
  return (run, key) => {
    const standing = runs.on('incumbent', 0, 0, run.seed);
    return standing === undefined ? null : runs.value(standing, key);
  };
}

/** Hooks count on both sides, each only where it keeps to its latency bound. */
function withHooks(
  differences: ReturnType<typeof combinedBySeed>,
  runs: Runs,
  { claim, incumbent }: ConfirmationSpec['call'],
  scoring: Policy['scoring'],
): readonly number[] {
  if (claim === 'architecture') return differences.map(({ microbits }) => microbits);
  const own = hookBySeed(runs, 'recipe', scoring);
  const standing = incumbent === null ? new Map<number, number>() : hookBySeed(runs, 'incumbent', scoring);
  return differences.map(
    ({ seed, microbits }) => microbits + (own.get(seed) ?? 0) - (standing.get(seed) ?? 0),
  );
}

/** The judged curve is, bit for bit, that of what it was compared with: the same idea, whatever its source says. */
function isIdentical(measurements: readonly Measurement[], { claim }: ConfirmationSpec['call']): boolean {
  const [own, other] =
    claim === 'training' ? (['recipe', 'incumbent'] as const) : (['architecture', 'near'] as const);
  const curveOf = (pair: Measurement['pair'], seed: number) =>
    measurements.find(
      (run) => run.pair === pair && run.point === 0 && run.seed === seed && run.ending.kind === 'completed',
    )?.curve;
  return measurements.some((run) => {
    if (run.pair !== other || run.ending.kind !== 'completed') return false;
    const curve = curveOf(own, run.seed) ?? [];
    return (
      curve.length > 0 &&
      curve.every(({ lossMicrobits }, at) => lossMicrobits === run.curve[at]?.lossMicrobits)
    );
  });
}

/** As an event states it. What counts towards a value is the policy's lower bound, which does not depend on how many have been here before. */
function evidenceOf(
  { n, ...judged }: Judgement,
  differences: number[],
  alphaPpt: number,
  confidenceMilliZ: number,
): DataOf<'SubmissionConfirmed'>['evidence'] {
  const reach = BigInt(confidenceMilliZ) * BigInt(judged.deviationMicrobits);
  const margin = toSafe(ceilSqrt(ceilDivide(reach * reach, 1_000_000n * BigInt(n))));
  return { differences, alphaPpt, ...judged, lowerMicrobits: judged.meanMicrobits - margin };
}

/** Throws `RangeError` where the runs have no pair to compare: a confirmation whose planned runs are all measured always has. */
export function confirmationOf(
  measurements: readonly Measurement[],
  spec: ConfirmationSpec,
): DataOf<'SubmissionConfirmed'> {
  const { call, plan, scoring, rules, basis } = spec;
  const pair = call.claim === 'training' ? 'recipe' : 'architecture';
  const runs = new Runs(measurements, plan, scoring.payloadCounts);
  const overPanel = gainsOver(runs, pair, (run, key) => runs.panelBeside(run, key), plan, scoring);
  const bySeed = combinedBySeed(runs, pair, baselineOf(runs, call), scoring);
  if (overPanel === null || bySeed.length === 0)
    throw new RangeError('a confirmation needs a run of the claimed pair beside what it has to beat');
  const { alphaPpt } = call;
  const differences = [...withHooks(bySeed, runs, call, scoring)];
  const minimumMicrobits = minimumFor(spec.standingMicrobits, rules);
  const judged = judgeDifferences({ differences, earlier: spec.earlier, alphaPpt, minimumMicrobits, rules });
  const gain = less(overPanel.total, penaltiesOf(runs.of(pair, 0, 0), scoring.penalties));
  const hook = call.claim === 'training' ? hookGain(runs, 'recipe', scoring) : null;
  const hooked = hook?.withinBound ? Math.max(0, hook.gain.lowerMicrobits) : 0;
  return {
    basis,
    claim: call.claim,
    evidence: evidenceOf(judged, differences, alphaPpt, scoring.confidenceMilliZ),
    gain,
    hook,
    valueMicrobits: Math.max(0, gain.lowerMicrobits + hooked),
    identical: isIdentical(measurements, call),
  };
}
