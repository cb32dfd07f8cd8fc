/** Random draws that anyone can repeat: SHA-256 in counter mode over a seed and a purpose. */
import { hash } from 'node:crypto';

const WORD_BYTES = 4;
const WORD_RANGE = 0x1_0000_0000;

/**
 * Block k is SHA-256 of the text `prism-draws-1/<seed>/<purpose>/<k>`, read as eight big-endian 32-bit words. Purposes are independent
 * streams: drawing more for one moves nothing in another.
 */
export class Draws {
  readonly #prefix: string;
  #block = Buffer.alloc(0);
  #blocks = 0;
  #offset = 0;

  /** @param seed 64 lower-case hex digits; throws `RangeError` otherwise */
  constructor(seed: string, purpose: string) {
    if (!/^[0-9a-f]{64}$/.test(seed)) throw new RangeError('a seed is 64 lower-case hex digits');
    this.#prefix = `prism-draws-1/${seed}/${purpose}/`;
  }

  #word(): number {
    if (this.#offset === this.#block.length) {
      this.#block = hash('sha256', `${this.#prefix}${this.#blocks}`, 'buffer');
      this.#blocks += 1;
      this.#offset = 0;
    }
    const word = this.#block.readUInt32BE(this.#offset);
    this.#offset += WORD_BYTES;
    return word;
  }

  /** An integer in 0..limit-1, each equally likely: words past the last whole multiple of `limit` are drawn again. */
  below(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > WORD_RANGE) throw new RangeError(`limit ${limit}`);
    const usable = WORD_RANGE - (WORD_RANGE % limit);
    for (;;) {
      const word = this.#word();
      if (word < usable) return word % limit;
    }
  }

  /** Puts `items` into a random order, in place: Fisher and Yates, from the end. Returns them. */
  shuffle<T extends { length: number; [index: number]: number }>(items: T): T {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const moved = items[last] ?? 0;
      items[last] = items[other] ?? 0;
      items[other] = moved;
    }
    return items;
  }
}
