/** The gain over the reference along a ladder: model size, depth, sequence length or batch. */
import type { Gain } from '../../scoring/gain.ts';
import { log2 } from '../../scoring/real.ts';
import { slopeOf } from './line.ts';
import { bounded, type TooShort, tooShort } from './readings.ts';

type RungGain = Pick<Gain, 'meanMicrobits' | 'standardErrorMicrobits' | 'lowerMicrobits'>;

export interface Rung<G extends RungGain = RungGain> {
  /** Size relative to the base point, in thousandths, above 0. */
  readonly scaleMilli: number;
  /** Null where the rung was planned and there is no gain: it reads as the worst. */
  readonly gain: G | null;
}

export interface Trend {
  readonly kind: 'trend';
  /** By how much the mean gain changes with every doubling, in microbits; below 0 it shrinks. */
  readonly perDoublingMicrobits: number;
  /** From the gains' errors, or from the scatter about the line where that says more. */
  readonly standardErrorMicrobits: number;
}

export interface Ladder<G extends RungGain = RungGain> {
  readonly kind: 'reading';
  /** Where the lower bound of the gain is least (the smallest such rung): what counts. */
  readonly worst: { readonly scaleMilli: number; readonly gain: G };
  readonly missing: number;
  readonly trend: Trend | TooShort;
}

/** No line is steeper: twice 64 bits, over the least difference of sizes that thousandths can express. */
const STEEPEST_MICROBITS = 1e12;

const whole = (value: number) => Number.isSafeInteger(value);

function isMeasured<G extends RungGain>(rung: Rung<G>): rung is Rung<G> & { gain: G } {
  const { gain } = rung;
  if (gain === null || !(whole(rung.scaleMilli) && rung.scaleMilli > 0)) return false;
  const { meanMicrobits, standardErrorMicrobits, lowerMicrobits } = gain;
  return (
    whole(meanMicrobits) &&
    whole(lowerMicrobits) &&
    whole(standardErrorMicrobits) &&
    standardErrorMicrobits >= 0
  );
}

/**
 * The worst rung, and the slope of the mean gain over doublings of size, weighted by the inverse square of the gains' standard errors.
 *
 * Only the worst rung is fit to count: no rung that gets worse ever raises it. The trend says whether gains shrink as size grows (how small
 * runs mislead: DataDecide, arXiv 2504.11393; Hitchhiker's Guide, 2410.11840), but being worse at the small end makes any trend rise.
 *
 * @param rungs all that were planned, in any order
 * @param missing what a missing or unreadable rung reads as
 */
export function ladder<G extends RungGain>(rungs: readonly Rung<G>[], missing: G): Ladder<G> | TooShort {
  const climbed = rungs
    .map((rung) => ({ scaleMilli: rung.scaleMilli, gain: isMeasured(rung) ? rung.gain : missing }))
    .sort((a, b) => a.scaleMilli - b.scaleMilli);
  const [first] = climbed;
  if (first === undefined) return tooShort('rungs', 0, 1);
  return {
    kind: 'reading',
    worst: climbed.reduce(
      (low, rung) => (rung.gain.lowerMicrobits < low.gain.lowerMicrobits ? rung : low),
      first,
    ),
    missing: rungs.filter((rung) => !isMeasured(rung)).length,
    trend: trendOf(climbed),
  };
}

function trendOf(rungs: readonly { scaleMilli: number; gain: RungGain }[]): Trend | TooShort {
  const placed = rungs.filter(({ scaleMilli }) => whole(scaleMilli) && scaleMilli > 0);
  const fitted = slopeOf(
    placed.map(({ scaleMilli, gain }) => {
      const error = Math.max(1, gain.standardErrorMicrobits);
      return { x: log2(scaleMilli), y: gain.meanMicrobits, weight: 1 / (error * error) };
    }),
  );
  if (fitted === null)
    return tooShort('rungs of different size', new Set(placed.map((rung) => rung.scaleMilli)).size, 2);
  const error = Math.max(fitted.standardErrorOfWeights, fitted.standardErrorOfScatter);
  return {
    kind: 'trend',
    perDoublingMicrobits: bounded(fitted.slope, -STEEPEST_MICROBITS, STEEPEST_MICROBITS),
    standardErrorMicrobits: bounded(error, 0, STEEPEST_MICROBITS),
  };
}
