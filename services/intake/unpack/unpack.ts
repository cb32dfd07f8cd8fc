/**
 * Unpacks a miner's ZIP, once, from its central directory. After that a submission is its files; nobody reads the ZIP again, so no
 * two readers can see two projects.
 */
import { type Rejection, refusalOf, refuse } from '../../../domain/submission/intake-codes.ts';
import { type DirectoryEntry, readDirectory } from './directory.ts';
import { readEndRecord } from './end-record.ts';
import { checkEntry, isFolder } from './entry.ts';
import { inflateFiles } from './inflate.ts';
import type { ArchiveLimits } from './limits.ts';
import { checkLayout } from './local.ts';
import { stripTopFolder } from './root.ts';
import { checkTree } from './tree.ts';

export type UnpackResult =
  | {
      readonly ok: true;
      /** By path relative to the project's root, with `/`, in order of UTF-16 code units. */
      readonly files: ReadonlyMap<string, Buffer>;
      readonly totalBytes: number;
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** Every input gets an answer; what is thrown is a fault of ours. Nothing is inflated before the whole structure holds. */
export async function unpack(zip: Buffer, limits: ArchiveLimits): Promise<UnpackResult> {
  try {
    if (zip.length > limits.maxArchiveBytes) {
      refuse(
        'archive-too-large',
        null,
        `the archive has ${zip.length} bytes, allowed are ${limits.maxArchiveBytes}`,
      );
    }
    const end = readEndRecord(zip);
    checkCount('entries', end.entries, limits.maxEntries);
    const entries = readDirectory(zip, end);
    for (const entry of entries) checkEntry(entry, limits);
    const totalBytes = checkTotals(entries, limits);
    checkTree(entries);
    checkLayout(zip, entries, end.directoryOffset);
    const inflated = await inflateFiles(zip, end, entries);
    for (const [path, content] of inflated) checkText(path, content);
    return { ok: true, files: sorted(stripTopFolder(inflated)), totalBytes };
  } catch (caught) {
    return { ok: false, rejection: refusalOf(caught) };
  }
}

function checkTotals(entries: readonly DirectoryEntry[], limits: ArchiveLimits): number {
  const files = entries.filter((entry) => !isFolder(entry));
  if (files.length === 0) refuse('archive-empty', null);
  checkCount('files', files.length, limits.maxFiles);
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (totalBytes > limits.maxTotalBytes) {
    refuse(
      'total-too-large',
      null,
      `the files state ${totalBytes} bytes together, allowed are ${limits.maxTotalBytes}`,
    );
  }
  return totalBytes;
}

function checkCount(what: string, count: number, allowed: number): void {
  if (count > allowed)
    refuse('too-many-files', null, `the archive has ${count} ${what}, allowed are ${allowed}`);
}

/** All allowed suffixes are text. A reader that replaced bad bytes would review another text than the one that runs. */
function checkText(path: string, content: Buffer): void {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    refuse('text-not-utf8', path);
  }
}

function sorted(files: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
