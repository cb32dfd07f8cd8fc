/** Times of predictions as they are recorded. */
import type { Measurement } from '../../../domain/evaluation/measurement.ts';

/** Median and 95th percentile (nearest rank) of processor times per window, microseconds; 0 where nothing was predicted. */
export function latencyOf(perWindowUs: readonly number[]): Measurement['latency'] {
  const sorted = [...perWindowUs].sort((a, b) => a - b);
  const rank = (percent: number) => sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
  return { medianUs: rank(50), p95Us: rank(95) };
}
