/**
 * Statistics of integers in a fixed unit (microbits), exact in BigInt and rounded once: half away from zero. There is no NaN: an empty
 * sample is an error.
 */

/** `numerator / denominator` to the nearest integer, halves away from zero. `denominator` > 0. Throws past the safe integers. */
export function roundedQuotient(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  const result = Number(numerator < 0n ? -rounded : rounded);
  if (!Number.isSafeInteger(result)) throw new RangeError(`${result} is not a safe integer`);
  return result;
}

/** Largest integer whose square is at most `value` (>= 0), by Newton's method from above. */
function integerSqrt(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** sqrt(numerator / denominator) to the nearest integer, halves up. */
function roundedSqrt(numerator: bigint, denominator: bigint): number {
  // floor((floor(sqrt(4q)) + 1) / 2) is sqrt(q) rounded, for q the quotient; flooring q first does not move a floor of a root.
  return Number((integerSqrt((4n * numerator) / denominator) + 1n) >> 1n);
}

function assertSample(values: readonly number[]): void {
  if (values.length === 0) throw new RangeError('a sample needs at least one value');
  for (const value of values) {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  }
}

/** n^2 times the population variance: an integer. */
function scaledVariance(values: readonly number[]): bigint {
  let sum = 0n;
  let squares = 0n;
  for (const value of values) {
    sum += BigInt(value);
    squares += BigInt(value) * BigInt(value);
  }
  return BigInt(values.length) * squares - sum * sum;
}

/** Arithmetic mean. Throws `RangeError` on an empty sample. */
export function mean(values: readonly number[]): number {
  assertSample(values);
  return roundedQuotient(
    values.reduce((sum, value) => sum + BigInt(value), 0n),
    BigInt(values.length),
  );
}

/** Sample standard deviation (divisor n - 1); 0 for one value, which says nothing of its spread. */
export function standardDeviation(values: readonly number[]): number {
  assertSample(values);
  const n = BigInt(values.length);
  return n === 1n ? 0 : roundedSqrt(scaledVariance(values), n * (n - 1n));
}

/** Standard error of the mean: the sample standard deviation over sqrt(n); 0 for one value. */
export function standardError(values: readonly number[]): number {
  assertSample(values);
  const n = BigInt(values.length);
  return n === 1n ? 0 : roundedSqrt(scaledVariance(values), n * n * (n - 1n));
}
