/** Time that passes only when nothing else is left to do. */
import type { Clock } from '../../domain/ports.ts';

/** Turns of the event loop after which everything that can go on without time has gone on. */
const TURNS = 20;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#now + milliseconds, wake };
      if (signal?.aborted === true) return wake();
      signal?.addEventListener('abort', wake, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** Lets all go on that waits for no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Time passes from sleeper to sleeper until `done`. Throws where nothing sleeps, or where that takes longer than `limitMs`. */
  async until(done: () => boolean, limitMs = 86_400_000): Promise<void> {
    const end = this.#now + limitMs;
    for (;;) {
      await this.settle();
      if (done()) return;
      const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at);
      if (next === undefined) throw new Error('nothing is left to wait for');
      if (next.at > end) throw new Error(`not done within ${limitMs} ms`);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }

  /** Lets this much time pass. */
  async pass(milliseconds: number): Promise<void> {
    let over = false;
    void this.sleep(milliseconds).then(() => {
      over = true;
    });
    await this.until(() => over);
  }
}
