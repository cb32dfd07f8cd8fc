/** Where a run has come to: the mean judged loss at the checkpoints in the last share of its steps, in microbits per byte. */
import { roundedQuotient } from '../../scoring/statistics.ts';
import { isCurve, type Point, standardErrorOf, WORST_LOSS_MICROBITS } from './readings.ts';

/** [numerator, denominator], above 0 and at most 1: [1, 5] is the last fifth. It comes from the policy, never from a learner. */
export type LastShare = readonly [numerator: number, denominator: number];
/** What the signal `late` and the figure of a curve are read over. */
export const LAST_FIFTH: LastShare = [1, 5];

/** The points of the last share of the steps: at least the last one, where there is any. Throws `RangeError` for what is no share. */
export function latePoints<P extends Pick<Point, 'step'>>(curve: readonly P[], share: LastShare): P[] {
  const [numerator, denominator] = share;
  const whole = Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator);
  if (!(whole && numerator > 0 && numerator <= denominator)) {
    throw new RangeError(`[${numerator}, ${denominator}] is no share of the steps: above 0, at most 1`);
  }
  const from = BigInt(curve.at(-1)?.step ?? 0) * BigInt(denominator - numerator);
  return curve.filter(({ step }) => BigInt(step) * BigInt(denominator) >= from);
}

/** Plain mean over the checkpoints of the last share, rounded once. An empty curve, or points that are none, read as the worst loss. */
export function lateMicrobits(curve: readonly Point[], share: LastShare): number {
  if (curve.length === 0 || !isCurve(curve)) return WORST_LOSS_MICROBITS;
  const late = latePoints(curve, share);
  const sum = late.reduce((total, point) => total + BigInt(point.lossMicrobits), 0n);
  return roundedQuotient(sum, BigInt(late.length));
}

/** Standard error of that mean: checkpoints share no window, so their errors are independent. Null where a point has none. */
export function lateStandardErrorMicrobits(curve: readonly Point[], share: LastShare): number | null {
  if (curve.length === 0 || !isCurve(curve)) return null;
  const late = latePoints(curve, share);
  let squares = 0;
  for (const point of late) {
    const error = standardErrorOf(point);
    if (error === null) return null;
    squares += error * error;
  }
  return Math.round(Math.sqrt(squares) / late.length);
}
