/** The embedded event store: one SQLite file on a local disk, shared by all processes of a node. */
import { setImmediate } from 'node:timers/promises';
import type { EventEnvelope } from '../../../domain/events/envelope.ts';
import { type EventStore, type StoredEvent, WrongExpectedRevisionError } from '../../../domain/ports.ts';
import { type PreparedEvent, prepareAppend, revisionOf } from '../prepare.ts';
import { inTransaction, openDatabase } from './database.ts';
import { isUniqueViolation, translate } from './errors.ts';
import { type ReadPage, statements } from './statements.ts';

export interface SqliteOptions {
  /** How long a writer waits for others, in milliseconds; then `StoreUnavailableError`. The wait blocks the thread. */
  readonly busyTimeoutMs?: number;
}

/** Opens the ledger in `file` (`:memory:` for one that dies with the process). Throws where it is not a ledger or cannot be opened. */
export function openSqliteEventStore(
  file: string,
  { busyTimeoutMs = 5_000 }: SqliteOptions = {},
): EventStore {
  const database = openDatabase(file, busyTimeoutMs);
  const sql = statements(database);

  function append(stream: string, expected: number, events: readonly PreparedEvent[]): number {
    const actual = sql.revision(stream);
    if (actual === expected) {
      for (const { event, text } of events) insert(event, text);
    } else if (!standsAlready(stream, expected, events)) {
      throw new WrongExpectedRevisionError(
        stream,
        expected < 0 ? 'no-stream' : expected,
        actual < 0 ? null : actual,
      );
    }
    return expected + events.length;
  }

  function standsAlready(stream: string, expected: number, events: readonly PreparedEvent[]): boolean {
    const ids = sql.idsAfter(stream, expected, events.length);
    return ids.length === events.length && events.every(({ event }, index) => event.id === ids[index]);
  }

  function insert(event: EventEnvelope, text: string): void {
    try {
      sql.insert(event, text);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Error(
        `event id ${event.id} is taken by ${sql.placeOf(event.id)}; ${event.stream} needs another`,
        { cause: error },
      );
    }
  }

  /** Runs `work` on the open database, with the port's errors. */
  function guarded<T>(work: () => T): T {
    if (!database.isOpen) throw new Error(`event store ${file} is closed`);
    try {
      return work();
    } catch (error) {
      throw translate(error, file);
    }
  }

  /** Pages, so that memory does not grow with the ledger; gives other work its turn in between. */
  async function* pages(
    end: () => number,
    after: number | bigint,
    read: ReadPage,
  ): AsyncGenerator<StoredEvent> {
    const last = guarded(end);
    let from = after;
    while (from < last) {
      const rows = guarded(() => read(from, last));
      for (const row of rows) yield row.stored;
      const final = rows.at(-1);
      if (final === undefined) return;
      from = final.key;
      if (from < last) await setImmediate();
    }
  }

  return {
    append: async (stream, expected, events) => {
      const prepared = prepareAppend(stream, expected, events);
      return guarded(() => inTransaction(database, () => append(stream, revisionOf(expected), prepared)));
    },
    readStream: (stream, fromRevision = 0) =>
      pages(
        () => sql.revision(stream),
        fromRevision - 1,
        (from, to) => sql.streamPage(stream, from, to),
      ),
    readAll: (after) => pages(sql.position, after ?? 0n, sql.allPage),
    close: async () => {
      if (database.isOpen) database.close();
    },
  };
}
