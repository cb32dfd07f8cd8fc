/** Seeded pseudo-random numbers for tests: the same seed, the same ledger. Not for anything that must not be guessed. */

export interface SeededRandom {
  /** An integer from 0 up to but not including `below`. */
  int(below: number): number;
  /** Lower-case hex digits. */
  hex(digits: number): string;
}

/** Mulberry32. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const int = (below: number): number => next() % below;
  return {
    int,
    hex: (digits) => Array.from({ length: digits }, () => int(16).toString(16)).join(''),
  };
}
