/** Statistics that a minority of wild values cannot move, in doubles and a fixed order. */

/** 1 / (inverse normal distribution at 3/4): makes the median absolute deviation a standard deviation where values are normal. */
const NORMAL_CONSISTENCY = 1.4826;

/** The middle value, or the mean of the middle two. NaN of an empty sample: callers check first. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median absolute deviation from `centre` as an estimate of the standard deviation (Hampel 1974). Half of the values may be wild. */
export function robustDeviation(values: readonly number[], centre: number): number {
  return NORMAL_CONSISTENCY * median(values.map((value) => Math.abs(value - centre)));
}

/** A line through (0, values[0]), (1, values[1]), ... */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/** The line with the median of all pairwise slopes (Theil 1950, Sen 1968): 29 % of the values may be wild. Needs two values. */
export function theilSen(values: readonly number[]): Line {
  const slopes: number[] = [];
  for (const [later, high] of values.entries()) {
    for (const [earlier, low] of values.slice(0, later).entries()) {
      slopes.push((high - low) / (later - earlier));
    }
  }
  const slope = median(slopes);
  return { slope, intercept: median(values.map((value, index) => value - slope * index)) };
}
