import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventBytes } from '../../../domain/events/envelope.ts';
import { StoreUnavailableError } from '../../../domain/ports.ts';
import { openDatabase } from '../../../infra/event-store/sqlite/database.ts';
import { openSqliteEventStore } from '../../../infra/event-store/sqlite/store.ts';
import { collect, newEvent, newEvents, newStream } from '../../contract/events.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'prism-sqlite-'));
  file = join(dir, 'ledger.db');
});
afterEach(() => rmSync(dir, { recursive: true }));

function startWriter(own: string, shared: string, rounds: number): ChildProcess {
  const script = join(import.meta.dirname, 'writer.ts');
  return spawn(process.execPath, [script, file, own, shared, String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Ids that `writer` says are written, until it ends. */
async function acknowledged(
  writer: ChildProcess,
  onLine: (count: number) => void = () => {},
): Promise<string[]> {
  if (writer.stdout === null) throw new Error('the writer has no output');
  const ids: string[] = [];
  for await (const line of createInterface(writer.stdout)) onLine(ids.push(line));
  return ids;
}

describe('several processes on one file', () => {
  test('four writers, from before the file exists: no error, no gap, nothing lost or doubled', async () => {
    const shared = newStream();
    const writers = Array.from({ length: 4 }, () => startWriter(newStream(), shared, 40));
    const exits = writers.map((writer) => once(writer, 'exit'));
    const ids = (await Promise.all(writers.map((writer) => acknowledged(writer)))).flat();
    expect(await Promise.all(exits)).toEqual(writers.map(() => [0, null]));

    const store = openSqliteEventStore(file);
    const all = await collect(store.readAll(null));
    expect(all.map(({ position }) => position)).toEqual(
      Array.from({ length: 4 * 40 * 3 }, (_, i) => BigInt(i + 1)),
    );
    expect(all.map(({ event }) => event.id).sort()).toEqual(ids.sort());
    const revisions = (await collect(store.readStream(shared))).map(({ event }) => event.revision);
    expect(revisions).toEqual(Array.from({ length: 160 }, (_, i) => i));
    await store.close();
  });

  test.each([10, 47, 150])('a writer killed after %i acknowledgements loses none of them', async (count) => {
    const own = newStream();
    const writer = startWriter(own, newStream(), 1_000_000);
    const ids = await acknowledged(writer, (seen) => {
      if (seen === count) writer.kill('SIGKILL');
    });
    const store = openSqliteEventStore(file);
    const all = await collect(store.readAll(null));
    expect(ids.length).toBeGreaterThanOrEqual(count);
    expect(all.map(({ event }) => event.id)).toEqual(expect.arrayContaining(ids));
    const pairs = (await collect(store.readStream(own))).length;
    expect(pairs % 2).toBe(0);
    await store.append(own, pairs - 1, newEvents(1));
    await store.close();
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.close();
  });

  test('a reader sees what another process appends, and a read that has begun ends at its own present', async () => {
    const stream = newStream();
    const reader = openSqliteEventStore(file);
    const writer = openSqliteEventStore(file);
    await writer.append(stream, 'no-stream', newEvents(3));
    const seen: number[] = [];
    for await (const { event } of reader.readAll(null)) {
      await writer.append(stream, event.revision + 2, newEvents(1));
      seen.push(event.revision);
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(await collect(reader.readAll(null))).toHaveLength(6);
    await Promise.all([reader.close(), writer.close()]);
  });

  test('a writer that waits too long for the write lock gets StoreUnavailableError, and then goes on', async () => {
    const store = openSqliteEventStore(file, { busyTimeoutMs: 20 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const events = newEvents(1);
    await expect(store.append('policy', 'no-stream', events)).rejects.toThrow(StoreUnavailableError);
    other.exec('ROLLBACK');
    other.close();
    expect(await store.append('policy', 'no-stream', events)).toBe(0);
    await store.close();
  });
});

test('a file that another process keeps locked cannot be opened: StoreUnavailableError', () => {
  const other = new DatabaseSync(file);
  other.exec('BEGIN EXCLUSIVE');
  expect(() => openSqliteEventStore(file, { busyTimeoutMs: 20 })).toThrow(StoreUnavailableError);
  other.close();
});

describe('the file', () => {
  test('survives being closed, and holds the canonical text', async () => {
    const event = newEvent({ b: 1, a: 2 });
    const before = openSqliteEventStore(file);
    await before.append('policy', 'no-stream', [event]);
    await before.close();
    const database = new DatabaseSync(file);
    const text = eventBytes({ ...event, stream: 'policy', revision: 0 }).toString();
    expect(database.prepare('SELECT canonical FROM event').get()).toEqual({ canonical: text });
    database.close();
    const after = openSqliteEventStore(file);
    expect(await collect(after.readStream('policy'))).toHaveLength(1);
    await after.close();
  });

  test('keeps commits through a power failure: WAL, and synchronous FULL on the connection that writes', async () => {
    const store = openSqliteEventStore(file);
    const database = openDatabase(file, 0);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    database.close();
    await store.close();
  });

  test('an id that stands in another stream is refused, and nothing of the append is written', async () => {
    const [taken, other] = newEvents(2);
    const store = openSqliteEventStore(file);
    await store.append('family-1', 'no-stream', [taken]);
    const append = store.append('family-2', 'no-stream', [other, taken]);
    await expect(append).rejects.toThrow(`event id ${taken.id} is taken by family-1 at revision 0`);
    expect(await collect(store.readStream('family-2'))).toEqual([]);
    expect(await store.append('family-2', 'no-stream', [other])).toBe(0);
    expect((await collect(store.readAll(null))).map(({ position }) => position)).toEqual([1n, 2n]);
    await store.close();
  });

  test('of a folder that is not there', () => {
    expect(() => openSqliteEventStore(join(dir, 'absent', 'ledger.db'))).toThrow('make its folder first');
  });

  test('that is no database, or of something else, is left as it is', () => {
    writeFileSync(file, 'some text, long enough to be no empty file'.repeat(20));
    expect(() => openSqliteEventStore(file)).toThrow('not an SQLite database');
    const other = join(dir, 'other.db');
    const database = new DatabaseSync(other);
    database.exec('CREATE TABLE mine (id INTEGER)');
    expect(() => openSqliteEventStore(other)).toThrow('not a PRISM ledger');
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'mine' }]);
    database.close();
  });

  test('of a later schema version', async () => {
    await openSqliteEventStore(file).close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 2');
    database.close();
    expect(() => openSqliteEventStore(file)).toThrow('has schema version 2, this PRISM writes 1');
  });
});
