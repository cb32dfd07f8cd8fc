/** Made-up texts with known statistics, cut into windows. */
import { Draws } from '../../../../domain/evaluation/draws.ts';

const WINDOW = 65;
const SEED = '5a'.repeat(32);

/** `count` windows of a text, of which each byte is drawn given the one before it (-1 at the start of a window). */
export function windowsOf(
  count: number,
  purpose: string,
  draw: (draws: Draws, before: number) => number,
): Uint8Array[] {
  const draws = new Draws(SEED, purpose);
  return Array.from({ length: count }, () => {
    const window = new Uint8Array(WINDOW);
    for (let at = 0; at < WINDOW; at += 1) window[at] = draw(draws, at === 0 ? -1 : (window[at - 1] ?? 0));
    return window;
  });
}

/** Words from a vocabulary of `size` random ones of 3 to 8 letters, equally likely, with spaces between them. */
export function wordWindows(count: number, size: number, purpose = 'text'): Uint8Array[] {
  const letters = new Draws(SEED, 'vocabulary');
  const words = Array.from({ length: size }, () =>
    Array.from({ length: 3 + letters.below(6) }, () => 97 + letters.below(26)),
  );
  const draws = new Draws(SEED, `words-${purpose}`);
  return Array.from({ length: count }, () => {
    const text: number[] = [];
    while (text.length < WINDOW) text.push(...(words[draws.below(size)] ?? []), 32);
    return Uint8Array.from(text.slice(0, WINDOW));
  });
}

/** The same windows in another alphabet. */
export function relabelled(windows: readonly Uint8Array[], alphabet: Uint8Array): Uint8Array[] {
  return windows.map((window) => window.map((byte) => alphabet[byte] ?? 0));
}

/** A permutation of the byte values. */
export function alphabetOf(purpose: string): Uint8Array {
  return new Draws(SEED, purpose).shuffle(Uint8Array.from({ length: 256 }, (_, byte) => byte));
}
