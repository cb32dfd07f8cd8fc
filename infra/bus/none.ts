/** A bus that carries nothing, for nodes that run no NATS: every service looks once a second by itself, and nobody sees progress. */
import type { Bus } from '../../domain/ports.ts';

export function noBus(): Bus {
  return {
    wake: () => {},
    onWake: () => () => {},
    tell: () => {},
    onProgress: () => () => {},
    close: async () => {},
  };
}
