/** What the text itself says: symbols that followed, earlier in it, the bytes that stand before the current place. */

/** Bytes of context that must agree, and beyond which agreement adds nothing. */
const SHORTEST = 2;
const LONGEST = 6;
/** How far back in the text is searched: bounds the work for long windows. */
const REACH = 256;

export interface Echo {
  /** Earlier places with the same context. */
  places: number;
  /** Their weights, each the longer the more bytes agree, and the part of them after which the chosen byte came. */
  weight: number;
  chosen: number;
}

function agreement(text: Uint8Array, one: number, other: number): number {
  let length = 0;
  while (length < LONGEST && length < one && text[one - 1 - length] === text[other - 1 - length]) length += 1;
  return length;
}

/**
 * Searches the bytes before `text[at]` for earlier places where the same context stood, into `into`. This needs no state at all: a match
 * model whose memory is the window (Mahoney, "Adaptive weighing of context models for lossless data compression", Florida Tech TR
 * CS-2005-16, 2005, has one over the whole history).
 */
export function listen(text: Uint8Array, at: number, byte: number, into: Echo): void {
  let places = 0;
  let weight = 0;
  let chosen = 0;
  for (let place = Math.max(SHORTEST, at - REACH); place < at; place += 1) {
    if (text[place - 1] !== text[at - 1]) continue;
    const length = agreement(text, place, at);
    if (length < SHORTEST) continue;
    const gained = length - SHORTEST + 1;
    places += 1;
    weight += gained;
    if (text[place] === byte) chosen += gained;
  }
  into.places = places;
  into.weight = weight;
  into.chosen = chosen;
}
