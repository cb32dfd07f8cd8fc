/** Logarithm and exponential in 200-bit fixed point, to measure the error of the doubles against. */
const BITS = 200n;
export const ONE = 1n << BITS;

/** The exact value of a double, in fixed point (bits below 2^-200 are cut off). */
export function fixed(x: number): bigint {
  const cell = new DataView(new ArrayBuffer(8));
  cell.setFloat64(0, x);
  const bits = cell.getBigUint64(0);
  const biased = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0n ? fraction : fraction | (1n << 52n);
  const shift = (biased === 0n ? 1n : biased) - 1_075n + BITS;
  const magnitude = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

const times = (a: bigint, b: bigint) => (a * b) >> BITS;

function artanh(s: bigint): bigint {
  const square = times(s, s);
  let power = s;
  let sum = 0n;
  for (let odd = 1n; power !== 0n && power !== -1n; odd += 2n) {
    sum += power / odd;
    power = times(power, square);
  }
  return sum;
}

export const LN2 = 2n * artanh(ONE / 3n);

/** ln of a fixed-point number > 0. */
export function lnFixed(value: bigint): bigint {
  let exponent = 0n;
  let m = value;
  for (; m > 2n * ONE; exponent += 1n) m >>= 1n;
  for (; m < ONE; exponent -= 1n) m <<= 1n;
  return exponent * LN2 + 2n * artanh(((m - ONE) << BITS) / (m + ONE));
}

/** e^x of a fixed-point number, in fixed point. */
export function expFixed(x: bigint): bigint {
  let n = x / LN2;
  if (x % LN2 < 0n) n -= 1n;
  const r = x - n * LN2;
  let term = ONE;
  let sum = 0n;
  for (let k = 1n; term !== 0n; k += 1n) {
    sum += term;
    term = times(term, r) / k;
  }
  return n >= 0n ? sum << n : sum >> -n;
}

/** |approximation - truth| / |truth| in units of 2^-52. */
export function errorInUlps(approximation: number, truth: bigint): number {
  const difference = fixed(approximation) - truth;
  const magnitude = difference < 0n ? -difference : difference;
  const scale = truth < 0n ? -truth : truth;
  return Number((magnitude << 72n) / scale) / 2 ** 20;
}
