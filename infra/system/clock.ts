/** The system's clock. */
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../domain/ports.ts';

/** Timers take a signed 32-bit number of milliseconds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 0x7f_ff_ff_ff;

/** `sleep` resolves early, without an error, when its signal is aborted: who can be woken looks at the signal. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    const options = signal === undefined ? {} : { signal };
    for (let left = milliseconds; left > 0 && !signal?.aborted; left -= LONGEST_TIMER_MS) {
      await setTimeout(Math.min(left, LONGEST_TIMER_MS), undefined, options).catch((error) => {
        if (!signal?.aborted) throw error;
      });
    }
  },
};
