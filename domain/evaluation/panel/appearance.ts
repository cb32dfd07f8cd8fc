/** Symbols by when they first appeared. */

/**
 * Numbers byte values 0, 1, 2... in the order in which they are first revealed. What is built on these numbers cannot tell one alphabet from
 * another: under any permutation of the byte values it does the same to the bit, so the secret alphabet of a run changes nothing.
 */
export class AppearanceOrder {
  readonly #ranks = new Int16Array(256).fill(-1);
  #appeared = 0;

  get stateBytes(): number {
    return this.#ranks.byteLength;
  }

  /** Of a byte that was revealed; -1 for one that was not. */
  rankOf(byte: number): number {
    return this.#ranks[byte] ?? -1;
  }

  /** Like `rankOf`, but a byte that is new gets the next number. */
  reveal(byte: number): number {
    const known = this.rankOf(byte);
    if (known >= 0) return known;
    this.#ranks[byte] = this.#appeared;
    this.#appeared += 1;
    return this.#appeared - 1;
  }
}
