/**
 * Instrumented: the simple gradient noise scale of McCandlish et al. 2018 (arXiv 1812.06162, appendix A.1), the batch size at which noise and
 * signal of the gradient are equal. It describes a task and a model; larger is neither better nor worse, so it scores nothing by itself.
 */
import { bounded, type TooShort, tooShort, type Unusable } from './readings.ts';

/** Squared norms of the mean gradient over `small` and over `big` examples of the same step: a micro-batch and the whole batch. */
export interface GradientPair {
  readonly small: number;
  readonly big: number;
  readonly smallSquared: number;
  readonly bigSquared: number;
}

export interface NoiseScale {
  readonly kind: 'reading';
  /** B_simple = tr(S) / |G|^2 in thousandths of an example; 0 where noise reads as negative. */
  readonly noiseScaleMilli: number;
  readonly standardErrorMilli: number;
}

/** The squared gradient reads as 0 or less: it is lost in the noise, and the noise scale is beyond what these pairs can tell. */
export interface LostInNoise {
  readonly kind: 'lost-in-noise';
}

/**
 * Weight of the past in the moving averages. It averages over (1 + 0.97) / (1 - 0.97) = 66 pairs, so that estimates which are each off by
 * their own size come out within about an eighth; half of the weight is on the last 23 pairs, over which the noise scale moves little.
 */
const DECAY = 0.97;
const LEAST_PAIRS = 10;
const LARGEST_MILLI = 1e15;
const LARGEST_BATCH = 1e9;
const LARGEST_SQUARE = 1e60;

const within = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= most;

function isPair(pair: GradientPair | null | undefined): pair is GradientPair {
  if (pair === null || pair === undefined) return false;
  const sizes =
    Number.isSafeInteger(pair.small) && Number.isSafeInteger(pair.big) && within(pair.big, LARGEST_BATCH);
  const squares = within(pair.smallSquared, LARGEST_SQUARE) && within(pair.bigSquared, LARGEST_SQUARE);
  return sizes && squares && pair.small >= 1 && pair.small < pair.big;
}

/** Unbiased estimates of |G|^2 and of tr(S), equations A.2 and A.3. Either may be negative in one pair. */
function estimates({ small, big, smallSquared, bigSquared }: GradientPair): {
  signal: number;
  noise: number;
} {
  return {
    signal: (big * bigSquared - small * smallSquared) / (big - small),
    noise: (smallSquared - bigSquared) / (1 / small - 1 / big),
  };
}

/**
 * Ratio of the exponential moving averages of noise and signal, at the end of the series; each estimate is unbiased and their ratio is not,
 * so they are averaged apart (the correction for a short past cancels). The standard error is that of a ratio of weighted means, linearised,
 * for pairs that are independent.
 *
 * @param pairs as reported; other than `expected` in number, or one that cannot be, makes all unusable
 */
export function noiseScale(
  pairs: readonly (GradientPair | null)[],
  expected: number,
): NoiseScale | LostInNoise | TooShort | Unusable {
  if (!(expected >= LEAST_PAIRS)) return tooShort('gradient pairs', expected, LEAST_PAIRS);
  const valid = pairs.filter(isPair);
  const invalid = Math.max(pairs.length, expected) - Math.min(valid.length, expected);
  if (invalid > 0) return { kind: 'unusable', invalid };
  let [signal, noise] = [0, 0];
  const terms = valid.map(estimates);
  for (const term of terms) {
    signal = DECAY * signal + (1 - DECAY) * term.signal;
    noise = DECAY * noise + (1 - DECAY) * term.noise;
  }
  if (!(signal > 0)) return { kind: 'lost-in-noise' };
  const ratio = noise / signal;
  let variance = 0;
  for (const term of terms) {
    const residual = (1 - DECAY) * (term.noise - ratio * term.signal);
    variance = DECAY * DECAY * variance + residual * residual;
  }
  return {
    kind: 'reading',
    noiseScaleMilli: bounded(ratio * 1_000, 0, LARGEST_MILLI),
    standardErrorMilli: bounded((Math.sqrt(variance) / signal) * 1_000, 0, LARGEST_MILLI),
  };
}
