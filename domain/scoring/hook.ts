/** What an inference hook adds to plain `forward` of the same trained model, and what it costs in time. */
import { z } from 'zod';
import { latencyRatios } from '../evaluation/signals/latency.ts';
import { IGNORANCE_MICROBITS } from '../evaluation/units.ts';
import type { Policy } from '../policy/policy.ts';
import { gainSchema } from './gain.ts';
import { gainOf } from './gains.ts';
import type { Runs, ScoredRun } from './measured-runs.ts';
import { mean } from './statistics.ts';

export const hookGainSchema = z.strictObject({
  /** Over the plain predictions of the same models at the same places. */
  gain: gainSchema,
  /** Time per prediction as thousandths of plain `forward`'s, at the median or the 95th percentile, whichever is worse. */
  latencyMilli: z.int().min(0),
  /** Its latency is within the policy's bound. */
  withinBound: z.boolean(),
});
export type HookGain = z.infer<typeof hookGainSchema>;

/** Mean plain loss at the hook's checkpoints less the hook's; what a hook did not answer counts as 8 bits. */
function difference({ curve, hook }: ScoredRun): number | null {
  if (hook === null) return null;
  const judged = curve.filter(({ step }) => hook.points.some((point) => point.step === step));
  // One that failed before its first checkpoint has failed at all of them.
  const plain = hook.ending.kind === 'completed' || judged.length > 0 ? judged : curve;
  if (plain.length === 0) return null;
  const hooked =
    hook.ending.kind === 'completed'
      ? hook.points.map((point) => point.lossMicrobits)
      : [IGNORANCE_MICROBITS];
  return mean(plain.map((point) => point.lossMicrobits)) - mean(hooked);
}

/** The worse of median and 95th percentile: a median alone could be kept low by being slow on few. */
function latencyMilli({ latency, hook }: ScoredRun): number {
  if (hook === null) return 0;
  const { medianMilli, p95Milli } = latencyRatios(hook.latency, latency);
  return Math.max(medianMilli, p95Milli);
}

/** What the hook adds on each seed of the base point, where it keeps to its latency bound; empty where it does not or there is none. */
export function hookBySeed(
  runs: Runs,
  pair: 'recipe' | 'incumbent',
  rules: Policy['scoring'],
): ReadonlyMap<number, number> {
  const hooked = runs.of(pair, 0, 0);
  if (hooked.some((run) => latencyMilli(run) > rules.hookLatencyMilli)) return new Map();
  return new Map(
    hooked.flatMap((run) => {
      const gained = difference(run);
      return gained === null ? [] : [[run.seed, gained] as const];
    }),
  );
}

/** Null where no run has a hook. */
export function hookGain(
  runs: Runs,
  pair: 'architecture' | 'recipe',
  rules: Policy['scoring'],
): HookGain | null {
  const hooked = runs.of(pair, 0, 0).filter((run) => run.hook !== null);
  const differences = hooked.map(difference).filter((value) => value !== null);
  if (differences.length === 0) return null;
  // The slowest seed counts: being fast somewhere does not make up for being slow elsewhere.
  const slowest = Math.max(...hooked.map(latencyMilli));
  return {
    gain: gainOf(differences, rules),
    latencyMilli: slowest,
    withinBound: slowest <= rules.hookLatencyMilli,
  };
}
