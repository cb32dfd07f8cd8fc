/** Time per prediction as the judge's clock saw it, and its ratio to the reference's. */
import { type TooShort, tooShort } from './readings.ts';

/** An answer that did not come, or took longer, reads as one hour. */
const WORST_US = 3_600_000_000;

export interface LatencyRatios {
  /** Own over the reference's, in thousandths, rounded up. */
  readonly medianMilli: number;
  readonly p95Milli: number;
}

export interface Quantiles {
  readonly n: number;
  readonly medianUs: number;
  /** Ends of a 95 % interval of the median by order statistics (Conover 1999, section 3.2), whatever the distribution. */
  readonly medianLowerUs: number;
  readonly medianUpperUs: number;
  readonly p95Us: number;
}

export interface Latency extends Quantiles {
  readonly kind: 'reading';
  readonly ratios: LatencyRatios;
}

/** What is not a time of 0 or more reads as the worst; what is below a microsecond as that. */
function readable(us: number | null): number {
  if (us === null || !Number.isSafeInteger(us) || us < 0) return WORST_US;
  return Math.min(Math.max(us, 1), WORST_US);
}

/** Nearest rank: the smallest value with at least `share` of all at or below it, so never an average that no prediction took. */
function quantiles(durationsUs: readonly (number | null)[]): Quantiles {
  const sorted = durationsUs.map(readable).sort((a, b) => a - b);
  const n = sorted.length;
  const at = (rank: number) => sorted[Math.min(Math.max(rank, 1), n) - 1] ?? WORST_US;
  const halfWidth = 0.98 * Math.sqrt(n);
  return {
    n,
    medianUs: at(Math.ceil(n / 2)),
    medianLowerUs: at(Math.floor(n / 2 - halfWidth)),
    medianUpperUs: at(Math.ceil(n / 2 + 1 + halfWidth)),
    p95Us: at(Math.ceil((n * 95) / 100)),
  };
}

/**
 * Median and 95th percentile of durations in microseconds, and their ratios to those of the reference, which answered the same requests.
 * Every request counts: one without an answer is null and reads as an hour. The median alone could be kept low by being slow on few.
 */
export function latency(
  durationsUs: readonly (number | null)[],
  referenceUs: readonly (number | null)[],
): Latency | TooShort {
  if (durationsUs.length === 0) return tooShort('predictions', 0, 1);
  if (referenceUs.length === 0) return tooShort("the reference's predictions", 0, 1);
  const own = quantiles(durationsUs);
  const reference = quantiles(referenceUs);
  return {
    kind: 'reading',
    ...own,
    ratios: {
      medianMilli: Math.ceil((own.medianUs * 1_000) / reference.medianUs),
      p95Milli: Math.ceil((own.p95Us * 1_000) / reference.p95Us),
    },
  };
}
