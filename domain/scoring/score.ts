/** A submission's score: the gains of its pairs over the reference, on the same streams. */
import type { Measurement, Pair } from '../evaluation/plan.ts';
import { IGNORANCE_MICROBITS, PPM } from '../evaluation/units.ts';
import type { DataOf } from '../events/catalogue.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gain } from './gain.ts';
import { figureOf, gainOf } from './gains.ts';

/** Figures of one pair by seed. */
function figuresOf(measurements: readonly Measurement[], pair: Pair): ReadonlyMap<number, number> {
  return new Map(
    measurements.filter((run) => run.pair === pair).map((run) => [run.seed, figureOf(run.curve)]),
  );
}

/**
 * Gain of pair `better` over the best of `bases`, seed by seed on the same streams; null where one of them was not run. Figures are losses, so
 * the best is the lowest.
 */
function pairedGain(
  measurements: readonly Measurement[],
  better: Pair,
  bases: readonly Pair[],
  rules: Policy['scoring'],
): Gain | null {
  const ours = figuresOf(measurements, better);
  const others = bases.map((base) => figuresOf(measurements, base));
  const differences: number[] = [];
  for (const [seed, own] of [...ours].sort(([a], [b]) => a - b)) {
    const figures = others.map((figure) => figure.get(seed)).filter((figure) => figure !== undefined);
    if (figures.length === bases.length) differences.push(Math.min(...figures) - own);
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
  const architecture = pairedGain(measurements, 'architecture', ['reference'], rules);
  // A recipe that only mends an architecture worse than the reference has shown nothing: it starts from the better of the two.
  const training = pairedGain(measurements, 'recipe', ['architecture', 'reference'], rules);
  const pair = pairedGain(measurements, 'recipe', ['reference'], rules);
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
