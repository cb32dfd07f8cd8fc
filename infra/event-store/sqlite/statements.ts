/** The SQL of the store. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { EventEnvelope } from '../../../domain/events/envelope.ts';
import type { StoredEvent } from '../../../domain/ports.ts';

const PAGE = 1_000;

/** One event of a page; `key` is where the next page goes on. */
export interface Row {
  readonly key: number;
  readonly stored: StoredEvent;
}

/** Rows with `after` < key <= `last`, in order: a page of them at most. */
export type ReadPage = (after: number | bigint, last: number) => readonly Row[];

/** Every statement that the store runs, prepared once. */
export function statements(database: DatabaseSync) {
  const revision = database.prepare(
    'SELECT coalesce(max(revision), -1) AS revision FROM event WHERE stream = ?',
  );
  const position = database.prepare('SELECT coalesce(max(position), 0) AS position FROM event');
  const ids = database.prepare(
    'SELECT id FROM event WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
  );
  const place = database.prepare('SELECT stream, revision FROM event WHERE id = ?');
  const insert = database.prepare('INSERT INTO event (stream, revision, id, canonical) VALUES (?, ?, ?, ?)');
  const streamPage = database.prepare(
    'SELECT revision AS key, position, canonical FROM event WHERE stream = ? AND revision > ? AND revision <= ? ORDER BY revision LIMIT ?',
  );
  const allPage = database.prepare(
    'SELECT position AS key, position, canonical FROM event WHERE position > ? AND position <= ? ORDER BY position LIMIT ?',
  );
  return {
    revision: (stream: string) => Number(revision.get(stream)?.revision),
    position: () => Number(position.get()?.position),
    idsAfter: (stream: string, after: number, count: number) =>
      ids.all(stream, after, count).map((row) => row.id),
    placeOf: (id: string) => {
      const row = place.get(id);
      return `${row?.stream} at revision ${row?.revision}`;
    },
    insert: (event: EventEnvelope, text: string) => insert.run(event.stream, event.revision, event.id, text),
    streamPage: (stream: string, after: number | bigint, last: number) =>
      streamPage.all(stream, after, last, PAGE).map(toRow),
    allPage: (after: number | bigint, last: number) => allPage.all(after, last, PAGE).map(toRow),
  };
}

function toRow(row: Record<string, SQLOutputValue>): Row {
  const event: EventEnvelope = JSON.parse(String(row.canonical));
  return { key: Number(row.key), stored: { position: BigInt(Number(row.position)), event } };
}
