/** Writes a ledger by hand: every event goes through the catalogue and the fold, so that only valid ledgers can be built. */
import type { Decided } from '../../domain/events/catalogue.ts';
import { parseEvent, toEnvelope } from '../../domain/events/codec.ts';
import { type EventEnvelope, eventBytes } from '../../domain/events/envelope.ts';
import { eventId, ledgerId } from '../../domain/events/ids.ts';
import { addMs } from '../../domain/events/time.ts';
import { evolveLedger } from '../../domain/ledger/evolve.ts';
import { owedEvents } from '../../domain/ledger/owed.ts';
import { emptyLedger, type LedgerState } from '../../domain/ledger/state.ts';

const START = '2026-01-01T00:00:00.000Z';

export class LedgerBuilder {
  readonly state: LedgerState = emptyLedger();
  readonly events: EventEnvelope[] = [];
  #time = START;

  /** The ledger's id. Throws before `LedgerOpened`. */
  get ledger(): string {
    if (this.state.id === null) throw new Error('the ledger is not open');
    return this.state.id;
  }

  /** The writer's clock: time of the next event. */
  get now(): string {
    return this.#time;
  }

  /** Log entries: canonical bytes of all events. */
  entries(): Buffer[] {
    return this.events.map(eventBytes);
  }

  /** Moves the clock on. */
  wait(milliseconds: number): void {
    this.#time = addMs(this.#time, milliseconds);
  }

  /** Appends to the end of `stream`, a second after the last event. Throws where the event is not valid or cannot follow. */
  append(stream: string, correlationId: string, actor: string, ...decided: readonly Decided[]): this {
    for (const one of decided) {
      const last = this.events.findLast((event) => event.stream === stream)?.id ?? null;
      this.#write(stream, correlationId, actor, last, one);
    }
    return this;
  }

  /** Appends all scores, claims and weights that follow from what is there, and from each other. */
  settle(): this {
    for (;;) {
      const [owed] = owedEvents(this.state);
      if (owed === undefined) return this;
      this.#write(owed.stream, owed.correlationId, 'service:scorer', owed.basis, owed.decided);
    }
  }

  #write(stream: string, correlationId: string, actor: string, cause: string | null, decided: Decided): void {
    const revision = (this.state.revisions.get(stream) ?? -1) + 1;
    const id =
      decided.type === 'LedgerOpened'
        ? ledgerId(decided.data)
        : eventId(this.ledger, {
            stream,
            cause: cause ?? '',
            step: `${decided.type} ${revision}`,
            attempt: 1,
          });
    const opens = decided.type === 'LedgerOpened';
    const writing = {
      id,
      time: this.#time,
      correlationId: opens ? id : correlationId,
      causationId: cause,
      actor,
    };
    const envelope = toEnvelope(decided, stream, revision, writing);
    evolveLedger(this.state, parseEvent(envelope));
    this.events.push(envelope);
    this.wait(1_000);
  }
}
