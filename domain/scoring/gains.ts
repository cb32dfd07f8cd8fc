/** From judged curves to a gain: the figure of one curve, and what paired differences of figures prove. */
import type { CurvePoint } from '../evaluation/measurement.ts';
import { trapezoids } from '../evaluation/signals/area.ts';
import { LAST_FIFTH, latePoints } from '../evaluation/signals/late.ts';
import { lowerBoundMicrobits, seedSpread } from '../evaluation/signals/seed-spread.ts';
import type { Gain } from './gain.ts';
import { mean, roundedQuotient } from './statistics.ts';
import { ensureWhole } from './whole.ts';

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
  if (curve.length < 2) throw new RangeError('a curve has at least two points');
  const { area, span } = trapezoids(curve);
  const late = latePoints(curve, LAST_FIFTH);
  const lateSum = late.reduce((sum, point) => sum + BigInt(point.lossMicrobits), 0n);
  const count = BigInt(late.length);
  return roundedQuotient(area * count + lateSum * span, 2n * span * count);
}

/**
 * What paired differences (reference's figure less its own, one per seed, in microbits) prove. Throws `RangeError` where there are none, and
 * where a difference is not a safe integer.
 */
export function gainOf(differences: readonly number[], rules: GainRules): Gain {
  const { standardErrorFloorMicrobits: floor, confidenceMilliZ } = rules;
  ensureWhole('the rules of gains', { floor, confidenceMilliZ });
  const spread = seedSpread(differences, floor);
  if (spread.kind !== 'reading')
    throw new RangeError(`a gain needs differences in safe integers, not [${differences.join(', ')}]`);
  const meanMicrobits = mean(differences);
  const { standardErrorMicrobits } = spread;
  return {
    n: differences.length,
    meanMicrobits,
    standardErrorMicrobits,
    lowerMicrobits: lowerBoundMicrobits(meanMicrobits, standardErrorMicrobits, confidenceMilliZ),
  };
}
