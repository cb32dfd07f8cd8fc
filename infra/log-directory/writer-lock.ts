/** Only one process writes a log at a time. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Raised where another process, or another writer in this one, has the log open. */
export class LogLockedError extends Error {
  constructor(folder: string, owner: string) {
    super(
      `another writer (process ${owner}) has the log open; its lock is ${join(folder, 'lock')}: stop it first`,
    );
    this.name = 'LogLockedError';
  }
}

/**
 * Takes the writer's lock in `folder`; returns how to release it. The lock is SQLite's own on an empty database: the operating system frees
 * it when its owner dies, however it dies, so that no lock is ever stale (a file with a process id would be, as ids are used again and
 * mean nothing across containers). The id written next to it is only for the message.
 */
export function lockWriter(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new LogLockedError(folder, ownerOf(folder));
  }
  writeFileSync(join(folder, 'pid'), `${process.pid}\n`);
  return () => database.close();
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function ownerOf(folder: string): string {
  const file = join(folder, 'pid');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown';
}
