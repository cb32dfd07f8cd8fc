/** The context mixer: the strongest member of the reference panel that is no neural network. */
import { type Echo, listen } from './echo.ts';
import { Mixture } from './mixture.ts';
import { interpolate } from './smoothing.ts';
import { noSuccessors, SuffixCounts } from './suffix-counts.ts';
import type { Successors } from './symbol-cells.ts';
import type { TableModel } from './table-model.ts';

const ORDER = 5;
/** Weight of the longest context's prediction beside what the window echoes. */
const ECHO_PRIOR = 2;
/** No echo, one, or more. */
const ECHO_LEVELS = 3;

/**
 * Mixes what every length of context predicts, and what the window itself echoes, with weights learnt online. Weights are chosen by the
 * longest context that was seen before and by how often the window echoes: which expert to trust depends on these. The idea is the context
 * mixing of Mahoney ("Adaptive weighing of context models for lossless data compression", Florida Tech TR CS-2005-16, 2005). The mixture
 * here is linear over whole symbols; a logistic one over bits with the same inputs, as in PAQ, measured within 0.01 bits per byte of it.
 */
export class ContextMixer implements TableModel {
  readonly #counts: SuffixCounts;
  readonly #mixture: Mixture;
  readonly #successors: readonly Successors[];
  readonly #echo: Echo = { places: 0, weight: 0, chosen: 0 };
  /** Of the byte asked for: by length of context, and last the echo's. */
  readonly #probabilities: Float64Array;

  /**
   * @param stateBytes that the model may keep at most
   * @param order of the longest context, in bytes
   * Throws `RangeError` for fewer bytes than a table needs (about 5 KB), or an order outside 1 to 16.
   */
  constructor(stateBytes: number, order: number = ORDER) {
    this.#mixture = new Mixture((order + 1) * ECHO_LEVELS, order + 2);
    this.#counts = new SuffixCounts(order, stateBytes - this.#mixture.stateBytes);
    this.#successors = Array.from({ length: order + 1 }, noSuccessors);
    this.#probabilities = new Float64Array(order + 2);
  }

  get stateBytes(): number {
    return this.#counts.stateBytes + this.#mixture.stateBytes;
  }

  /** Weights are learnt from the window as from a prefix, none of which is in the counts yet; only then is it counted. */
  reveal(window: Uint8Array): void {
    for (const [at, byte] of window.entries()) {
      this.#mixture.observe(this.#ask(window, at, byte), this.#probabilities);
    }
    for (const [at, byte] of window.entries()) {
      this.#counts.seek(window, at);
      this.#counts.count(byte);
    }
  }

  probability(prefix: Uint8Array, next: number): number {
    const set = this.#ask(prefix, prefix.length, next);
    return this.#mixture.probability(set, this.#probabilities);
  }

  /** Has every expert say how probable `byte` is before `text[at]`. Returns the set of weights for this place. */
  #ask(text: Uint8Array, at: number, byte: number): number {
    const { order } = this.#counts;
    this.#counts.seek(text, at);
    this.#counts.sumUp(byte, this.#successors);
    interpolate(this.#successors, this.#probabilities);
    listen(text, at, byte, this.#echo);
    const { places, weight, chosen } = this.#echo;
    const longest = this.#probabilities[order] ?? 0;
    this.#probabilities[order + 1] = (chosen + ECHO_PRIOR * longest) / (weight + ECHO_PRIOR);
    const seen = Math.max(
      0,
      this.#successors.findLastIndex(({ total }) => total > 0),
    );
    return seen * ECHO_LEVELS + Math.min(places, ECHO_LEVELS - 1);
  }
}
