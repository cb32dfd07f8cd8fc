/** Time per prediction as the judge's clock saw it, and its ratio to that of the same models without what is judged. */
import { roundedQuotient } from '../../scoring/statistics.ts';

/** An answer that did not come, or took longer, reads as one hour. */
const WORST_US = 3_600_000_000;

export interface Quantiles {
  readonly medianUs: number;
  readonly p95Us: number;
}

export interface LatencyRatios {
  /** Own over the other's, in thousandths, rounded to the nearest. */
  readonly medianMilli: number;
  readonly p95Milli: number;
}

/** What is not a time of 0 or more reads as the worst; what is below a microsecond as that. */
function readable(us: number | null): number {
  if (us === null || !Number.isSafeInteger(us) || us < 0) return WORST_US;
  return Math.min(Math.max(us, 1), WORST_US);
}

/**
 * Median and 95th percentile of durations in microseconds, by nearest rank: the smallest value with at least that share of all at or below
 * it, so never an average that no prediction took. Every request counts: one without an answer is null and reads as an hour. Both are 0 where
 * nothing was asked, and never else.
 */
export function quantilesOf(durationsUs: readonly (number | null)[]): Quantiles {
  const sorted = durationsUs.map(readable).sort((a, b) => a - b);
  const rank = (percent: number) => sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
  return { medianUs: rank(50), p95Us: rank(95) };
}

/** Own quantiles over another's. Where one's own are 0 nothing was predicted, which reads as an hour; another's below 1 read as 1. */
export function latencyRatios(own: Quantiles, other: Quantiles): LatencyRatios {
  const ratio = (us: number, otherUs: number) =>
    roundedQuotient(BigInt(us === 0 ? WORST_US : readable(us)) * 1_000n, BigInt(readable(otherUs)));
  return {
    medianMilli: ratio(own.medianUs, other.medianUs),
    p95Milli: ratio(own.p95Us, other.p95Us),
  };
}
