/** What the runs of a confirmation have shown: paired differences on fresh seeds, judged by the policy's rule. */
import type { Measurement } from '../evaluation/measurement.ts';
import type { Plan } from '../evaluation/plan.ts';
import type { DataOf } from '../events/catalogue.ts';
import type { Policy } from '../policy/policy.ts';
import { hookBySeed, hookGain } from '../scoring/hook.ts';
import { Runs } from '../scoring/measured-runs.ts';
import { type Baseline, combinedBySeed, gainsOver } from '../scoring/pair-gains.ts';
import { penaltiesOf } from '../scoring/penalties.ts';
import { atEqualCost, less, recipeBaseline } from '../scoring/score.ts';
import { mean } from '../scoring/statistics.ts';
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
  return incumbent === null ? recipeBaseline(runs) : atEqualCost(runs, 'incumbent');
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

/** The judged losses are, bit for bit, those of what it was compared with, an inference hook's too: the same idea, whatever its source says. */
function isIdentical(measurements: readonly Measurement[], { claim }: ConfirmationSpec['call']): boolean {
  const [own, other] =
    claim === 'training' ? (['recipe', 'incumbent'] as const) : (['architecture', 'near'] as const);
  const atBase = measurements.filter(({ point, ending }) => point === 0 && ending.kind === 'completed');
  return atBase.some(({ pair, seed, ...run }) => {
    const twin = atBase.find((one) => one.pair === own && one.seed === seed);
    return pair === other && twin !== undefined && lossesOf(twin) === lossesOf(run);
  });
}

function lossesOf({ curve, hook }: Pick<Measurement, 'curve' | 'hook'>): string {
  const points = [...curve, ...(hook?.points ?? [])];
  return points.map(({ lossMicrobits }) => lossMicrobits).join();
}

/** As an event states it. What counts towards a value is the policy's lower bound, which does not depend on how many have been here before. */
function evidenceOf(
  { n, ...judged }: Judgement,
  differences: number[],
  alphaPpt: number,
  confidenceMilliZ: number,
  beyond: number,
): DataOf<'SubmissionConfirmed'>['evidence'] {
  const reach = BigInt(confidenceMilliZ) * BigInt(judged.deviationMicrobits);
  const margin = toSafe(ceilSqrt(ceilDivide(reach * reach, 1_000_000n * BigInt(n))));
  return {
    differences,
    alphaPpt,
    ...judged,
    gridMicrobits: judged.meanMicrobits + beyond,
    lowerMicrobits: judged.meanMicrobits - margin + Math.min(0, beyond),
    proven: judged.proven && judged.meanMicrobits + beyond > 0,
  };
}

/** What the lower bounds in a confirmation's value have taken off their means: at least 0. A hook that does not count takes nothing off. */
export function marginOf({ gain, hook }: Pick<DataOf<'SubmissionConfirmed'>, 'gain' | 'hook'>): number {
  const counted = hook?.withinBound && hook.gain.lowerMicrobits > 0 ? [gain, hook.gain] : [gain];
  return counted.reduce((sum, { meanMicrobits, lowerMicrobits }) => sum + meanMicrobits - lowerMicrobits, 0);
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
  const grid = gainsOver(runs, pair, baselineOf(runs, call), plan, scoring);
  if (overPanel === null || grid === null || bySeed.length === 0)
    throw new RangeError('a confirmation needs a run of the claimed pair beside what it has to beat');
  const { alphaPpt } = call;
  const differences = [...withHooks(bySeed, runs, call, scoring)];
  const minimumMicrobits = minimumFor(spec.standingMicrobits, rules);
  const judged = judgeDifferences({ differences, earlier: spec.earlier, alphaPpt, minimumMicrobits, rules });
  // What the ladders say beyond the base point: a gain that is there only is not one that holds at scale.
  const beyond = grid.total.meanMicrobits - mean(bySeed.map(({ microbits }) => microbits));
  const gain = less(overPanel.total, penaltiesOf(runs.of(pair, 0, 0), scoring.penalties));
  const hook = call.claim === 'training' ? hookGain(runs, 'recipe', scoring) : null;
  const hooked = hook?.withinBound ? Math.max(0, hook.gain.lowerMicrobits) : 0;
  return {
    basis,
    claim: call.claim,
    evidence: evidenceOf(judged, differences, alphaPpt, scoring.confidenceMilliZ, beyond),
    gain,
    hook,
    valueMicrobits: Math.max(0, gain.lowerMicrobits + hooked),
    identical: isIdentical(measurements, call),
  };
}
