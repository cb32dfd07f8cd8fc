/** Counts of symbols after contexts, in a hash table of fixed size. */

const CELL_BYTES = 4;
/** Cells in which one pair of context and symbol may stand. */
const WAYS = 8;
/** Buckets over which the symbols of one context are spread, by their low bits: all of them are read to sum up a context. */
const PARTS = 16;

/** A cell is, from the high bits: 14 bits of the context's hash, 8 of the symbol, 10 of its count; 0 is empty, as no count is 0. */
const COUNT_BITS = 10;
const COUNT_MASK = (1 << COUNT_BITS) - 1;
const SYMBOL_MASK = 0xff;
const CHECK_SHIFT = COUNT_BITS + 8;
const CHECK_MASK = 0x3fff;

const { imul } = Math;

/** Every bit of the result depends on every bit of `hash` and `value`: two rounds of multiplying and folding. */
export function stir(hash: number, value: number): number {
  const once = imul(hash ^ imul(value + 1, 0x9e37_79b1), 0x2c1b_3c6d);
  const twice = imul(once ^ (once >>> 15), 0x297a_2d39);
  return twice ^ (twice >>> 13);
}

/** What follows a context: how often all symbols, how many symbols once, twice and more often, and how often a chosen one. */
export interface Successors {
  total: number;
  once: number;
  twice: number;
  oftener: number;
  chosen: number;
}

/**
 * A set-associative table keyed by context and symbol. Where a bucket is full, a new pair takes the place of the pair with the lowest
 * count, the oldest of them; so what recurs stays and what came once is swept out first. When a count reaches 1,023, all counts of its
 * context are halved, rounded up. Contexts whose hashes agree in bucket and check share their counts: that costs accuracy, never
 * properness, as sums are taken over the cells that a context would read.
 */
export class SymbolCells {
  readonly #cells: Uint32Array;
  readonly #buckets: number;

  /** @param bytes of memory at most. Throws `RangeError` below one bucket (32). */
  constructor(bytes: number) {
    this.#buckets = Math.floor(bytes / (CELL_BYTES * WAYS));
    if (!(this.#buckets >= 1)) throw new RangeError(`${bytes} bytes are too few for a table of counts`);
    this.#cells = new Uint32Array(this.#buckets * WAYS);
  }

  get stateBytes(): number {
    return this.#cells.byteLength;
  }

  /** The bucket of part 0: the stirred hash scaled to the number of buckets, exact below 2^53. Those of the other parts follow, round the end. */
  #bucketOf(context: number): number {
    return Math.floor(((stir(context, 0) >>> 0) * this.#buckets) / 0x1_0000_0000);
  }

  #cellOf(bucket: number, part: number): number {
    return ((bucket + part) % this.#buckets) * WAYS;
  }

  /** Counts `symbol` (0..255) after the context with this 32-bit hash. Returns how often it had been counted. */
  add(context: number, symbol: number): number {
    const cells = this.#cells;
    const first = this.#cellOf(this.#bucketOf(context), symbol % PARTS);
    const key = ((context & CHECK_MASK) << 8) | symbol;
    let lowest = first;
    let lowestCount = COUNT_MASK + 1;
    for (let i = first; i < first + WAYS; i += 1) {
      const cell = cells[i] ?? 0;
      const count = cell & COUNT_MASK;
      if (count === 0) {
        cells[i] = (key << COUNT_BITS) | 1;
        return 0;
      }
      if (cell >>> COUNT_BITS === key) {
        cells[i] = cell + 1;
        if (count + 1 === COUNT_MASK) this.#halve(context);
        return count;
      }
      if (count < lowestCount) {
        lowest = i;
        lowestCount = count;
      }
    }
    // Cells of a bucket stand in the order of their arrival, so the first of the lowest is the oldest.
    cells.copyWithin(lowest, lowest + 1, first + WAYS);
    cells[first + WAYS - 1] = (key << COUNT_BITS) | 1;
    return 0;
  }

  #halve(context: number): void {
    const check = context & CHECK_MASK;
    const bucket = this.#bucketOf(context);
    for (let part = 0; part < PARTS; part += 1) {
      const first = this.#cellOf(bucket, part);
      for (let i = first; i < first + WAYS; i += 1) {
        const cell = this.#cells[i] ?? 0;
        const count = cell & COUNT_MASK;
        const mine = cell >>> CHECK_SHIFT === check && ((cell >>> COUNT_BITS) & SYMBOL_MASK) % PARTS === part;
        if (mine) this.#cells[i] = cell - (count >> 1);
      }
    }
  }

  /** Sums up what follows a context, into `into`. @param symbol the chosen one; -1 for one that was never counted */
  sumUp(context: number, symbol: number, into: Successors): void {
    const check = context & CHECK_MASK;
    let total = 0;
    let once = 0;
    let twice = 0;
    let oftener = 0;
    let chosen = 0;
    const bucket = this.#bucketOf(context);
    for (let part = 0; part < PARTS; part += 1) {
      const first = this.#cellOf(bucket, part);
      for (let i = first; i < first + WAYS; i += 1) {
        const cell = this.#cells[i] ?? 0;
        // Buckets fill up from the left.
        if (cell === 0) break;
        if (cell >>> CHECK_SHIFT !== check) continue;
        const found = (cell >>> COUNT_BITS) & SYMBOL_MASK;
        if (found % PARTS !== part) continue;
        const count = cell & COUNT_MASK;
        total += count;
        if (count === 1) once += 1;
        else if (count === 2) twice += 1;
        else oftener += 1;
        if (found === symbol) chosen = count;
      }
    }
    into.total = total;
    into.once = once;
    into.twice = twice;
    into.oftener = oftener;
    into.chosen = chosen;
  }
}
