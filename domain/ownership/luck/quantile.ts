/** Quantiles of Student's distribution in whole numbers: the same on every machine and in every language, and never too small. */
import { ceilDivide, floorSqrt, toSafe } from './integers.ts';

/** Parts of a probability: alphas are counted in 10^-12. */
export const PPT = 1_000_000_000_000;
const HALF_PPT = PPT / 2;

/** More degrees are read as this many, where the quantile of one in 10^8 is 2 % above the normal one. */
const MOST_DEGREES = 400;
/** In thousandths, above the quantile of 10^-12 at 2 degrees (707,106.781). */
const LARGEST_QUANTILE = 1_073_741_824;
/** Binary digits after the point: 200 terms lose less than 2^-86 together, where the least alpha is 2^-40. */
const FRACTION = 96n;
const ONE = 1n << FRACTION;
const MILLION = 1_000_000n;

/**
 * P(|T| <= t) in 2^-96, for an even number of degrees: with theta = atan(t / sqrt(degrees)) it is
 * sin theta (1 + 1/2 cos^2 theta + (1 3)/(2 4) cos^4 theta + ... up to cos^(degrees - 2) theta).
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.4. Sine and cosine are algebraic in t: no transcendental function is
 * needed. Every step rounds down, so that the tail is never understated.
 */
function insideOf(tMilli: bigint, degrees: number): bigint {
  const square = tMilli * tMilli;
  const whole = BigInt(degrees) * MILLION + square;
  const cosineSquared = (ONE * (whole - square)) / whole;
  const sine = floorSqrt((ONE * ONE * square) / whole);
  let sum = ONE;
  for (let even = degrees - 2; even >= 2; even -= 2) {
    sum = ONE + (((cosineSquared * sum) >> FRACTION) * BigInt(even - 1)) / BigInt(even);
  }
  return (sine * sum) >> FRACTION;
}

/** With one degree, P(T > t) = 1/2 - atan(t)/pi < 1/(pi t) < 1/(3 t): a bound that needs no arc tangent. */
function oneDegreeMilli(alphaPpt: number): number {
  return toSafe(ceilDivide(1_000n * BigInt(PPT), 3n * BigInt(alphaPpt)));
}

/** A memo: one quantile costs up to half a millisecond, and a confirmation asks for the same ones again. */
const known = new Map<number, number>();
const MOST_KNOWN = 100_000;

/**
 * Smallest t in thousandths with P(T > t) <= alphaPpt / 10^12.
 *
 * Odd degrees are read as the even number below, and more than 400 as 400: the fewer the degrees, the heavier the tail, so that either
 * makes t larger and an error rarer. One degree has a bound of its own, since rounding it up to two would make t smaller.
 * Throws `RangeError` unless 1 <= alphaPpt < 5 * 10^11 and degrees >= 1, both integers.
 */
export function studentQuantileMilli(alphaPpt: number, degrees: number): number {
  if (!Number.isSafeInteger(alphaPpt) || alphaPpt < 1 || alphaPpt >= HALF_PPT)
    throw new RangeError(
      `alpha is ${alphaPpt} parts per 10^12: expected an integer from 1 to ${HALF_PPT - 1}`,
    );
  if (!Number.isSafeInteger(degrees) || degrees < 1)
    throw new RangeError(`${degrees} degrees of freedom: expected an integer of at least 1`);
  if (degrees === 1) return oneDegreeMilli(alphaPpt);
  const even = Math.min(degrees - (degrees % 2), MOST_DEGREES);
  // Even degrees up to 400 are fewer than 512, so that no two pairs share a key; the largest is below 2^48.
  const key = alphaPpt * 512 + even;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  if (known.size >= MOST_KNOWN) known.clear();
  const found = bisect(alphaPpt, even);
  known.set(key, found);
  return found;
}

function bisect(alphaPpt: number, degrees: number): number {
  const mostOutside = 2n * BigInt(alphaPpt) * ONE;
  let below = 0;
  let enough = LARGEST_QUANTILE;
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    const outside = (ONE - insideOf(BigInt(middle), degrees)) * BigInt(PPT);
    if (outside <= mostOutside) enough = middle;
    else below = middle;
  }
  return enough;
}
