/** Logs in memory, for tests that damage them. */
import { signCheckpoint } from '../../../domain/log/checkpoint.ts';
import { appendToEdge, EMPTY_EDGE, edgeRoot } from '../../../domain/log/edge.ts';
import type { LogFiles } from '../../../domain/log/files.ts';
import { type NoteSigner, signerFromSeed } from '../../../domain/log/keys.ts';
import { LogError } from '../../../domain/log/log-error.ts';
import { type VerifyOptions, verifyLog } from '../../../domain/log/verify-log.ts';

export const ORIGIN = 'prism.example/ledger';
export const KEY = signerFromSeed(ORIGIN, Buffer.alloc(32, 7));

/** A log's files by path. */
export type MemoryLog = Map<string, Buffer>;

/** Entries of lengths 0 to 40 bytes that all differ (the first two by length). */
export function entriesOf(count: number, mark = ''): Buffer[] {
  return Array.from({ length: count }, (_, at) =>
    at === 0 && mark === '' ? Buffer.alloc(0) : Buffer.from(`${mark}${at}:`.padEnd((at * 7) % 41, 'x')),
  );
}

/** A log of these entries, signed at each of `sizes` on the way and at its end; partial tiles of every signed size stay. */
export function logOf(
  entries: readonly Buffer[],
  { signer = KEY, sizes = [] }: { signer?: NoteSigner; sizes?: readonly number[] } = {},
): MemoryLog {
  const log: MemoryLog = new Map([['log.vkey', Buffer.from(`${signer.vkey}\n`)]]);
  let edge = EMPTY_EDGE;
  for (const size of [...sizes, entries.length]) {
    const grown = appendToEdge(edge, entries.slice(edge.size, size));
    for (const { path, bytes } of grown.files) log.set(path, Buffer.from(bytes));
    edge = grown.edge;
  }
  log.set('checkpoint', signCheckpoint(edge.size, edgeRoot(edge.tiles), signer).note);
  return log;
}

export function filesOf(log: MemoryLog): LogFiles {
  return {
    read: async (path) => log.get(path) ?? null,
    async *list() {
      yield* log.keys();
    },
  };
}

/** A copy of `log` with files replaced, or removed where null. */
export function withFiles(log: MemoryLog, changes: { readonly [path: string]: Buffer | null }): MemoryLog {
  const changed = new Map(log);
  for (const [path, bytes] of Object.entries(changes)) {
    if (bytes === null) changed.delete(path);
    else changed.set(path, bytes);
  }
  return changed;
}

export function fileOf(log: MemoryLog, path: string): Buffer {
  const bytes = log.get(path);
  if (bytes === undefined) throw new Error(`the log has no ${path}`);
  return bytes;
}

/** Verifies all of a log; returns its entries. */
export async function verifyAll(
  log: MemoryLog,
  options: VerifyOptions = { vkey: KEY.vkey },
): Promise<Buffer[]> {
  const verified = await verifyLog(filesOf(log), options);
  const entries: Buffer[] = [];
  for await (const { index, bytes } of verified.entries()) {
    if (index !== entries.length) throw new Error(`entry ${index} came as number ${entries.length}`);
    entries.push(bytes);
  }
  return entries;
}

/** What is wrong with a log, or null where it verifies. */
export async function faultOf(
  log: MemoryLog,
  options?: VerifyOptions,
): Promise<{ code: string; file: string | null; index: number | null } | null> {
  try {
    await verifyAll(log, options);
    return null;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    return { code: error.code, file: error.file, index: error.index };
  }
}
