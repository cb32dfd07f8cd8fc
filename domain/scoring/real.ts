/**
 * Real functions whose every bit is the same on every machine and runtime: IEEE 754 doubles, `+ - * / `, and the exponent's bits, in a fixed
 * order. `Math.exp` and its like may differ between engines, so nothing that is derived twice may use them.
 *
 * `u` below is 2^-52. The stated errors are relative, hold for normal results, and are tested against 200-bit arithmetic.
 */

const { LN2, LOG2E, SQRT1_2 } = Math;
/** ln 2 in two parts: the first has few enough bits that its product with any exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Past these, the result is Infinity or 0 whatever the fraction. */
const LARGEST_EXPONENT = 1_024;
const SMALLEST_EXPONENT = -1_076;

const cell = new DataView(new ArrayBuffer(8));

/** 2^n for a normal result: -1022 <= n <= 1023. */
function powerOfTwo(n: number): number {
  cell.setBigUint64(0, BigInt(n + 1_023) << 52n);
  return cell.getFloat64(0);
}

/** y * 2^n for y near 1, rounded once even where the result is subnormal. */
function scale(y: number, n: number): number {
  if (n > 1_023) return y * powerOfTwo(n - 1) * 2;
  if (n >= -1_022) return y * powerOfTwo(n);
  return y * powerOfTwo(n + 100) * powerOfTwo(-100);
}

/** e^r for |r| <= 0.35, by its Taylor series. */
function expNearZero(r: number): number {
  let sum = 1 / 6_227_020_800;
  sum = sum * r + 1 / 479_001_600;
  sum = sum * r + 1 / 39_916_800;
  sum = sum * r + 1 / 3_628_800;
  sum = sum * r + 1 / 362_880;
  sum = sum * r + 1 / 40_320;
  sum = sum * r + 1 / 5_040;
  sum = sum * r + 1 / 720;
  sum = sum * r + 1 / 120;
  sum = sum * r + 1 / 24;
  sum = sum * r + 1 / 6;
  sum = sum * r + 1 / 2;
  sum = sum * r + 1;
  return sum * r + 1;
}

/** 2^x. Error at most 2u; exact for integers. Infinity from 1024 on, 0 below -1075. */
export function exp2(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= LARGEST_EXPONENT) return Number.POSITIVE_INFINITY;
  if (x <= SMALLEST_EXPONENT) return 0;
  const n = Math.floor(x + 0.5);
  return scale(expNearZero((x - n) * LN2), n);
}

/** e^x. Error at most 2u; exp(0) is exactly 1. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  const n = Math.floor(x * LOG2E + 0.5);
  if (n > LARGEST_EXPONENT) return Number.POSITIVE_INFINITY;
  if (n < SMALLEST_EXPONENT) return 0;
  return scale(expNearZero(x - n * LN2_HIGH - n * LN2_LOW), n);
}

/** x = mantissa * 2^exponent with the mantissa in [sqrt(1/2), sqrt(2)), for finite x > 0. */
function split(x: number): { mantissa: number; exponent: number } {
  let exponent = 0;
  let normal = x;
  if (x < powerOfTwo(-1_022)) {
    normal = x * powerOfTwo(54);
    exponent = -54;
  }
  cell.setFloat64(0, normal);
  const bits = cell.getBigUint64(0);
  exponent += Number(bits >> 52n) - 1_022;
  cell.setBigUint64(0, (bits & 0xf_ffff_ffff_ffffn) | (1_022n << 52n));
  const mantissa = cell.getFloat64(0);
  return mantissa < SQRT1_2 ? { mantissa: mantissa * 2, exponent: exponent - 1 } : { mantissa, exponent };
}

/** ln m for m in [sqrt(1/2), sqrt(2)), as 2 artanh((m - 1) / (m + 1)). */
function logNearOne(m: number): number {
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 1 / 23;
  for (let odd = 21; odd >= 3; odd -= 2) sum = sum * z + 1 / odd;
  return 2 * s + 2 * s * (z * sum);
}

/** What the logarithms have in common outside the positive numbers; null inside. */
function logAtTheEdge(x: number): number | null {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x === Number.POSITIVE_INFINITY ? x : null;
}

/** ln x. Error at most 4u. NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  const edge = logAtTheEdge(x);
  if (edge !== null) return edge;
  const { mantissa, exponent } = split(x);
  return exponent * LN2_HIGH + (logNearOne(mantissa) + exponent * LN2_LOW);
}

/** Logarithm to base 2. Error at most 4u; exact for powers of two. NaN below 0, -Infinity at 0. */
export function log2(x: number): number {
  const edge = logAtTheEdge(x);
  if (edge !== null) return edge;
  const { mantissa, exponent } = split(x);
  return exponent + logNearOne(mantissa) * LOG2E;
}

/**
 * x^y for x >= 0 (NaN below: no signal needs roots of negatives). Error at most (4 + 4 |y log2 x|) u. x^0 is 1 for every x, as in IEEE 754.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x === 1) return Number.isNaN(y) ? y : 1;
  return exp2(y * log2(x));
}
