/** The n-gram table: the plainest member of the reference panel. */
import { interpolate } from './smoothing.ts';
import { noSuccessors, SuffixCounts } from './suffix-counts.ts';
import type { Successors } from './symbol-cells.ts';
import type { TableModel } from './table-model.ts';

/** Longer contexts push more out of a full table than they add. */
const ORDER = 4;

/** Predicts from counts of what followed the last 4, 3, 2, 1 and 0 bytes, interpolated. */
export class NgramTable implements TableModel {
  readonly #counts: SuffixCounts;
  readonly #successors: readonly Successors[];
  readonly #probabilities: Float64Array;

  /**
   * @param stateBytes that the model may keep at most
   * @param order of the longest context, in bytes
   * Throws `RangeError` for fewer bytes than a table needs (about 3 KB), or an order outside 1 to 16.
   */
  constructor(stateBytes: number, order: number = ORDER) {
    this.#counts = new SuffixCounts(order, stateBytes);
    this.#successors = Array.from({ length: order + 1 }, noSuccessors);
    this.#probabilities = new Float64Array(order + 1);
  }

  get stateBytes(): number {
    return this.#counts.stateBytes;
  }

  reveal(window: Uint8Array): void {
    for (const [at, byte] of window.entries()) {
      this.#counts.seek(window, at);
      this.#counts.count(byte);
    }
  }

  probability(prefix: Uint8Array, next: number): number {
    this.#counts.seek(prefix, prefix.length);
    this.#counts.sumUp(next, this.#successors);
    interpolate(this.#successors, this.#probabilities);
    return this.#probabilities[this.#counts.order] ?? 0;
  }
}
