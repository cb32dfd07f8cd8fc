/** Whether weights and updates grow: over steps in one run, and with the size of the model across runs. Read from the tensors themselves. */
import { log } from '../../scoring/real.ts';
import { slopeOf } from './line.ts';
import { bounded, type TooShort, tooShort } from './readings.ts';

/** A power of 10 or more is read as that: nothing that trains does so, and it is what an unreadable norm reads as. */
const WORST_EXPONENT_MILLI = 10_000;

export interface NormPoint {
  /** Steps done, or the size of the model: an integer above 0 in any unit. */
  readonly at: number;
  /** Root mean square of the elements, in nano (1e-9). Null where it is not finite, or the run did not get there. */
  readonly rmsNano: number | null;
}

export interface Growth {
  readonly kind: 'reading';
  /** p of RMS ~ at^p, the decades that the norm gains in each decade, in thousandths; between -10,000 and 10,000, which is worst. */
  readonly exponentMilli: number;
  /** From the scatter about the line; 0 for two points. */
  readonly standardErrorMilli: number;
  /** Norm at the last point over that at the first, in thousandths, at most 1e12. */
  readonly ratioMilli: number;
}

const WORST: Growth = {
  kind: 'reading',
  exponentMilli: WORST_EXPONENT_MILLI,
  standardErrorMilli: 0,
  ratioMilli: 1e12,
};

const isNorm = (value: number | null): value is number =>
  value !== null && Number.isSafeInteger(value) && value >= 0;
const isPlace = (value: number) => Number.isSafeInteger(value) && value > 0;

/**
 * The slope of log RMS over log `at` by least squares. Flat (0) is what a coordinate check wants of activations and weights across sizes
 * (Yang et al. 2022, arXiv 2203.03466, appendix D.1). One norm over all tensors can be kept flat by a large constant tensor that does
 * nothing, so this describes and never counts. A norm of 0 reads as 1 nano. A norm or place that cannot be read, or places that do
 * not increase, read as worst.
 */
export function normGrowth(points: readonly NormPoint[]): Growth | TooShort {
  if (points.length < 2) return tooShort('norms', points.length, 2);
  const observations: { x: number; y: number; weight: number }[] = [];
  let previous = 0;
  for (const { at, rmsNano } of points) {
    if (!(isNorm(rmsNano) && isPlace(at) && at > previous)) return WORST;
    observations.push({ x: log(at), y: log(Math.max(rmsNano, 1)), weight: 1 });
    previous = at;
  }
  const fitted = slopeOf(observations);
  if (fitted === null) return WORST;
  const first = points[0]?.rmsNano ?? 0;
  const last = points.at(-1)?.rmsNano ?? 0;
  return {
    kind: 'reading',
    exponentMilli: bounded(fitted.slope * 1_000, -WORST_EXPONENT_MILLI, WORST_EXPONENT_MILLI),
    standardErrorMilli: bounded(fitted.standardErrorOfScatter * 1_000, 0, WORST_EXPONENT_MILLI),
    ratioMilli: bounded((Math.max(last, 1) * 1_000) / Math.max(first, 1), 0, WORST.ratioMilli),
  };
}

/**
 * The fastest growth of several series, such as the seeds': a flat one hides none that grows. Too short where one is, since all were planned
 * alike.
 */
export function fastestGrowth(series: readonly (readonly NormPoint[])[]): Growth | TooShort {
  let fastest: Growth | undefined;
  for (const points of series) {
    const growth = normGrowth(points);
    if (growth.kind === 'too-short') return growth;
    if (fastest === undefined || growth.exponentMilli > fastest.exponentMilli) fastest = growth;
  }
  return fastest ?? tooShort('series of norms', 0, 1);
}
