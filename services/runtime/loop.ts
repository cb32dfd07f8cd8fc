/**
 * The one loop that all services share: catch up, take what is waiting, handle it; the item leaves the list because its outcome stands in
 * the store. Wake-ups only make it start early; without any, it looks once a second.
 */
import type { LedgerState } from '../../domain/ledger/state.ts';
import { type Bus, type Clock, StoreUnavailableError } from '../../domain/ports.ts';
import type { LedgerClient } from './ledger-client.ts';
import type { Logger } from './logger.ts';

export interface Service<Item> {
  readonly name: string;
  /** What is waiting, most urgent first: a pure function of the ledger and the time. */
  todo(state: LedgerState, now: string): readonly Item[];
  /** Identity of an item, for logs and for backing off. */
  keyOf(item: Item): string;
  /** Does one item and commits its outcome. What it throws is logged and the item tried again later. */
  handle(item: Item): Promise<void>;
}

export interface LoopParts {
  readonly client: LedgerClient;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
}

const IDLE_MS = 1_000;
const BACK_OFF_MS = 2_000;
const BACK_OFF_LIMIT_MS = 60_000;

interface Failure {
  readonly times: number;
  readonly notBefore: number;
}

/** Waits for a wake-up, for the time to pass or for the end, whichever comes first. */
function wakeable({ bus, clock }: Pick<LoopParts, 'bus' | 'clock'>): {
  wait(signal: AbortSignal): Promise<void>;
  stop(): void;
} {
  let woken = false;
  let interrupt: (() => void) | null = null;
  const stop = bus.onWake(() => {
    woken = true;
    interrupt?.();
  });
  return {
    stop,
    async wait(signal) {
      if (woken || signal.aborted) {
        woken = false;
        return;
      }
      const early = new AbortController();
      const end = (): void => early.abort();
      interrupt = end;
      signal.addEventListener('abort', end, { once: true });
      await clock.sleep(IDLE_MS, early.signal);
      signal.removeEventListener('abort', end);
      interrupt = null;
      woken = false;
    },
  };
}

/** Runs a service until `signal` is aborted. An outage of the store is waited out. */
export async function runService<Item>(
  service: Service<Item>,
  parts: LoopParts,
  signal: AbortSignal,
): Promise<void> {
  const { client, clock, log } = parts;
  const failures = new Map<string, Failure>();
  const waiter = wakeable(parts);
  try {
    while (!signal.aborted) {
      const item = await nextItem(service, parts, failures);
      if (item === undefined) {
        await waiter.wait(signal);
        continue;
      }
      const key = service.keyOf(item);
      try {
        await service.handle(item);
        failures.delete(key);
      } catch (error) {
        const times = (failures.get(key)?.times ?? 0) + 1;
        const delay = Math.min(BACK_OFF_LIMIT_MS, BACK_OFF_MS * 2 ** (times - 1));
        failures.set(key, { times, notBefore: clock.now() + delay });
        log.error(`${key} failed, tried again in ${delay / 1_000} s`, error);
      }
    }
  } finally {
    waiter.stop();
    await client.catchUp().catch(() => 0);
  }
}

async function nextItem<Item>(
  service: Service<Item>,
  parts: LoopParts,
  failures: Map<string, Failure>,
): Promise<Item | undefined> {
  try {
    await parts.client.catchUp();
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    parts.log.error('the store is unavailable', error);
    return undefined;
  }
  if (parts.client.state.id === null) return undefined;
  const now = parts.clock.now();
  return service
    .todo(parts.client.state, parts.client.now())
    .find((item) => (failures.get(service.keyOf(item))?.notBefore ?? 0) <= now);
}
