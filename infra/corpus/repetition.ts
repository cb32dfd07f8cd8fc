/**
 * Text that recurs between documents would let a model score by looking up what it has seen, and a judged window would not be new. So lines
 * are dropped that repeat earlier text, by the 32-grams that they are covered with.
 */

/** Bytes of the shortest repetition that counts. */
export const GRAM_BYTES = 32;

const { imul } = Math;

/** x^32 modulo 2^32: what the byte that leaves the window has been multiplied by. */
function leaving(multiplier: number): number {
  return Array.from({ length: GRAM_BYTES }).reduce<number>((power) => imul(power, multiplier), 1);
}

/** Two rolling hashes, of which 52 bits are kept: with 32, one in a thousand of the 32-grams of a corpus would be taken for another. */
const LOW = 16_777_619;
const HIGH = 1_540_483_477;
const LOW_LEAVING = leaving(LOW);
const HIGH_LEAVING = leaving(HIGH);

/** Calls `visit` with a 52-bit hash of each 32-gram of `text` and where it ends (inclusive). */
export function forEachGram(text: Uint8Array, visit: (gram: number, last: number) => void): void {
  let low = 0;
  let high = 0;
  for (let i = 0; i < text.length; i += 1) {
    const entering = (text[i] ?? 0) + 1;
    const left = i < GRAM_BYTES ? 0 : (text[i - GRAM_BYTES] ?? 0) + 1;
    low = (imul(low, LOW) + entering - imul(left, LOW_LEAVING)) | 0;
    high = (imul(high, HIGH) + entering - imul(left, HIGH_LEAVING)) | 0;
    if (i >= GRAM_BYTES - 1) visit((high >>> 12) * 0x1_0000_0000 + (low >>> 0), i);
  }
}

/** A set of safe integers by open addressing, at most half full: much less memory than a `Set` of millions. 0 is read as 1. */
class GramSet {
  #slots = new Float64Array(1 << 12);
  #size = 0;

  /** Where `gram` is, or the free slot where it would be. */
  #slotOf(gram: number): number {
    const mask = this.#slots.length - 1;
    let slot = (imul(gram, 0x9e37_79b1) >>> 4) & mask;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== gram) slot = (slot + 1) & mask;
    return slot;
  }

  has(gram: number): boolean {
    return this.#slots[this.#slotOf(gram || 1)] !== 0;
  }

  add(gram: number): void {
    const slot = this.#slotOf(gram || 1);
    if (this.#slots[slot] !== 0) return;
    this.#slots[slot] = gram || 1;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2);
    for (const gram of old) if (gram !== 0) this.#slots[this.#slotOf(gram)] = gram;
  }
}

/** Remembers all text that went through it, and drops what it has seen before. */
export class Deduplicator {
  readonly #seen = new GramSet();

  /** The lines of `text` of which at most half is covered by 32-grams of earlier texts. */
  keepNew(text: Buffer): Buffer {
    const repeated = new Uint8Array(text.length);
    forEachGram(text, (gram, last) => {
      if (this.#seen.has(gram)) repeated.fill(1, last - GRAM_BYTES + 1, last + 1);
    });
    const kept: Buffer[] = [];
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf(0x0a, start);
      const end = newline < 0 ? text.length : newline + 1;
      let covered = 0;
      for (let i = start; i < end; i += 1) covered += repeated[i] ?? 0;
      if (covered * 2 <= end - start) kept.push(text.subarray(start, end));
      start = end;
    }
    const result = Buffer.concat(kept);
    forEachGram(result, (gram) => this.#seen.add(gram));
    return result;
  }
}
