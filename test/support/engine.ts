/** What services are wired with in tests: the real embedded store in memory, virtual time, wake-ups within the process. */
import type { RunProgress } from '../../domain/evaluation/progress.ts';
import type { Bus, EventStore } from '../../domain/ports.ts';
import { openSqliteEventStore } from '../../infra/event-store/sqlite/store.ts';
import { LedgerClient, type LedgerClientOptions } from '../../services/runtime/ledger-client.ts';
import { openLedger } from './history.ts';
import type { LedgerBuilder } from './ledger-builder.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Delivers every wake-up at once, lets tests send their own, and keeps what was told. */
export class LocalBus implements Bus {
  readonly woken: string[] = [];
  readonly listeners = new Set<(category: string) => void>();
  readonly told: RunProgress[] = [];

  wake(category: string): void {
    this.woken.push(category);
    for (const listener of this.listeners) listener(category);
  }

  onWake(onWake: (category: string) => void): () => void {
    this.listeners.add(onWake);
    return () => this.listeners.delete(onWake);
  }

  tell(progress: RunProgress): void {
    this.told.push(progress);
  }

  onProgress(): () => void {
    return () => {};
  }

  async close(): Promise<void> {
    this.listeners.clear();
  }
}

/** Where a store can fail: each may throw before or after the real store has done its work. */
export interface StoreFaults {
  beforeAppend?: (stream: string) => void | Promise<void>;
  afterAppend?: (stream: string) => void | Promise<void>;
  beforeRead?: () => void | Promise<void>;
}

export function faultyStore(store: EventStore, faults: StoreFaults): EventStore {
  return {
    async append(stream, expected, events) {
      await faults.beforeAppend?.(stream);
      const revision = await store.append(stream, expected, events);
      await faults.afterAppend?.(stream);
      return revision;
    },
    readStream: (stream, from) => store.readStream(stream, from),
    async *readAll(after) {
      await faults.beforeRead?.();
      yield* store.readAll(after);
    },
    close: () => store.close(),
  };
}

export interface Engine {
  readonly store: EventStore;
  readonly clock: VirtualClock;
  readonly bus: LocalBus;
  /** The view of one process, with a store that fails where it is told to. */
  client(options?: Partial<LedgerClientOptions> & { readonly faults?: StoreFaults }): LedgerClient;
  /** Types of all events in the store, in order. */
  types(): Promise<readonly string[]>;
}

/** An engine whose store holds what `builder` has written. */
export async function engineWith(builder: LedgerBuilder = openLedger()): Promise<Engine> {
  const store = openSqliteEventStore(':memory:');
  const clock = new VirtualClock();
  const bus = new LocalBus();
  for (const { stream, revision, ...event } of builder.events)
    await store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [event]);
  return {
    store,
    clock,
    bus,
    client: ({ faults, ...options } = {}) =>
      new LedgerClient({
        store: faults === undefined ? store : faultyStore(store, faults),
        bus,
        clock,
        ...options,
      }),
    async types() {
      const types: string[] = [];
      for await (const { event } of store.readAll(null)) types.push(event.type);
      return types;
    },
  };
}
