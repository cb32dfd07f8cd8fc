/**
 * The sequencer: writes the store's global order into the signed log. Nothing is reordered, and nothing is signed that a verifier would
 * refuse: every event has been folded before its bytes are handed on.
 */
import { type EventEnvelope, eventBytes } from '../../domain/events/envelope.ts';
import type { Bus } from '../../domain/ports.ts';
import type { Service } from '../runtime/loop.ts';

/** The log as the sequencer needs it. */
export interface LogPort {
  /** Entries under the last signed checkpoint. */
  size(): number;
  /** Durable and signed when it resolves. */
  append(entries: readonly Uint8Array[]): Promise<void>;
}

/** Most entries that one checkpoint adds, so that catching up with a long history shows progress. */
const BATCH = 4_096;

/** Events of the store that are not in the log yet, by log index. */
export class Unsequenced {
  readonly #log: LogPort;
  #first = 0;
  #bytes: Buffer[] = [];

  constructor(log: LogPort) {
    this.#log = log;
  }

  /** Takes the event at `index`; those that the log has already are dropped. */
  add(index: number, envelope: EventEnvelope): void {
    if (index < this.#log.size()) return;
    if (this.#bytes.length === 0) this.#first = index;
    this.#bytes.push(eventBytes(envelope));
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
