/** When two answers to the same question are the same. */
import { exp, log } from '../../../domain/scoring/real.ts';

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

/**
 * By how much the log-probabilities of a prefix may differ, in nats, where it stands in another batch: sums are then made by other kernels. On a CPU the
 * honest models of the tests differ by less than 1e-6 in every type that they compute in, so that a thousandth is far from chance, and nobody gains more
 * than 0.0015 bits per byte within it. For a GPU it is reckoned, not measured: hidden layers in
 * bfloat16 are off by some 0.4 % for other orders of sums, logits have to be in single precision.
 */
export const PREDICTION_TOLERANCE = { cpu: 1e-3, cuda: 5e-2 } as const;

/** What is less probable than this costs more than 20 bits: how much more does not matter. */
const LEAST_PROBABILITY = 2 ** -20;

/** Log-probabilities under the softmax of finite `logits`, with a floor. */
function logProbabilities(logits: Float32Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (logit) => exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => log(power / sum + LEAST_PROBABILITY));
}

/** The largest difference between the log-probabilities of two predictions, in nats; NaN where a logit is NaN or infinite. */
export function farthestPrediction(again: Float32Array, first: Float32Array): number {
  const expected = logProbabilities(first);
  return logProbabilities(again).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? Number.NaN))),
    0,
  );
}
