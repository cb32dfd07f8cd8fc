/** Progress that waits for one listener of the feed: of each run only the latest, so that a slow reader loses progress and nothing else. */
import type { ProgressNews } from '../progress-board.ts';

/** Between two deliveries to the same listener, in milliseconds. */
export const PROGRESS_MS = 1_000;
/** Runs of which something can wait; of more, those told of longest ago are dropped. */
const MAX_RUNS = 128;

export class ProgressMailbox {
  /** Frames by submission and run, the newest at the end. */
  readonly #waiting = new Map<string, string>();
  readonly #now: () => number;
  #takenAt = Number.NEGATIVE_INFINITY;
  #arrival = new AbortController();

  /** @param now a clock in milliseconds that is never set back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  put({ progress: { submission, run }, frame }: ProgressNews): void {
    const key = `${submission} ${run}`;
    const wasEmpty = this.isEmpty;
    this.#waiting.delete(key);
    this.#waiting.set(key, frame);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_RUNS && oldest !== undefined) this.#waiting.delete(oldest);
    if (wasEmpty) this.#arrival.abort();
  }

  /** Aborted when something comes into the empty mailbox from now on; the signal given before is no longer. */
  arrival(): AbortSignal {
    this.#arrival = new AbortController();
    return this.#arrival.signal;
  }

  /** How long there is nothing to take, as far as is known, in milliseconds. */
  waitMs(most: number): number {
    return this.isEmpty ? most : Math.max(0, Math.ceil(this.#takenAt + PROGRESS_MS - this.#now()));
  }

  /** All frames that wait, once the listener may be sent some again; else none. */
  take(): string {
    if (this.isEmpty || this.#now() - this.#takenAt < PROGRESS_MS) return '';
    const frames = [...this.#waiting.values()].join('');
    this.#waiting.clear();
    this.#takenAt = this.#now();
    return frames;
  }
}
