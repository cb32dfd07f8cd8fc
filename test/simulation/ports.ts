/** The ports as one life of a service has them: the real embedded store and the scripted sandbox, behind everything that can go wrong. */

import { sha256 } from '../../domain/events/canonical.ts';
import {
  type BlobStore,
  type Bus,
  type Clock,
  type EventStore,
  type Sandbox,
  SandboxError,
  type SandboxSession,
  type StoredEvent,
  StoreUnavailableError,
} from '../../domain/ports.ts';
import type { Faults, Life } from './life.ts';
import type { World } from './world.ts';

export function storeOf(life: Life, world: World, faults: Faults, store: EventStore): EventStore {
  const collect = async (source: AsyncIterable<StoredEvent>): Promise<readonly StoredEvent[]> => {
    const all: StoredEvent[] = [];
    for await (const one of source) all.push(one);
    return all;
  };
  return {
    append: (stream, expected, events) =>
      life.call(`append ${events.map((event) => event.type).join('+')}`, async () => {
        const revision = await store.append(stream, expected, events);
        world.note(
          `${life.name} appended ${events.map((event) => event.type).join('+')} to ${stream} at ${revision}`,
        );
        if (faults.lostAckOnceIn > 0 && world.once(faults.lostAckOnceIn)) {
          world.note(`${life.name} was not told`);
          throw new StoreUnavailableError('the acknowledgement was lost');
        }
        return revision;
      }),
    async *readStream(stream, fromRevision) {
      yield* await life.call('readStream', () => collect(store.readStream(stream, fromRevision)));
    },
    async *readAll(after) {
      yield* await life.call('readAll', () => collect(store.readAll(after)));
    },
    close: async () => undefined,
  };
}

/** Wake-ups between all lives. */
export class SimulatedBus {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #listeners = new Set<{ readonly life: Life; readonly onWake: (category: string) => void }>();

  constructor(world: World, faults: Faults) {
    this.#world = world;
    this.#faults = faults;
  }

  of(life: Life): Bus {
    return {
      wake: (category) => this.#wake(category),
      onWake: (onWake) => {
        const listener = { life, onWake };
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      // For people who watch: no service acts on it.
      tell: () => undefined,
      onProgress: () => () => undefined,
      close: async () => undefined,
    };
  }

  #wake(category: string): void {
    for (const { life, onWake } of this.#listeners) {
      const deliveries = this.#faults.hostileBus ? this.#world.below(3) : 1;
      for (let i = 0; i < deliveries; i += 1) {
        this.#world.after(this.#world.below(this.#faults.hostileBus ? 5_000 : 10), () => {
          if (life.alive) onWake(category);
        });
      }
    }
  }
}

/** Kept by the world, so that it outlives every crash. */
export function memoryBlobs(): BlobStore {
  const blobs = new Map<string, Buffer>();
  return {
    async put(bytes) {
      const digest = sha256(bytes);
      blobs.set(digest, Buffer.from(bytes));
      return digest;
    },
    async get(digest) {
      const found = blobs.get(digest);
      if (found === undefined) throw new Error(`blob ${digest} is absent`);
      return found;
    },
    has: async (digest) => blobs.has(digest),
  };
}

export function blobsOf(life: Life, blobs: BlobStore): BlobStore {
  return {
    put: (bytes) => life.call('put blob', () => blobs.put(bytes)),
    get: (digest) => life.call('get blob', () => blobs.get(digest)),
    has: (digest) => life.call('has blob', () => blobs.has(digest)),
  };
}

export function clockOf(life: Life, world: World): Clock {
  return {
    now: () => world.now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (!life.alive) return;
        let over = false;
        const wake = (): void => {
          if (over || !life.alive) return;
          over = true;
          resolve();
        };
        if (signal?.aborted === true) wake();
        signal?.addEventListener('abort', wake, { once: true });
        world.after(milliseconds, wake);
      }),
  };
}

export function sandboxOf(life: Life, world: World, faults: Faults, sandbox: Sandbox): Sandbox {
  const fail = (): void => {
    if (faults.sandboxFaultOnceIn > 0 && world.once(faults.sandboxFaultOnceIn)) {
      world.note(`${life.name} has an infrastructure fault`);
      throw new SandboxError('our-fault', 'simulated infrastructure fault');
    }
  };
  const wrap = (session: SandboxSession): SandboxSession => ({
    effective: session.effective,
    request: (frame, options) =>
      life.call('container', async () => {
        fail();
        return session.request(frame, options);
      }),
    usage: () => session.usage(),
    close: () => life.call('close container', () => session.close()),
  });
  return {
    open: (spec) =>
      life.call('open container', async () => {
        fail();
        return wrap(await sandbox.open(spec));
      }),
    sweep: (labels) => life.call('sweep containers', () => sandbox.sweep(labels)),
    imageDigest: (image) => life.call('image', () => sandbox.imageDigest(image)),
  };
}
