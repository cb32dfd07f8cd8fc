/**
 * The sequencer: writes the store's global order into the signed log. Nothing is reordered, and nothing is signed that a verifier would
 * refuse: every event has been folded before its bytes are handed on.
 */
import { type EventEnvelope, eventBytes } from '../../domain/events/envelope.ts';
import { appendToEdge, EMPTY_EDGE, edgeRoot, type LogEdge } from '../../domain/log/edge.ts';
import type { Bus } from '../../domain/ports.ts';
import type { Service } from '../runtime/loop.ts';

/** The log as the sequencer needs it. */
export interface LogPort {
  /** Entries under the last signed checkpoint. */
  size(): number;
  /** Merkle root of those entries. */
  root(): Buffer;
  /** Durable and signed when it resolves. */
  append(entries: readonly Uint8Array[]): Promise<void>;
}

/** Most entries that one checkpoint adds, so that catching up with a long history shows progress. */
const BATCH = 4_096;

/** Raised where the store's history is not the one that the log has signed: an older copy restored, or another ledger's. */
export class OtherHistoryError extends Error {
  constructor(size: number) {
    super(
      `the store's first ${size} events are not those that the log has signed: put the store back that this log was made from, or start both anew`,
    );
    this.name = 'OtherHistoryError';
  }
}

/** Events hashed at a time while the log's past is compared with the store's. */
const COMPARED_AT_ONCE = 1_024;

/** Events of the store that are not in the log yet, by log index. */
export class Unsequenced {
  readonly #log: LogPort;
  /** Size of the log when this process began; up to there the store is compared with it. */
  readonly #signed: number;
  #past: LogEdge = EMPTY_EDGE;
  #toCompare: Buffer[] = [];
  #first = 0;
  #bytes: Buffer[] = [];

  constructor(log: LogPort) {
    this.#log = log;
    this.#signed = log.size();
  }

  /** Takes the event at `index`; those that the log has already are compared and dropped. Throws `OtherHistoryError`. */
  add(index: number, envelope: EventEnvelope): void {
    const bytes = eventBytes(envelope);
    if (index < this.#signed) this.#compare(index, bytes);
    if (index < this.#log.size()) return;
    if (this.#bytes.length === 0) this.#first = index;
    this.#bytes.push(bytes);
  }

  #compare(index: number, bytes: Buffer): void {
    this.#toCompare.push(bytes);
    const last = index === this.#signed - 1;
    if (!last && this.#toCompare.length < COMPARED_AT_ONCE) return;
    this.#past = appendToEdge(this.#past, this.#toCompare).edge;
    this.#toCompare = [];
    if (last && !edgeRoot(this.#past.tiles).equals(this.#log.root()))
      throw new OtherHistoryError(this.#signed);
  }

  /** Forgets what the log has, and returns what comes next in it. */
  next(): readonly Buffer[] {
    const done = Math.min(this.#bytes.length, Math.max(0, this.#log.size() - this.#first));
    this.#bytes.splice(0, done);
    this.#first += done;
    return this.#bytes.slice(0, BATCH);
  }
}

export function sequencer(unsequenced: Unsequenced, log: LogPort, bus: Bus): Service<readonly Buffer[]> {
  return {
    name: 'sequencer',
    todo: () => {
      const next = unsequenced.next();
      return next.length === 0 ? [] : [next];
    },
    keyOf: () => 'sequence',
    async handle(entries) {
      await log.append(entries);
      bus.wake('log');
    },
  };
}
