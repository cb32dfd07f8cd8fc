/** Which symbols followed the last 0, 1, 2... bytes of a text. */
import { AppearanceOrder } from './appearance.ts';
import { type Successors, SymbolCells, stir } from './symbol-cells.ts';

const ROOT = 0x5bd1_e995;

/** Throws `RangeError` where a model's order is not one that is of use. */
function assertOrder(order: number): void {
  if (!Number.isInteger(order) || order < 1 || order > 16) {
    throw new RangeError(`order ${order}: a context has 1 to 16 bytes`);
  }
}

/**
 * Counts for contexts of 0 to `order` bytes. A symbol is counted in its longest context and in the next shorter one only as long as it was new
 * in the longer: update exclusion (Moffat, "Implementing the PPM data compression scheme", IEEE Trans. Communications 38, 1990). So counts
 * of shorter contexts say in how many longer ones a symbol was found, as Kneser and Ney want them ("Improved backing-off for m-gram language
 * modeling", ICASSP 1995), and less is written.
 */
export class SuffixCounts {
  readonly order: number;
  readonly #appearance = new AppearanceOrder();
  readonly #unigrams = new Float64Array(256);
  /** What the unigrams sum up to. */
  readonly #all = noSuccessors();
  readonly #cells: SymbolCells;
  /** Of the contexts at the current place, by length. */
  readonly #hashes: Int32Array;
  #depth = 0;

  /** @param bytes that this may keep at most. Throws `RangeError` where they are too few. */
  constructor(order: number, bytes: number) {
    assertOrder(order);
    this.order = order;
    this.#hashes = new Int32Array(order + 1);
    this.#cells = new SymbolCells(bytes - this.#appearance.stateBytes - this.#unigrams.byteLength);
  }

  get stateBytes(): number {
    return this.#appearance.stateBytes + this.#unigrams.byteLength + this.#cells.stateBytes;
  }

  /** Goes to the place before `text[at]`: contexts are the bytes before it, back to the first that was never revealed. */
  seek(text: Uint8Array, at: number): void {
    const longest = Math.min(this.order, at);
    let hash = ROOT;
    this.#depth = 0;
    for (let length = 1; length <= longest; length += 1) {
      const rank = this.#appearance.rankOf(text[at - length] ?? 0);
      if (rank < 0) return;
      hash = stir(hash, rank * 16 + length);
      this.#hashes[length] = hash;
      this.#depth = length;
    }
  }

  /** Counts `byte` at the current place. */
  count(byte: number): void {
    const symbol = this.#appearance.reveal(byte);
    for (let length = this.#depth; length >= 1; length -= 1) {
      if (this.#cells.add(this.#hashes[length] ?? 0, symbol) > 0) return;
    }
    this.#countAlone(symbol);
  }

  #countAlone(symbol: number): void {
    const count = (this.#unigrams[symbol] ?? 0) + 1;
    this.#unigrams[symbol] = count;
    this.#all.total += 1;
    if (count === 1) this.#all.once += 1;
    else if (count === 2) {
      this.#all.once -= 1;
      this.#all.twice += 1;
    } else if (count === 3) {
      this.#all.twice -= 1;
      this.#all.oftener += 1;
    }
  }

  /** Sums up, for each length of context at the current place, what followed it and how often `byte` did. @param into one for each length from 0 */
  sumUp(byte: number, into: readonly Successors[]): void {
    const symbol = this.#appearance.rankOf(byte);
    for (const [length, successors] of into.entries()) {
      if (length === 0) {
        Object.assign(successors, this.#all);
        successors.chosen = this.#unigrams[symbol] ?? 0;
      } else if (length <= this.#depth) {
        this.#cells.sumUp(this.#hashes[length] ?? 0, symbol, successors);
      } else {
        successors.total = 0;
      }
    }
  }
}

export function noSuccessors(): Successors {
  return { total: 0, once: 0, twice: 0, oftener: 0, chosen: 0 };
}
