/** What the judge reads from the tensors themselves: how large the weights are, and how far they moved since the last snapshot. */
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { elements } from './elements.ts';
import { type ModelState, tensorsOf } from './tensors.ts';

type Norms = Measurement['norms'][number];

const NANO = 1e9;

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
