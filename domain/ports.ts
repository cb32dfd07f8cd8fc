/**
 * What the services need from outside, as types. Each has its adapters under `infra/`; simulation has its own.
 */
import type { EventEnvelope } from './events/envelope.ts';

/** An event as the store keeps it: `position` orders all streams (opaque, increasing, never reused). */
export interface StoredEvent {
  readonly position: bigint;
  readonly event: EventEnvelope;
}

/** What a writer hands over; the store derives `stream` and `revision` from the append itself. */
export type NewEvent = Omit<EventEnvelope, 'stream' | 'revision'>;

/** The revision of the last event in a stream, or that the stream must not exist yet. */
export type ExpectedRevision = number | 'no-stream';

/**
 * Raised by `append` where the stream is not at the expected revision (`actual`: null where it is absent) and the events are not already
 * there. Nothing was written.
 */
export class WrongExpectedRevisionError extends Error {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly actual: number | null;
  constructor(stream: string, expected: ExpectedRevision, actual: number | null) {
    super(`stream ${stream} is at revision ${actual ?? 'none'}, expected ${expected}`);
    this.name = 'WrongExpectedRevisionError';
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/** Raised where the store cannot be reached or did not answer; the append may or may not have been made. */
export class StoreUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnavailableError';
  }
}

/**
 * The ledger's store. Waking readers is the bus's job.
 *
 * `append` is atomic and durable when it resolves. It is idempotent on event ids: where events with exactly these ids, in this order,
 * stand right after `expected`, it succeeds and writes nothing (a store compares ids, not content).
 */
export interface EventStore {
  /** Returns the revision of the last event appended. Throws `WrongExpectedRevisionError` or `StoreUnavailableError`. */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<number>;
  /** The whole stream from `fromRevision` (default 0), oldest first; empty where it does not exist. */
  readStream(stream: string, fromRevision?: number): AsyncIterable<StoredEvent>;
  /** Every event of ours after `after` (exclusive; null: from the start) in the global order; ends at the present end. */
  readAll(after: bigint | null): AsyncIterable<StoredEvent>;
  close(): Promise<void>;
}

/** Wake-ups. They carry no truth: any may be lost, doubled or reordered. */
export interface Bus {
  /** Says that a stream of `category` has grown. Never throws; a lost wake-up costs at most a second. */
  wake(category: string): void;
  /** Calls `onWake` for each wake-up of any category; returns how to stop. */
  onWake(onWake: (category: string) => void): () => void;
  close(): Promise<void>;
}

/** Content-addressed bytes: sources, findings, transcripts. `put` is durable when it resolves. */
export interface BlobStore {
  /** Stores `bytes`; returns their lower-case hex SHA-256. */
  put(bytes: Uint8Array): Promise<string>;
  /** Throws where the blob is absent or does not hash to its name. */
  get(digest: string): Promise<Buffer>;
  has(digest: string): Promise<boolean>;
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  bytes(count: number): Buffer;
}

/** Hard limits of one container, all enforced from outside it. */
export interface SandboxLimits {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
  /** Size of the only writable place, a tmpfs at /tmp. */
  readonly tmpBytes: number;
  /** Wall-clock time from start to kill. */
  readonly wallMs: number;
}

/** The settings that the engine reports for the running container, read back by inspection: never what was asked for. */
export interface EffectiveSandbox {
  readonly runtime: string;
  readonly image: string;
  readonly user: string;
  readonly network: string;
  readonly readOnlyRoot: boolean;
  readonly capabilities: string;
  readonly noNewPrivileges: boolean;
  readonly seccomp: string;
  readonly memoryBytes: number;
  readonly memorySwapBytes: number;
  readonly nanoCpus: number;
  readonly pids: number;
  readonly tmpBytes: number;
}

/** One message over the socket: a JSON header and raw bytes. */
export interface Frame {
  readonly header: { readonly [key: string]: unknown };
  readonly body: Buffer;
}

/** Why talking to a container ended. `our-fault` is infrastructure (daemon, disk, image), never a verdict. */
export type SandboxFailureKind = 'learner-ended' | 'late' | 'malformed' | 'over-limit' | 'our-fault';

export class SandboxError extends Error {
  readonly kind: SandboxFailureKind;
  constructor(kind: SandboxFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandboxError';
    this.kind = kind;
  }
}

/** A container that runs one of our hosts next to untrusted code, used once. */
export interface SandboxSession {
  readonly effective: EffectiveSandbox;
  /**
   * Sends one frame and waits for the one answer. Throws `SandboxError`; after that the session is dead.
   * @param maxBytes largest answer that is read, header and body together
   */
  request(frame: Frame, options: { readonly timeoutMs: number; readonly maxBytes: number }): Promise<Frame>;
  /** Ends the container if it lives; removes it; returns what was read of it from outside. Never throws; can be called twice. */
  close(): Promise<SandboxUsage>;
}

export interface SandboxUsage {
  /** CPU time of the container's cgroup in microseconds; 0 where it could not be read. */
  readonly cpuUs: number;
  /** First bytes of its standard error, for the miner. */
  readonly standardError: string;
  readonly oomKilled: boolean;
  readonly exitCode: number | null;
}

export interface SandboxSpec {
  /** `runner`: PyTorch and our host; `reviewer`: CPython only. */
  readonly image: 'runner' | 'reviewer';
  /** What our host does in it: `python3 -m prism_host <role>`. */
  readonly role: 'trainer' | 'predictor' | 'reviewer';
  /** Written as labels, so that a crashed owner's containers can be found and removed. */
  readonly labels: { readonly [key: string]: string };
  readonly limits: SandboxLimits;
}

export interface Sandbox {
  /** Starts a container with no network and hard limits. Throws `SandboxError` of kind `our-fault`. */
  open(spec: SandboxSpec): Promise<SandboxSession>;
  /** Removes every container that carries all of these labels; returns how many. */
  sweep(labels: { readonly [key: string]: string }): Promise<number>;
  /** Content digest of an image, as recorded in events. */
  imageDigest(image: SandboxSpec['image']): Promise<string>;
}
