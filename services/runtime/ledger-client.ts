/**
 * One process's view of the ledger, and the only way it writes to it: catch up, decide, append at the exact revision, read back.
 * Whatever the store answered, what counts afterwards is what stands in it.
 */
import type { Decided, PrismEvent } from '../../domain/events/catalogue.ts';
import { parseEvent, toEnvelope } from '../../domain/events/codec.ts';
import { categoryOf, type EventEnvelope } from '../../domain/events/envelope.ts';
import { eventId, ledgerId } from '../../domain/events/ids.ts';
import { formatTime } from '../../domain/events/time.ts';
import { evolveLedger } from '../../domain/ledger/evolve.ts';
import { emptyLedger, type LedgerState } from '../../domain/ledger/state.ts';
import {
  type Bus,
  type Clock,
  type EventStore,
  type NewEvent,
  StoreUnavailableError,
  WrongExpectedRevisionError,
} from '../../domain/ports.ts';

/** Where and why something is written. Its ids follow from this, so that a repeated append is the same append. */
export interface Writing {
  readonly stream: string;
  readonly actor: string;
  readonly correlationId: string;
  /** Id of the event that leads to it; null where the cause came from outside: then `step` must name it. */
  readonly cause: string | null;
  /** What tells this step from others of the same cause. */
  readonly step: string;
  readonly attempt: number;
}

export interface LedgerClientOptions {
  readonly store: EventStore;
  readonly bus: Bus;
  readonly clock: Clock;
  /** How often an append is tried while the store is unavailable; default: for ever. */
  readonly tries?: number;
  /** Told of every event as it is folded; `stored` is its envelope as it stands in the store, before any upcasting. */
  readonly onEvent?: (event: PrismEvent, index: number, stored: EventEnvelope) => void;
}

const RETRY_MS = 200;

/** What a try has sent; an append is atomic, so that its first event stands for all. */
interface Sent {
  readonly id: string;
  readonly decided: readonly Decided[];
  landed: boolean;
}

export class LedgerClient {
  readonly state: LedgerState = emptyLedger();
  readonly #options: LedgerClientOptions;
  #position: bigint | null = null;
  /** Serialises catching up and writing within this process. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: LedgerClientOptions) {
    this.#options = options;
  }

  get ledger(): string {
    if (this.state.id === null) throw new Error('the ledger is not open yet');
    return this.state.id;
  }

  now(): string {
    return formatTime(this.#options.clock.now());
  }

  /** Folds what has been appended since the last time; returns how many events that were. */
  catchUp(): Promise<number> {
    return this.#exclusively(() => this.#catchUp());
  }

  /**
   * Appends what `decide` says in the present state, deciding anew whenever someone else was faster. An empty decision writes nothing.
   * Throws what `decide` throws, and `StoreUnavailableError` once `tries` are used up.
   */
  commit(writing: Writing, decide: (state: LedgerState) => readonly Decided[]): Promise<readonly Decided[]> {
    return this.#exclusively(async () => {
      let sent: Sent | null = null;
      for (let tried = 1; ; tried += 1) {
        try {
          // What was sent may have landed although nothing came back: to decide again would write the same ids twice.
          await this.#catchUp(sent);
          if (sent?.landed) return sent.decided;
          const decided = decide(this.state);
          if (decided.length === 0) return decided;
          const events = this.#eventsOf(writing, decided);
          sent = { id: events[0]?.id ?? '', decided, landed: false };
          await this.#append(writing, events);
          await this.#catchUp(sent);
          return decided;
        } catch (error) {
          if (error instanceof WrongExpectedRevisionError) continue;
          if (
            !(error instanceof StoreUnavailableError) ||
            tried >= (this.#options.tries ?? Number.POSITIVE_INFINITY)
          )
            throw error;
          await this.#options.clock.sleep(RETRY_MS);
        }
      }
    });
  }

  #eventsOf(writing: Writing, decided: readonly Decided[]): readonly NewEvent[] {
    const { stream } = writing;
    const last = this.state.revisions.get(stream);
    const time = this.now();
    return decided.map((one, index) => {
      const envelope = toEnvelope(one, stream, (last ?? -1) + 1 + index, {
        id: this.#idOf(writing, one, index),
        time,
        correlationId: writing.correlationId,
        causationId: writing.cause,
        actor: writing.actor,
      });
      const { stream: _stream, revision: _revision, ...event } = envelope;
      return event;
    });
  }

  async #append({ stream }: Writing, events: readonly NewEvent[]): Promise<void> {
    await this.#options.store.append(stream, this.state.revisions.get(stream) ?? 'no-stream', events);
    this.#options.bus.wake(categoryOf(stream));
  }

  #idOf(writing: Writing, decided: Decided, index: number): string {
    if (decided.type === 'LedgerOpened') return ledgerId(decided.data);
    const step = `${writing.step} ${decided.type} ${index}`;
    return eventId(this.ledger, {
      stream: writing.stream,
      cause: writing.cause ?? '',
      step,
      attempt: writing.attempt,
    });
  }

  /** @param sent is told when it is read back */
  async #catchUp(sent: Sent | null = null): Promise<number> {
    let folded = 0;
    for await (const { position, event } of this.#options.store.readAll(this.#position)) {
      const parsed = parseEvent(event);
      const index = this.state.size;
      evolveLedger(this.state, parsed);
      this.#position = position;
      if (sent !== null && event.id === sent.id) sent.landed = true;
      this.#options.onEvent?.(parsed, index, event);
      folded += 1;
    }
    return folded;
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work, work);
    this.#tail = run.catch(() => undefined);
    return run;
  }
}
