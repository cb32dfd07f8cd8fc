/**
 * Local headers and the layout of the whole archive: entries must follow one another without gap or overlap from the first byte to
 * the directory, and each must say what the directory says of it. Formats: APPNOTE 4.3.7 and 4.3.9.
 */
import { refuse } from '../../../domain/submission/intake-codes.ts';
import { type DirectoryEntry, FLAG } from './directory.ts';
import { checkExtraFields } from './extra.ts';

const SIGNATURE = 0x04034b50;
const FIXED_BYTES = 30;
const DESCRIPTOR_SIGNATURE = 0x08074b50;

export function checkLayout(zip: Buffer, entries: readonly DirectoryEntry[], directoryOffset: number): void {
  let at = 0;
  for (const entry of entries.toSorted((a, b) => a.localOffset - b.localOffset)) {
    if (entry.localOffset < at) refuse('overlapping-entries', entry.path, 'it starts inside another entry');
    if (entry.localOffset > at) refuseGap(zip, at, Math.min(entry.localOffset, directoryOffset), entry.path);
    at = checkLocalEntry(zip, entry, directoryOffset);
  }
  if (at < directoryOffset) refuseGap(zip, at, directoryOffset, null);
}

function refuseGap(zip: Buffer, from: number, to: number, path: string | null): never {
  const isHeader = from + 4 <= to && zip.readUInt32LE(from) === SIGNATURE;
  const where = path === null ? 'after the last entry' : 'before it';
  return refuse(
    isHeader ? 'hidden-entry' : 'stray-bytes',
    path,
    `${to - from} bytes ${where} belong to no entry of the directory`,
  );
}

/** Compares one local header with the directory; returns where the entry ends. */
function checkLocalEntry(zip: Buffer, entry: DirectoryEntry, limit: number): number {
  const { path, localOffset } = entry;
  if (localOffset + FIXED_BYTES > limit || zip.readUInt32LE(localOffset) !== SIGNATURE) {
    refuse('archive-malformed', path, 'its local header is missing');
  }
  const header = zip.subarray(localOffset, localOffset + FIXED_BYTES);
  const pathEnd = localOffset + FIXED_BYTES + header.readUInt16LE(26);
  const dataStart = pathEnd + header.readUInt16LE(28);
  const dataEnd = dataStart + entry.compressedBytes;
  if (dataEnd > limit) refuse('overlapping-entries', path, 'it runs into the directory');
  if (!zip.subarray(localOffset + FIXED_BYTES, pathEnd).equals(entry.rawPath)) {
    refuse('header-mismatch', path, 'its local header has another name');
  }
  checkExtraFields(zip.subarray(pathEnd, dataStart), path);
  checkLocalFields(header, entry);
  return (entry.flags & FLAG.descriptor) === 0
    ? dataEnd
    : checkDescriptor(zip.subarray(dataEnd, limit), entry, dataEnd);
}

/** Where a data descriptor follows, the header may say 0 for what was not known yet (or, as Info-ZIP does, the size alone). */
function checkLocalFields(header: Buffer, entry: DirectoryEntry): void {
  const isLater = (entry.flags & FLAG.descriptor) !== 0;
  const fields = [
    ['flags', header.readUInt16LE(6), entry.flags, false],
    ['method', header.readUInt16LE(8), entry.method, false],
    ['CRC-32', header.readUInt32LE(14), entry.crc32, isLater],
    ['compressed size', header.readUInt32LE(18), entry.compressedBytes, isLater],
    ['size', header.readUInt32LE(22), entry.bytes, isLater],
  ] as const;
  for (const [name, local, central, zeroAllowed] of fields) {
    if (local !== central && !(zeroAllowed && local === 0)) {
      refuse(
        'header-mismatch',
        entry.path,
        `${name} is ${local} in its local header and ${central} in the directory`,
      );
    }
  }
}

/** A data descriptor has a signature or not (APPNOTE 4.3.9.3): the one form that repeats the directory's values is it. */
function checkDescriptor(rest: Buffer, entry: DirectoryEntry, dataEnd: number): number {
  const isAt = (at: number) =>
    at + 12 <= rest.length &&
    rest.readUInt32LE(at) === entry.crc32 &&
    rest.readUInt32LE(at + 4) === entry.compressedBytes &&
    rest.readUInt32LE(at + 8) === entry.bytes;
  if (rest.length >= 4 && rest.readUInt32LE(0) === DESCRIPTOR_SIGNATURE && isAt(4)) return dataEnd + 16;
  if (isAt(0)) return dataEnd + 12;
  return refuse(
    'header-mismatch',
    entry.path,
    'its data descriptor is missing or disagrees with the directory',
  );
}
