/** A submission's score: the gains of its pairs over the reference, on the same streams. */
import type { Measurement, Pair } from '../evaluation/plan.ts';
import { IGNORANCE_MICROBITS, PPM } from '../evaluation/units.ts';
import type { DataOf } from '../events/catalogue.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gain } from './gain.ts';
import { figureOf, gainOf } from './gains.ts';

/** Gain of pair `better` over pair `base`, seed by seed; null where either was not run. */
function pairedGain(
  measurements: readonly Measurement[],
  better: Pair,
  base: Pair,
  rules: Policy['scoring'],
): Gain | null {
  const figures = (pair: Pair): Map<number, number> =>
    new Map(measurements.filter((run) => run.pair === pair).map((run) => [run.seed, figureOf(run.curve)]));
  const ours = figures(better);
  const differences: number[] = [];
  for (const [seed, figure] of [...figures(base)].sort(([a], [b]) => a - b)) {
    const own = ours.get(seed);
    if (own !== undefined) differences.push(figure - own);
  }
  return differences.length === 0 ? null : gainOf(differences, rules);
}

/** Lower bound of a gain as parts per million of the 8 bits that a byte holds; never below 0. */
export function scorePpm(gain: Gain): number {
  return Math.max(0, Math.floor((gain.lowerMicrobits * PPM) / IGNORANCE_MICROBITS));
}

/**
 * The score of a submission whose planned runs are all measured.
 * @param basis id of the last measurement
 * @param ownArchitecture false for a `training_for_arch`, whose architecture is another's
 */
export function scoreOf(
  measurements: readonly Measurement[],
  ownArchitecture: boolean,
  rules: Policy['scoring'],
  basis: string,
): DataOf<'SubmissionScored'> {
  const architecture = pairedGain(measurements, 'architecture', 'reference', rules);
  const training = pairedGain(measurements, 'recipe', 'architecture', rules);
  const pair = pairedGain(measurements, 'recipe', 'reference', rules);
  if (architecture === null)
    throw new RangeError('a score needs a run of the architecture and of the reference on a common seed');
  // The submission is worth its better pair: a recipe that hurts does not take away what the architecture has shown.
  const total = pair !== null && pair.meanMicrobits > architecture.meanMicrobits ? pair : architecture;
  return {
    basis,
    architecture: ownArchitecture ? architecture : null,
    training,
    total,
    scorePpm: scorePpm(total),
  };
}
