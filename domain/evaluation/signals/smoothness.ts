/** How much of what was learned was given back on the way, less what the sampling of windows explains. */
import { IGNORANCE_MICROBITS, PPM } from '../units.ts';
import { bounded, isCurve, type Point, standardErrorOf, type TooShort, tooShort } from './readings.ts';

/** sqrt(2 / pi): the mean rise of a flat curve between two noisy points, where it rises, in standard errors of their difference. */
const MEAN_RISE = 0.7978845608028654;
/** Scatter of a window's loss that is excused, in microbits: an honest model's is about 2 bits, and a wilder one's is its own doing. */
const EXCUSED_SCATTER_MICROBITS = 3_000_000;

export interface Smoothness {
  readonly kind: 'reading';
  /** Upward movement beyond noise over the fall, 0 is best; at most 1,000,000: all of it was given back, or nothing was learned. */
  readonly roughnessPpm: number;
  /** From the points' errors; 0 where the caller gave none. */
  readonly standardErrorPpm: number;
  /** The same with nothing excused. */
  readonly unexcusedPpm: number;
}

/** The square of the error of a point that may be excused. A point without windows or without an error has none. */
function excusedSquare(point: Point & { readonly windows: number }): number {
  const error = standardErrorOf(point) ?? 0;
  if (!(point.windows > 0)) return 0;
  return Math.min(error * error, (EXCUSED_SCATTER_MICROBITS * EXCUSED_SCATTER_MICROBITS) / point.windows);
}

/**
 * Sum of the rises between neighbouring checkpoints, each less the mean rise that noise alone would show there, over the fall of the curve:
 * the rising part of its total variation (Jordan 1881). Unbiased where the curve is flat, a little low where it falls.
 *
 * The fall is from 8 bits to the last loss, and not from the first checkpoint: a poor start would otherwise make every later rise look
 * small. Noise is only excused up to what windows of an honest model scatter by, so wild predictions do not hide a rise.
 */
export function smoothness(curve: readonly (Point & { readonly windows: number })[]): Smoothness | TooShort {
  if (curve.length < 2) return tooShort('checkpoints', curve.length, 2);
  const fall = IGNORANCE_MICROBITS - (curve.at(-1)?.lossMicrobits ?? IGNORANCE_MICROBITS);
  if (!isCurve(curve) || fall <= 0) {
    return { kind: 'reading', roughnessPpm: PPM, standardErrorPpm: 0, unexcusedPpm: PPM };
  }
  let rises = 0;
  let excused = 0;
  let squares = 0;
  for (const [index, point] of curve.entries()) {
    const before = curve[index - 1];
    const rise = before === undefined ? 0 : point.lossMicrobits - before.lossMicrobits;
    if (before === undefined || rise <= 0) continue;
    const square = excusedSquare(before) + excusedSquare(point);
    rises += rise;
    excused += MEAN_RISE * Math.sqrt(square);
    squares += square;
  }
  const ppm = (microbits: number) => bounded((microbits * PPM) / fall, 0, PPM);
  return {
    kind: 'reading',
    roughnessPpm: ppm(rises - excused),
    standardErrorPpm: ppm(Math.sqrt(squares)),
    unexcusedPpm: ppm(rises),
  };
}
