/** Folders and keys for tests of the log on disk. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signerFromSeed } from '../../../domain/log/keys.ts';
import { verifyLog } from '../../../domain/log/verify-log.ts';
import { directoryFiles } from '../../../infra/log-directory/directory-files.ts';

export const KEY = signerFromSeed('prism.example/ledger', Buffer.alloc(32, 7));

/** A folder that is gone at the end of the test. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const outer = await mkdtemp(join(tmpdir(), 'prism-log-'));
  const folder = join(outer, 'folder');
  await mkdir(folder);
  try {
    return await use(folder);
  } finally {
    await rm(outer, { recursive: true });
  }
}

/** Entries `from` up to but not including `to` of a history that is always the same. */
export function entries(from: number, to: number): Buffer[] {
  return Array.from({ length: to - from }, (_, at) =>
    Buffer.from(`entry ${from + at} `.repeat((from + at) % 5)),
  );
}

/** Verifies the log in a folder; returns its entries. */
export async function verified(directory: string): Promise<Buffer[]> {
  const log = await verifyLog(directoryFiles(directory), { vkey: KEY.vkey });
  const all: Buffer[] = [];
  for await (const { bytes } of log.entries()) all.push(bytes);
  return all;
}

/** Every file of a log with its content in hex. */
export async function contents(directory: string): Promise<{ [path: string]: string }> {
  const files: { [path: string]: string } = {};
  for await (const path of directoryFiles(directory).list?.() ?? []) {
    files[path] = (await readFile(join(directory, path))).toString('hex');
  }
  return files;
}
