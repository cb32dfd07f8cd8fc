/** The central directory: the only place that entries are taken from. Format: APPNOTE 4.3.12. */
import { refuse } from '../../../domain/submission/intake-codes.ts';
import type { EndRecord } from './end-record.ts';
import { checkExtraFields } from './extra.ts';
import { decodePath } from './path.ts';

const SIGNATURE = 0x02014b50;
const FIXED_BYTES = 46;

/** General purpose flag bits, APPNOTE 4.4.4. */
export const FLAG = {
  encrypted: 0x0001,
  level: 0x0006,
  descriptor: 0x0008,
  strong: 0x0040,
  utf8: 0x0800,
  masked: 0x2000,
} as const;
export const METHOD = { stored: 0, deflated: 8 } as const;

export interface DirectoryEntry {
  /** Decoded name, not yet checked; a folder's ends in `/`. */
  readonly path: string;
  readonly rawPath: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  /** Inflated size as stated. */
  readonly bytes: number;
  /** Unix mode, 0 where the tool wrote none. */
  readonly mode: number;
  readonly localOffset: number;
}

/** Reads exactly as many headers as the end record states, in exactly the bytes that it gives them. */
export function readDirectory(zip: Buffer, end: EndRecord): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  let at = end.directoryOffset;
  while (entries.length < end.entries) {
    const next = entries.length + 1;
    if (at + FIXED_BYTES > end.offset || zip.readUInt32LE(at) !== SIGNATURE) {
      refuse('archive-malformed', null, `directory header ${next} of ${end.entries} is missing or broken`);
    }
    const headerEnd =
      at + FIXED_BYTES + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (headerEnd > end.offset)
      refuse('archive-malformed', null, `directory header ${next} runs past the directory`);
    entries.push(readHeader(zip.subarray(at, headerEnd)));
    at = headerEnd;
  }
  if (at < end.offset) {
    const isHeader = at + 4 <= end.offset && zip.readUInt32LE(at) === SIGNATURE;
    refuse(
      isHeader ? 'hidden-entry' : 'stray-bytes',
      null,
      `${end.offset - at} bytes follow the ${end.entries} entries that the end record counts`,
    );
  }
  return entries;
}

function readHeader(header: Buffer): DirectoryEntry {
  const pathEnd = FIXED_BYTES + header.readUInt16LE(28);
  const rawPath = header.subarray(FIXED_BYTES, pathEnd);
  const flags = header.readUInt16LE(8);
  const path = decodePath(rawPath, (flags & FLAG.utf8) !== 0);
  checkExtraFields(header.subarray(pathEnd, pathEnd + header.readUInt16LE(30)), path);
  const entry: DirectoryEntry = {
    path,
    rawPath,
    flags,
    method: header.readUInt16LE(10),
    crc32: header.readUInt32LE(16),
    compressedBytes: header.readUInt32LE(20),
    bytes: header.readUInt32LE(24),
    mode: header.readUInt16LE(40),
    localOffset: header.readUInt32LE(42),
  };
  const startDisk = header.readUInt16LE(34);
  const marker = 0xffffffff;
  if (
    startDisk === 0xffff ||
    entry.compressedBytes === marker ||
    entry.bytes === marker ||
    entry.localOffset === marker
  ) {
    refuse('zip64', path);
  }
  if (startDisk !== 0) refuse('multi-disk', path, `it starts on disk ${startDisk}`);
  return entry;
}
