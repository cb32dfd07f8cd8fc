/** A bus without wake-ups, for nodes that run no NATS: every service looks once a second by itself. */
import type { Bus } from '../../domain/ports.ts';

export function noBus(): Bus {
  return { wake: () => {}, onWake: () => () => {}, close: async () => {} };
}
