/**
 * Instrumented: how steady the gradient is, from norms that the host inside the container reports. A cheat can forge perfect ones, so every
 * reading is a penalty: 0 spread, a ratio of 1 and nothing clipped are what it is measured against, and nothing is better.
 */
import { log } from '../../scoring/real.ts';
import { bounded, type TooShort, tooShort } from './readings.ts';
import { median } from './robust.ts';
import { type Share, shareOf } from './share.ts';

const LEAST_NORMS = 10;
/** Spread of e^10: worse is read as that. */
const WORST_SPREAD_MILLI = 10_000;
const WORST_RATIO_MILLI = 1_000_000_000;
/** Norms outside of these are no norms of a gradient in 32-bit floats. */
const LEAST_NORM = 1e-30;
const LARGEST_NORM = 1e30;

export interface GradientStability {
  readonly kind: 'reading';
  /** Standard deviation of the natural logarithm of the norm after warm-up, in thousandths. */
  readonly spreadMilli: number;
  /** Of the spread, sd / sqrt(2 (n - 1)). */
  readonly standardErrorMilli: number;
  /** Largest norm over the median, in thousandths. */
  readonly maxOverMedianMilli: number;
  /** Steps in which the norm was above the clipping threshold. */
  readonly clipped: Share;
  /** Values that are missing, surplus or no norms. One is enough to make spread and ratio their worst; each counts as clipped. */
  readonly invalid: number;
}

export interface GradientRules {
  /** Norms that the plan asks for, one a step. Fewer or more than these are invalid: leaving out wild steps or adding calm ones is. */
  readonly expected: number;
  /** Of those, steps at the start that are not read. */
  readonly warmup: number;
  /** Norm that the recipe clips at; Infinity where it does not. */
  readonly clipNorm: number;
}

const isNorm = (value: unknown): value is number =>
  typeof value === 'number' && value >= LEAST_NORM && value <= LARGEST_NORM;

/**
 * Spread, peak and clipping of the gradient norm before clipping. That a norm far above its usual size precedes divergence: PaLM (2204.02311,
 * section 5.1), ZClip (2504.02507), Wortsman et al. 2023 (2309.14322).
 *
 * @param norms as reported: anything may stand in it
 */
export function gradientStability(
  norms: readonly unknown[],
  rules: GradientRules,
): GradientStability | TooShort {
  const steps = rules.expected - rules.warmup;
  if (!(steps >= LEAST_NORMS)) return tooShort('gradient norms after warm-up', steps, LEAST_NORMS);
  const judged = Array.from({ length: steps }, (_, index) => norms[rules.warmup + index]);
  const valid = judged.filter(isNorm);
  const invalid = steps - valid.length + Math.max(0, norms.length - rules.expected);
  const above = valid.filter((norm) => norm > rules.clipNorm).length;
  const clipped = shareOf(above + steps - valid.length, steps);
  if (invalid > 0) {
    return {
      kind: 'reading',
      spreadMilli: WORST_SPREAD_MILLI,
      standardErrorMilli: 0,
      maxOverMedianMilli: WORST_RATIO_MILLI,
      clipped,
      invalid,
    };
  }
  const spread = deviation(valid.map(log)) * 1_000;
  const peak = valid.reduce((most, norm) => Math.max(most, norm), 0);
  return {
    kind: 'reading',
    spreadMilli: bounded(spread, 0, WORST_SPREAD_MILLI),
    standardErrorMilli: bounded(spread / Math.sqrt(2 * (steps - 1)), 0, WORST_SPREAD_MILLI),
    maxOverMedianMilli: bounded((peak / median(valid)) * 1_000, 1_000, WORST_RATIO_MILLI),
    clipped,
    invalid,
  };
}

/** Sample standard deviation, in two passes. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / (values.length - 1));
}
