/** How far the figures of seeds lie apart. It only widens an interval: it is no merit, and ignoring the seed is none either. */
import { roundedQuotient, standardDeviation, standardError } from '../../scoring/statistics.ts';
import { type TooShort, tooShort, type Unusable } from './readings.ts';

export interface SeedSpread {
  readonly kind: 'reading';
  readonly seeds: number;
  /** Sample standard deviation across seeds, as it is, in microbits. */
  readonly standardDeviationMicrobits: number;
  /** Of the standard deviation, sd / sqrt(2 (n - 1)); 0 for one seed, whose deviation is 0 as well. */
  readonly uncertaintyMicrobits: number;
  /** Of the mean: sd / sqrt(n), at least the floor. */
  readonly standardErrorMicrobits: number;
}

/**
 * Spread of one figure per seed, in microbits. Few seeds can agree by luck, and a learner that ignores its seed agrees by design: below the
 * floor nothing narrows. PolyPythias (2503.09543) shows how seeds of one recipe spread.
 */
export function seedSpread(
  figures: readonly number[],
  floorMicrobits: number,
): SeedSpread | TooShort | Unusable {
  if (figures.length === 0) return tooShort('seeds', 0, 1);
  const invalid = figures.filter((figure) => !Number.isSafeInteger(figure)).length;
  if (invalid > 0) return { kind: 'unusable', invalid };
  const deviation = Math.min(standardDeviation(figures), Number.MAX_SAFE_INTEGER);
  const freedom = 2 * (figures.length - 1);
  return {
    kind: 'reading',
    seeds: figures.length,
    standardDeviationMicrobits: deviation,
    uncertaintyMicrobits: freedom === 0 ? 0 : Math.round(deviation / Math.sqrt(freedom)),
    standardErrorMicrobits: Math.min(
      Math.max(standardError(figures), floorMicrobits),
      Number.MAX_SAFE_INTEGER,
    ),
  };
}

/** A mean less `milliZ` thousandths of its standard error, for gains and figures (microbits). Neither argument after the first raises it. */
export function lowerBoundMicrobits(
  meanMicrobits: number,
  standardErrorMicrobits: number,
  milliZ: number,
): number {
  return meanMicrobits - roundedQuotient(BigInt(standardErrorMicrobits) * BigInt(milliZ), 1_000n);
}
