/** Roots and quotients of whole numbers with the direction of rounding said: what a decision rests on never gains by rounding. */

/** Largest integer whose square is at most `value` (>= 0), by Newton's method from above. */
export function floorSqrt(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** Smallest integer whose square is at least `value` (>= 0). */
export function ceilSqrt(value: bigint): bigint {
  const root = floorSqrt(value);
  return root * root === value ? root : root + 1n;
}

/** `numerator / denominator` rounded down; `denominator` > 0. */
export function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return quotient * denominator > numerator ? quotient - 1n : quotient;
}

/** `numerator / denominator` rounded up; `denominator` > 0. */
export function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return -floorDivide(-numerator, denominator);
}

/** `value` as a number. Throws `RangeError` past the safe integers. */
export function toSafe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not a safe integer`);
  return number;
}
