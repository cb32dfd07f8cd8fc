/**
 * Containers that wait: started, our host connected, torch imported, and no file of any project in them. One is handed out once, to one
 * run, and ends with it; another of its kind is then started in the background, one at a time.
 */
import type { Sandbox, SandboxSession, SandboxSpec } from '../../domain/ports.ts';
import { ourFault } from './host/errors.ts';
import { HandedOut } from './warm-session.ts';

/** While it waits nothing limits a container's time; the most that a timer can hold, 24 days. */
const WAITING_MS = 2 ** 31 - 1;
const PING_MS = 5000;
const PING_BYTES = 65_536;

export interface WarmPoolOptions {
  /** Most containers that wait at once, those being started included. */
  readonly size: number;
  /**
   * Keys of labels that tell runs of one owner apart. What waits does not know its run yet and carries only the other labels of its spec,
   * so these must not be what an owner sweeps by (default: none).
   */
  readonly runLabels?: readonly string[];
  /** Kinds to have ready before the first is opened (default: none); of more than `size` the first ones. */
  readonly specs?: readonly SandboxSpec[];
}

export interface WarmPool extends Sandbox {
  /** Ends all that wait; those handed out are their owners'. Nothing can be opened afterwards. Never throws. */
  close(): Promise<void>;
}

/**
 * The same sandbox with a pool before it. A container fits where image, role, devices, limits and the owner's labels are equal; the wall
 * limit counts from the hand-out. The first `open` of a kind starts cold. A container that cannot be started in the background is left
 * out: the next `open` of its kind starts cold too and says why.
 */
export function withWarmPool(sandbox: Sandbox, options: WarmPoolOptions): WarmPool {
  return new Pool(sandbox, options);
}

/** One that waits, or will: `session` is null until its start has begun. */
interface Place {
  readonly kind: string;
  readonly spec: SandboxSpec;
  session: Promise<SandboxSession> | null;
}

class Pool implements WarmPool {
  readonly #sandbox: Sandbox;
  readonly #size: number;
  readonly #runLabels: ReadonlySet<string>;
  /** Oldest first; never more than `size`. */
  #places: Place[] = [];
  #filling: Promise<void> | null = null;
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  constructor(sandbox: Sandbox, { size, runLabels = [], specs = [] }: WarmPoolOptions) {
    this.#sandbox = sandbox;
    this.#size = size;
    this.#runLabels = new Set(runLabels);
    for (const spec of specs.slice(0, size)) this.#want(this.#waiting(spec));
  }

  async open(spec: SandboxSpec): Promise<SandboxSession> {
    if (this.#closed) throw ourFault('the pool of containers was closed');
    const waiting = this.#waiting(spec);
    const session =
      (await this.#take(kindOf(waiting))) ?? (await this.#sandbox.open({ ...spec, limits: waiting.limits }));
    this.#want(waiting);
    return new HandedOut(session, spec.limits.wallMs);
  }

  sweep(labels: { readonly [key: string]: string }): Promise<number> {
    return this.#sandbox.sweep(labels);
  }

  imageDigest(...image: Parameters<Sandbox['imageDigest']>): Promise<string> {
    return this.#sandbox.imageDigest(...image);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const place of this.#places.splice(0)) this.#end(place);
    await this.#filling;
    await Promise.all(this.#ending);
  }

  /** The spec as it waits. */
  #waiting(spec: SandboxSpec): SandboxSpec {
    const labels = Object.entries(spec.labels).filter(([key]) => !this.#runLabels.has(key));
    return {
      ...spec,
      labels: Object.fromEntries(labels.sort()),
      limits: { ...spec.limits, wallMs: WAITING_MS },
    };
  }

  /** One of this kind that lives, the oldest first; null where none waits. */
  async #take(kind: string): Promise<SandboxSession | null> {
    for (;;) {
      const place = this.#places.find((one) => one.kind === kind && one.session !== null);
      if (place === undefined) return null;
      this.#remove(place);
      const session = await place.session?.catch(() => null);
      if (session && (await lives(session))) return session;
      this.#end(place);
    }
  }

  /** Starts one of this kind in the background. Where the pool is full of others, one of the kind that has most makes room. */
  #want(spec: SandboxSpec): void {
    const kind = kindOf(spec);
    if (this.#closed || (this.#places.length >= this.#size && !this.#makeRoom(kind))) return;
    this.#places.push({ kind, spec, session: null });
    this.#filling ??= this.#fill();
  }

  #makeRoom(kind: string): boolean {
    const of = (wanted: string) => this.#places.filter((place) => place.kind === wanted).length;
    const [leaves] = this.#places.toSorted((a, b) => of(b.kind) - of(a.kind));
    if (leaves === undefined || of(kind) > 0) return false;
    this.#remove(leaves);
    this.#end(leaves);
    return true;
  }

  async #fill(): Promise<void> {
    for (;;) {
      const place = this.#places.find(({ session }) => session === null);
      if (place === undefined) break;
      place.session = this.#sandbox.open(place.spec);
      await place.session.catch(() => this.#remove(place));
    }
    // Before anything else can run: who wants one from here on starts anew.
    this.#filling = null;
  }

  #remove(place: Place): void {
    this.#places = this.#places.filter((one) => one !== place);
  }

  #end(place: Place): void {
    const ending = Promise.resolve(place.session)
      .then((session) => session?.close())
      .then(() => {})
      .catch(() => {});
    this.#ending.add(ending);
    void ending.then(() => this.#ending.delete(ending));
  }
}

/** What must be equal for a waiting container to serve. */
function kindOf({ image, role, device, limits, labels }: SandboxSpec): string {
  const { memoryBytes, cpus, pids, tmpBytes } = limits;
  return JSON.stringify([image, role, device?.ids ?? [], memoryBytes, cpus, pids, tmpBytes, labels]);
}

/** Whether our host answers; nothing else is in there yet. */
async function lives(session: SandboxSession): Promise<boolean> {
  const ping = { header: { op: 'ping' }, body: Buffer.alloc(0) };
  return await session.request(ping, { timeoutMs: PING_MS, maxBytes: PING_BYTES }).then(
    () => true,
    () => false,
  );
}
