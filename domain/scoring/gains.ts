/** From judged curves to a gain: the figure of one curve, and what paired differences of figures prove. */
import type { CurvePoint } from '../evaluation/measurement.ts';
import { trapezoids } from '../evaluation/signals/area.ts';
import type { Gain } from './gain.ts';
import { mean, roundedQuotient, standardError } from './statistics.ts';

type Point = Pick<CurvePoint, 'step' | 'bytesRevealed' | 'lossMicrobits'>;

export interface GainRules {
  /** Standard errors below this are read as this: few seeds can agree by luck, and one seed has no spread at all. */
  readonly standardErrorFloorMicrobits: number;
  /** A gain counts at its mean less this many thousandths of its standard error. */
  readonly confidenceMilliZ: number;
}

/**
 * One number for a judged curve, in microbits per byte, lower is better: the mean of
 * (a) the loss averaged over bytes revealed from the first checkpoint to the last (trapezoids), which rewards learning fast, and
 * (b) the plain mean of the loss at the checkpoints in the last fifth of the steps, which rewards where it has come to.
 *
 * Exact until one rounding at the end. Throws `RangeError` where the curve has fewer than two points or is not in order.
 */
export function figureOf(curve: readonly Point[]): number {
  const last = curve.at(-1);
  if (last === undefined || curve.length < 2) throw new RangeError('a curve has at least two points');
  const { area, span } = trapezoids(curve);
  const late = curve.filter((point) => point.step * 5 >= last.step * 4);
  const lateSum = late.reduce((sum, point) => sum + BigInt(point.lossMicrobits), 0n);
  const count = BigInt(late.length);
  return roundedQuotient(area * count + lateSum * span, 2n * span * count);
}

/** What paired differences (reference's figure less its own, one per seed, in microbits) prove. Throws `RangeError` where there are none. */
export function gainOf(differences: readonly number[], rules: GainRules): Gain {
  const meanMicrobits = mean(differences);
  const standardErrorMicrobits = Math.max(standardError(differences), rules.standardErrorFloorMicrobits);
  const margin = roundedQuotient(BigInt(standardErrorMicrobits) * BigInt(rules.confidenceMilliZ), 1_000n);
  return {
    n: differences.length,
    meanMicrobits,
    standardErrorMicrobits,
    lowerMicrobits: meanMicrobits - margin,
  };
}
