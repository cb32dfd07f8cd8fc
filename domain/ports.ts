/**
 * What the services need from outside, as types. Each has its adapters under `infra/`; simulation has its own.
 */
import type { RunProgress } from './evaluation/progress.ts';
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

/** Wake-ups, and the progress of runs for people who watch. Neither carries truth: any may be lost, doubled or reordered. */
export interface Bus {
  /** Says that a stream of `category` has grown. Never throws; a lost wake-up costs at most a second. */
  wake(category: string): void;
  /** Calls `onWake` for each wake-up of any category; returns how to stop. */
  onWake(onWake: (category: string) => void): () => void;
  /** Tells whoever watches how far a run has come. Never throws; nothing is kept, repeated or waited for. */
  tell(progress: RunProgress): void;
  /** Calls `onProgress` for each message that is as its schema says, and passes over what is not; returns how to stop. */
  onProgress(onProgress: (progress: RunProgress) => void): () => void;
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
  /** Wall-clock time until it is killed: from its start or, where it waited in a pool, from the moment that it was handed out. */
  readonly wallMs: number;
}

/**
 * The settings that the engine reports for the running container, read back by inspection: never what was asked for. A number is 0 where
 * nothing sets a limit, which only a `runtime` without isolation has.
 */
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
  /** `cpu`, or the GPUs that it may use: `cuda:<id>,<id>`. */
  readonly devices: string;
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
  /** What it has used so far, read from outside; cheap. Never throws; keeps its last values once the container is gone. */
  usage(): SandboxReading;
  /** Ends the container if it lives; removes it; returns what was read of it from outside. Never throws; can be called twice. */
  close(): Promise<SandboxUsage>;
}

/** Read from outside, while it runs or at its end. None of the values ever falls. */
export interface SandboxReading {
  /** CPU time of the container's cgroup in microseconds; 0 where it could not be read. */
  readonly cpuUs: number;
  /** Most memory that the cgroup has held, page cache included; 0 where it could not be read. */
  readonly peakMemoryBytes: number;
  /** Time in which its GPUs ran kernels, in microseconds, added over the GPUs; 0 without one. What cannot be read counts as busy. */
  readonly gpuBusyUs: number;
}

export interface SandboxUsage extends SandboxReading {
  /** First bytes of its standard error, for the miner. */
  readonly standardError: string;
  readonly oomKilled: boolean;
  readonly exitCode: number | null;
}

/** GPUs for one container, as the engine names them: UUIDs or indices. Nothing else may run on them meanwhile. */
export interface SandboxDevice {
  readonly kind: 'cuda';
  readonly ids: readonly string[];
}

export interface SandboxSpec {
  /** `runner`: PyTorch and our host, of the CPU or, with a `device`, the CUDA build; `reviewer`: CPython only. */
  readonly image: 'runner' | 'reviewer';
  /** What our host does in it: `python3 -m prism_host <role>`. */
  readonly role: 'trainer' | 'predictor' | 'replayer' | 'reviewer';
  /** GPUs to run on (default: none). */
  readonly device?: SandboxDevice;
  /** Written as labels, so that a crashed owner's containers can be found and removed. */
  readonly labels: { readonly [key: string]: string };
  readonly limits: SandboxLimits;
}

export interface Sandbox {
  /** Starts a container with no network and hard limits. Throws `SandboxError` of kind `our-fault`. */
  open(spec: SandboxSpec): Promise<SandboxSession>;
  /** Removes every container that carries all of these labels; returns how many. */
  sweep(labels: { readonly [key: string]: string }): Promise<number>;
  /** Content digest of the image that a container with this `device` (default: none) would run, as recorded in events. */
  imageDigest(image: SandboxSpec['image'], device?: SandboxDevice): Promise<string>;
}
