/** What the judge reads from the tensors themselves: how large the weights are, and how far they moved since the last snapshot. */
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { type ModelState, tensorsOf } from './tensors.ts';

type Norms = Measurement['norms'][number];

const NANO = 1e9;
const exponentOf = (bits: number, width: number, bias: number): number =>
  2 ** (((bits >> width) & 0x1f) - bias);

function float16(bits: number): number {
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  const subnormal = (bits & 0x7c00) === 0;
  return sign * (subnormal ? fraction * 2 ** -24 : (1 + fraction / 1_024) * exponentOf(bits, 10, 15));
}

function bfloat16(bytes: Buffer, at: number, cell: DataView): number {
  cell.setUint32(0, bytes.readUInt16LE(at) * 0x1_0000);
  return cell.getFloat32(0);
}

/** Elements of a tensor of floating-point numbers; null for any other. */
function elements(bytes: Buffer, dtype: string): Float64Array | null {
  const cell = new DataView(new ArrayBuffer(4));
  const readers: { readonly [dtype: string]: readonly [width: number, read: (at: number) => number] } = {
    float32: [4, (at) => bytes.readFloatLE(at)],
    float64: [8, (at) => bytes.readDoubleLE(at)],
    float16: [2, (at) => float16(bytes.readUInt16LE(at))],
    bfloat16: [2, (at) => bfloat16(bytes, at, cell)],
  };
  const reader = readers[dtype];
  if (reader === undefined) return null;
  const [width, read] = reader;
  return Float64Array.from({ length: bytes.length / width }, (_, i) => read(i * width));
}

function rootMeanSquare(sum: number, count: number): number {
  return count === 0 ? 0 : Math.min(Math.round(Math.sqrt(sum / count) * NANO), Number.MAX_SAFE_INTEGER);
}

/** The norms at a snapshot. @param before the snapshot before it, of the same layout; null at the first */
export function normsOf(step: number, state: ModelState, before: ModelState | null): Norms {
  let [weights, updates, count] = [0, 0, 0];
  const earlier = before === null ? null : [...tensorsOf(before)];
  let at = 0;
  for (const [{ dtype }, bytes] of tensorsOf(state)) {
    const now = elements(bytes, dtype);
    const then = earlier === null ? null : elements(earlier[at]?.[1] ?? Buffer.alloc(0), dtype);
    at += 1;
    if (now === null) continue;
    for (const [i, value] of now.entries()) {
      const moved = then === null ? 0 : value - (then[i] ?? 0);
      weights += value * value;
      updates += moved * moved;
    }
    count += now.length;
  }
  return {
    step,
    weightNano: rootMeanSquare(weights, count),
    updateNano: rootMeanSquare(updates, count),
  };
}
