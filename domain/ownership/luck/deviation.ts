/**
 * How far a paired difference strays from run to run. Five runs say little about it, so what earlier confirmations saw is pooled with a
 * prior: a deviation below which nothing is believed (the floor), worth so many degrees of freedom.
 *
 * What that is worth: where the true deviation is at most the floor and differences are normal, whatever is returned here is at least the true
 * one, and Student's quantile at least the normal one, so that an equal challenger is proven better with at most the alpha that was spent,
 * exactly. Where noise exceeds the floor that is lost by degrees (test/incentives/luck.test.ts: 6 % of lives for 1 % at twice the floor); far
 * above it, samples are judged by themselves and it holds again. The floor is a policy's to measure.
 */
import { ceilDivide, ceilSqrt, floorSqrt, toSafe } from './integers.ts';

export interface Deviation {
  /** Standard deviation of one paired difference, microbits. */
  readonly deviationMicrobits: number;
  /** Degrees of freedom that it is known with. */
  readonly degrees: number;
}

/** An earlier sample counts with at most this many times the prior's variance: a wild one does not price later challengers out. */
const EARLIER_VARIANCE_LIMIT = 4n;
/**
 * A sample of `degrees` + 1 runs is foreign where its variance exceeds the prior's (1 + 12 / degrees) times: 4 times at five runs, 1.5 times
 * at 25. Of runs as noisy as the prior, chance alone makes that of 3 in 1,000 samples of five, and of 23 in 1,000 of fourteen.
 */
const FOREIGN_EXCESS = 12n;

/** What a pool knows: the sum of the squares about each sample's own mean (microbits^2, rounded up), and their degrees of freedom. */
export interface Pool {
  readonly prior: Deviation;
  readonly squares: bigint;
  readonly degrees: number;
}

function spreadOf(sample: readonly number[]): { squares: bigint; degrees: number } {
  if (sample.length < 2) return { squares: 0n, degrees: 0 };
  const n = BigInt(sample.length);
  let sum = 0n;
  let squares = 0n;
  for (const value of sample) {
    const whole = BigInt(value);
    sum += whole;
    squares += whole * whole;
  }
  return { squares: ceilDivide(n * squares - sum * sum, n), degrees: sample.length - 1 };
}

/** The root of squares over degrees, rounded up. */
function rootMeanSquare(squares: bigint, degrees: number): number {
  return toSafe(ceilSqrt(ceilDivide(squares, BigInt(degrees))));
}

/** A pool in which nothing is but the prior. */
export function poolOf(prior: Deviation): Pool {
  const deviation = BigInt(prior.deviationMicrobits);
  return { prior, squares: deviation * deviation * BigInt(prior.degrees), degrees: prior.degrees };
}

/**
 * The pool with one more earlier sample, which counts at most `EARLIER_VARIANCE_LIMIT`: else a rival's wild losing challenges would price
 * everyone later out of the runs that the policy grants.
 */
export function addEarlier(pool: Pool, sample: readonly number[]): Pool {
  const { squares, degrees } = spreadOf(sample);
  const prior = BigInt(pool.prior.deviationMicrobits);
  const limit = EARLIER_VARIANCE_LIMIT * prior * prior * BigInt(degrees);
  return {
    prior: pool.prior,
    squares: pool.squares + (squares < limit ? squares : limit),
    degrees: pool.degrees + degrees,
  };
}

/** What the pool expects of a sample that is still to be drawn: never below the prior's deviation. */
export function expectedDeviation({ prior, squares, degrees }: Pool): Deviation {
  return {
    deviationMicrobits: Math.max(prior.deviationMicrobits, rootMeanSquare(squares, degrees)),
    degrees,
  };
}

/** Whether the prior does not explain so wide a spread. */
function isForeign(own: { squares: bigint; degrees: number }, prior: Deviation): boolean {
  const variance = BigInt(prior.deviationMicrobits) * BigInt(prior.deviationMicrobits);
  return own.squares > variance * (BigInt(own.degrees) + FOREIGN_EXCESS);
}

/**
 * What a sample is judged by, given the pool of the earlier ones. Usually the pool with the sample in it, for the runs of one family are
 * alike. But others vouch for a sample only as far as it looks like them, or a challenger that is noisier than all before it (whose seeds do
 * nothing but roll dice) would be judged by their calm:
 * - a foreign one is judged by its own spread alone, with its own few degrees of freedom: Student's test, which holds at any noise;
 * - else the deviation is not below the sample's own less one standard error of itself, s / sqrt(2 degrees), by which a small sample is
 *   easily off. (With all of its own, five honest runs had a power of 0.85 instead of 0.92 at equal alpha.)
 */
export function deviationFor(pool: Pool, sample: readonly number[]): Deviation {
  const own = spreadOf(sample);
  if (own.degrees === 0) return expectedDeviation(pool);
  const ownDeviation = rootMeanSquare(own.squares, own.degrees);
  if (isForeign(own, pool.prior)) return { deviationMicrobits: ownDeviation, degrees: own.degrees };
  const together = expectedDeviation({
    prior: pool.prior,
    squares: pool.squares + own.squares,
    degrees: pool.degrees + own.degrees,
  });
  const square = BigInt(ownDeviation) * BigInt(ownDeviation);
  const ownLess = ownDeviation - toSafe(floorSqrt(square / BigInt(2 * own.degrees)));
  return { ...together, deviationMicrobits: Math.max(together.deviationMicrobits, ownLess) };
}
