/** When two answers to the same question are the same. */

/** Share of the root mean square by which a GPU's answers may differ: its sums come in no fixed order. */
const GPU_TOLERANCE = 1e-3;

type Read = (bytes: Buffer, at: number) => number;
const READERS: { readonly [dtype: string]: readonly [width: number, read: Read] } = {
  float32: [4, (bytes, at) => bytes.readFloatLE(at)],
  float64: [8, (bytes, at) => bytes.readDoubleLE(at)],
};

/**
 * Whether `again` is another answer than `first`. On a CPU of one class every bit agrees; on a GPU the root mean square of the difference
 * may be a thousandth of that of `first`, for types that can be read here, and every bit agrees for the others.
 */
export function differs(again: Buffer, first: Buffer, dtype: string, device: 'cpu' | 'cuda'): boolean {
  if (again.equals(first)) return false;
  const reader = READERS[dtype];
  if (device === 'cpu' || again.length !== first.length || reader === undefined) return true;
  const [width, read] = reader;
  let [size, difference] = [0, 0];
  for (let at = 0; at < first.length; at += width) {
    const value = read(first, at);
    const moved = read(again, at) - value;
    size += value * value;
    difference += moved * moved;
  }
  return !(Math.sqrt(difference) <= GPU_TOLERANCE * Math.sqrt(size));
}
