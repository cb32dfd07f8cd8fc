/** The gain over the reference along a ladder: model size, depth, sequence length or batch. */

import type { Gain } from '../../scoring/gain.ts';
import { log2 } from '../../scoring/real.ts';
import { IGNORANCE_MICROBITS } from '../units.ts';
import { slopeOf } from './line.ts';
import { bounded, type TooShort, tooShort } from './readings.ts';

export interface Rung {
  /** Size relative to the base point, in thousandths, above 0. */
  readonly scaleMilli: number;
  /** Null where the rung was planned and there is no gain: it reads as the worst. */
  readonly gain: Pick<Gain, 'meanMicrobits' | 'standardErrorMicrobits' | 'lowerMicrobits'> | null;
}

export interface Trend {
  readonly kind: 'trend';
  /** By how much the mean gain changes with every doubling, in microbits; below 0 it shrinks. */
  readonly perDoublingMicrobits: number;
  /** From the gains' errors, or from the scatter about the line where that says more. */
  readonly standardErrorMicrobits: number;
}

export interface Ladder {
  readonly kind: 'reading';
  /** Where the lower bound of the gain is least (the smallest such rung), and that bound: what counts. */
  readonly worstScaleMilli: number;
  readonly worstLowerMicrobits: number;
  readonly missing: number;
  readonly trend: Trend | TooShort;
}

/** No line is steeper: twice 64 bits, over the least difference of sizes that thousandths can express. */
const STEEPEST_MICROBITS = 1e12;

const whole = (value: number) => Number.isSafeInteger(value);

function isMeasured(rung: Rung): rung is Rung & { gain: NonNullable<Rung['gain']> } {
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
 * @param worstMicrobits what a missing or unreadable rung reads as
 */
export function ladder(
  rungs: readonly Rung[],
  worstMicrobits: number = -IGNORANCE_MICROBITS,
): Ladder | TooShort {
  if (rungs.length === 0) return tooShort('rungs', 0, 1);
  const worst = { meanMicrobits: worstMicrobits, standardErrorMicrobits: 1, lowerMicrobits: worstMicrobits };
  const climbed = rungs
    .map((rung) => ({ scaleMilli: rung.scaleMilli, gain: isMeasured(rung) ? rung.gain : worst }))
    .sort((a, b) => a.scaleMilli - b.scaleMilli);
  const least = climbed.reduce((low, rung) =>
    rung.gain.lowerMicrobits < low.gain.lowerMicrobits ? rung : low,
  );
  return {
    kind: 'reading',
    worstScaleMilli: least.scaleMilli,
    worstLowerMicrobits: least.gain.lowerMicrobits,
    missing: rungs.filter((rung) => !isMeasured(rung)).length,
    trend: trendOf(climbed),
  };
}

function trendOf(
  rungs: readonly { scaleMilli: number; gain: NonNullable<Rung['gain']> }[],
): Trend | TooShort {
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
