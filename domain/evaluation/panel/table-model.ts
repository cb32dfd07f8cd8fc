/** What the members of the reference panel that are the judge's own code have in common: learners that need no container. */
import { log2 } from '../../scoring/real.ts';
import { LOSS_CAP_MICROBITS } from '../loss.ts';
import { MICROBITS_PER_BYTE } from '../units.ts';

/**
 * A learner of text in a fixed number of bytes. All that it knows comes from the windows that were revealed to it, so that it may be compared
 * with any learner which was shown the same. Every result is the same to the bit on every machine.
 */
export interface TableModel {
  /** Bytes of everything that prediction depends on: what would have to cross a wire. Fixed from the start, whatever is revealed. */
  readonly stateBytes: number;
  /**
   * Learns a window. Contexts do not reach over its ends. The order of windows matters where a table is full (what is replaced) or weights
   * are learnt on the way, and not otherwise.
   */
  reveal(window: Uint8Array): void;
  /**
   * Probability that `next` (0..255) follows `prefix`, above 0; over all 256 it sums to 1 but for rounding. Learns nothing: what was asked
   * before makes no difference.
   */
  probability(prefix: Uint8Array, next: number): number;
}

/** Code length of `next` after `prefix` in microbits, rounded half up and capped as the loss of any learner is. */
export function codeLengthMicrobits(model: TableModel, prefix: Uint8Array, next: number): number {
  const bits = -log2(model.probability(prefix, next));
  return Math.min(Math.floor(bits * MICROBITS_PER_BYTE + 0.5), LOSS_CAP_MICROBITS);
}
