/** The SQLite file: how it is opened and what is in it. */
import { DatabaseSync } from 'node:sqlite';
import { isBusy, translate } from './errors.ts';

/** 'PRSM' in the file's header says whose file it is. */
const APPLICATION_ID = 0x50_52_53_4d;
const SCHEMA_VERSION = 1;
const RETRY_MS = 10;

const SCHEMA = `
  CREATE TABLE event (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    canonical TEXT NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens the ledger at `file` (`:memory:` for one that dies with the process), making it where it is absent. Commits are on disk when they
 * return; a writer waits up to `busyTimeoutMs` for another.
 */
export function openDatabase(file: string, busyTimeoutMs: number): DatabaseSync {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      return tryToOpen(file, busyTimeoutMs);
    } catch (error) {
      // While one process turns a new file to WAL, another's attempt fails at once, whatever its timeout.
      if (!isBusy(error) || performance.now() > deadline) throw translate(error, file);
      pause(RETRY_MS);
    }
  }
}

function tryToOpen(file: string, busyTimeoutMs: number): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    assertOurs(database, file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    inTransaction(database, () => createSchema(database, file));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Blocks the thread, as SQLite's own waits do. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/**
 * Runs `body` between BEGIN IMMEDIATE and COMMIT. IMMEDIATE takes the write lock at once and so waits its turn; a plain BEGIN that reads
 * first and writes later fails with "database is locked" whatever the timeout.
 */
export function inTransaction<T>(database: DatabaseSync, body: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = body();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Creates the tables in a new file. Runs in the write lock: of several processes that open it at once, one does. */
function createSchema(database: DatabaseSync, file: string): void {
  const version = pragma(database, 'user_version');
  if (version === 0) database.exec(SCHEMA);
  else if (version !== SCHEMA_VERSION) {
    throw new Error(
      `ledger ${file} has schema version ${version}, this PRISM writes ${SCHEMA_VERSION}; use the PRISM that made it`,
    );
  }
}

/**
 * Refuses a database of something else before anything in it is changed. Both reads are of one snapshot: between two, another process could
 * make the ledger.
 */
function assertOurs(database: DatabaseSync, file: string): void {
  database.exec('BEGIN');
  const owner = pragma(database, 'application_id');
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  database.exec('COMMIT');
  if (owner !== APPLICATION_ID && !(owner === 0 && isEmpty)) {
    throw new Error(`${file} is an SQLite database, but not a PRISM ledger; give another file`);
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
