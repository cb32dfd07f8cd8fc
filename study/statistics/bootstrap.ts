/** Percentile intervals by resampling: Efron and Tibshirani 1993, chapter 13. */

import { hash } from 'node:crypto';
import { Draws } from '../../domain/evaluation/draws.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Draws `count` places out of 0..count-1, with replacement. */
export type Resample = (count: number) => number[];

/**
 * The central 95 % of `statistic` over `rounds` resamples. `statistic` draws what it needs; values that are NaN (a resample with nothing to
 * compare) are left out; where all are, so are the ends. The same `name` gives the same draws.
 */
export function bootstrapInterval(
  name: string,
  rounds: number,
  statistic: (resample: Resample) => number,
): Interval {
  const draws = new Draws(hash('sha256', `prism-study-bootstrap-1/${name}`), 'resamples');
  const resample: Resample = (count) => Array.from({ length: count }, () => draws.below(count));
  const values = Array.from({ length: rounds }, () => statistic(resample))
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** The `share` quantile of sorted `values`, linear between neighbours (Hyndman and Fan 1996, type 7). */
export function quantile(values: readonly number[], share: number): number {
  const place = (values.length - 1) * share;
  const below = values[Math.floor(place)] ?? Number.NaN;
  const above = values[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
