/**
 * How sure an answer is: means of few observations with two-sided 95 % intervals, in integers of the caller's unit. Doubles are only added,
 * multiplied, divided and rooted, which is exact to the last bit everywhere.
 */

import { PPM } from '../../domain/evaluation/units.ts';
import { roundedQuotient, mean as sampleMean, standardError } from '../../domain/scoring/statistics.ts';

export interface Estimate {
  /** Observations. */
  readonly n: number;
  readonly mean: number;
  readonly standardError: number;
  /** Ends of the interval; null: without bound, as one observation says nothing of its spread. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Student's quantile at 0.975 for 1, 2, 3, ... degrees of freedom, in thousandths. */
const QUANTILES_MILLI = [
  12_706, 4_303, 3_182, 2_776, 2_571, 2_447, 2_365, 2_306, 2_262, 2_228, 2_201, 2_179, 2_160, 2_145, 2_131,
  2_120, 2_110, 2_101, 2_093, 2_086, 2_080, 2_074, 2_069, 2_064, 2_060, 2_056, 2_052, 2_048, 2_045, 2_042,
];
/** The same for many: each is used from its degrees on, so that none is ever too small. */
const MANY_MILLI: readonly (readonly [degrees: number, milli: number])[] = [
  [120, 1_980],
  [60, 2_000],
  [40, 2_021],
  [30, 2_042],
];
/** The normal distribution's. */
const Z = 1.96;

/** Student's quantile at 0.975, in thousandths, never below the true one by more than its rounding; null without degrees of freedom. */
export function quantileMilli(degrees: number): number | null {
  if (degrees < 1) return null;
  return QUANTILES_MILLI[degrees - 1] ?? MANY_MILLI.find(([from]) => degrees >= from)?.[1] ?? null;
}

/** mean -+ Student's quantile x standard error; the degrees of freedom are those that the standard error rests on. */
export function estimate(n: number, mean: number, error: number, degrees: number): Estimate {
  const quantile = quantileMilli(degrees);
  if (quantile === null) return { n, mean, standardError: error, lower: null, upper: null };
  const margin = roundedQuotient(BigInt(error) * BigInt(quantile), 1_000n);
  return { n, mean, standardError: error, lower: mean - margin, upper: mean + margin };
}

/**
 * Mean of independent observations with n - 1 degrees of freedom.
 * @param floor a smaller standard error is read as this: few observations can agree by luck
 */
export function estimateOf(values: readonly number[], floor = 0): Estimate | null {
  if (values.length === 0) return null;
  const error = Math.max(standardError(values), floor);
  return estimate(values.length, sampleMean(values), error, values.length - 1);
}

/** A share, parts per million, with Wilson's score interval (1927), which is sound for few and for none. Null where `n` is 0. */
export function shareOf(count: number, n: number): Estimate | null {
  if (n === 0) return null;
  const p = count / n;
  const square = (Z * Z) / n;
  const centre = (p + square / 2) / (1 + square);
  const half = (Z * Math.sqrt((p * (1 - p)) / n + square / (4 * n))) / (1 + square);
  const ppm = (share: number) => Math.min(Math.max(Math.round(share * PPM), 0), PPM);
  return {
    n,
    mean: ppm(p),
    standardError: ppm(Math.sqrt((p * (1 - p)) / n)),
    lower: ppm(centre - half),
    upper: ppm(centre + half),
  };
}

/**
 * Difference of two shares in matched pairs, parts per million: (better - worse) / n, with the interval of Agresti and Min (2005), which adds
 * half a pair to each of the four outcomes, so that pairs without any difference still leave room for one. Null where `n` is 0.
 */
export function matchedDifference(better: number, worse: number, n: number): Estimate | null {
  if (n === 0) return null;
  const pairs = n + 2;
  const difference = (better - worse) / pairs;
  const error = Math.sqrt((better + worse + 1) / pairs - difference * difference) / Math.sqrt(pairs);
  const ppm = (share: number) => Math.min(Math.max(Math.round(share * PPM), -PPM), PPM) + 0;
  return {
    n,
    mean: ppm((better - worse) / n),
    standardError: ppm(error),
    lower: ppm(difference - Z * error),
    upper: ppm(difference + Z * error),
  };
}

/** Whether two intervals have a value in common. */
export function overlaps(a: Estimate, b: Estimate): boolean {
  const below = (lower: number | null, upper: number | null) =>
    lower === null || upper === null || lower <= upper;
  return below(a.lower, b.upper) && below(b.lower, a.upper);
}
