/** Builds ZIPs byte by byte, so that every field of every header can be a lie. Honest where nothing is overridden. */
import { crc32, deflateRawSync } from 'node:zlib';

/** Fields of a local or central header as they are written. */
export interface HeaderFields {
  readonly signature: number;
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly extra: Buffer;
  readonly comment: Buffer;
  /** High half of the external attributes. */
  readonly mode: number;
  readonly startDisk: number;
  readonly localOffset: number;
}

export interface RawEntry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** What stands where compressed bytes do; default: the content, deflated if the method is 8. */
  readonly data?: Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly mode?: number;
  /** Bytes after the data: default none, or the data descriptor with its signature where flag 3 is set. */
  readonly descriptor?: Buffer;
  readonly local?: Partial<HeaderFields>;
  readonly central?: Partial<HeaderFields>;
  /** False: in a local header only. */
  readonly listed?: boolean;
  /** False: in the directory only. */
  readonly stored?: boolean;
  /** Bytes in front of the local header that belong to nothing. */
  readonly before?: Buffer;
}

export interface EndFields {
  readonly disk: number;
  readonly directoryDisk: number;
  readonly entriesHere: number;
  readonly entries: number;
  readonly directoryBytes: number;
  readonly directoryOffset: number;
  readonly comment: Buffer;
  readonly commentBytes: number;
}

export interface RawArchive {
  readonly entries: readonly RawEntry[];
  readonly end?: Partial<EndFields>;
  /** Between the last entry and the directory. */
  readonly beforeDirectory?: Buffer;
  /** Between the directory and the end record. */
  readonly beforeEnd?: Buffer;
  readonly after?: Buffer;
}

export const FLAG_UTF8 = 0x0800;
export const FLAG_DESCRIPTOR = 0x0008;
const NOTHING = Buffer.alloc(0);

export function buildZip(archive: RawArchive): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  const push = (bytes: Buffer) => {
    parts.push(bytes);
    at += bytes.length;
  };
  for (const entry of archive.entries) {
    push(entry.before ?? NOTHING);
    const fields = fieldsOf(entry, at);
    if (entry.listed !== false) central.push(centralHeader({ ...fields, ...entry.central }));
    if (entry.stored !== false) push(localEntry(entry, fields));
  }
  push(archive.beforeDirectory ?? NOTHING);
  const directory = Buffer.concat(central);
  const honest = { entries: central.length, directoryBytes: directory.length, directoryOffset: at };
  return Buffer.concat([
    ...parts,
    directory,
    archive.beforeEnd ?? NOTHING,
    endRecord({ ...honest, ...archive.end }),
    archive.after ?? NOTHING,
  ]);
}

function fieldsOf(entry: RawEntry, localOffset: number): HeaderFields {
  const content = contentOf(entry);
  const name = typeof entry.name === 'string' ? Buffer.from(entry.name) : entry.name;
  const isAscii = name.every((byte) => byte < 0x80);
  return {
    signature: 0,
    name,
    flags: entry.flags ?? (isAscii ? 0 : FLAG_UTF8),
    method: entry.method ?? 8,
    crc32: crc32(content),
    compressedBytes: dataOf(entry).length,
    bytes: content.length,
    extra: NOTHING,
    comment: NOTHING,
    mode: entry.mode ?? 0o100644,
    startDisk: 0,
    localOffset,
  };
}

function contentOf(entry: RawEntry): Buffer {
  return Buffer.from(entry.content ?? 'x = 1\n');
}

function dataOf(entry: RawEntry): Buffer {
  return entry.data ?? ((entry.method ?? 8) === 8 ? deflateRawSync(contentOf(entry)) : contentOf(entry));
}

function localEntry(entry: RawEntry, fields: HeaderFields): Buffer {
  const isStreamed = (fields.flags & FLAG_DESCRIPTOR) !== 0;
  const unknown = isStreamed ? { crc32: 0, compressedBytes: 0, bytes: 0 } : {};
  const header = localHeader({ ...fields, ...unknown, ...entry.local });
  const descriptor = entry.descriptor ?? (isStreamed ? dataDescriptor(fields) : NOTHING);
  return Buffer.concat([header, dataOf(entry), descriptor]);
}

export function dataDescriptor(
  fields: { crc32: number; compressedBytes: number; bytes: number },
  signed = true,
): Buffer {
  const words = [...(signed ? [0x08074b50] : []), fields.crc32, fields.compressedBytes, fields.bytes];
  return numbers(words.map((word) => [4, word]));
}

/** The plain data descriptor (no signature) of an entry with this content, deflated. */
export function plainDescriptor(content: string): Buffer {
  const fields = fieldsOf({ name: 'x', content }, 0);
  return dataDescriptor(fields, false);
}

function localHeader(fields: HeaderFields): Buffer {
  const { flags, method, name, extra } = fields;
  const fixed = numbers([
    [4, fields.signature || 0x04034b50],
    [2, 20],
    [2, flags],
    [2, method],
    [4, 0x5a210000],
    [4, fields.crc32],
    [4, fields.compressedBytes],
    [4, fields.bytes],
    [2, name.length],
    [2, extra.length],
  ]);
  return Buffer.concat([fixed, name, extra]);
}

function centralHeader(fields: HeaderFields): Buffer {
  const { name, extra, comment } = fields;
  const fixed = numbers([
    [4, fields.signature || 0x02014b50],
    [2, 0x031e],
    [2, 20],
    [2, fields.flags],
    [2, fields.method],
    [4, 0x5a210000],
    [4, fields.crc32],
    [4, fields.compressedBytes],
    [4, fields.bytes],
    [2, name.length],
    [2, extra.length],
    [2, comment.length],
    [2, fields.startDisk],
    [2, 0],
    [2, 0],
    [2, fields.mode],
    [4, fields.localOffset],
  ]);
  return Buffer.concat([fixed, name, extra, comment]);
}

function endRecord(
  fields: Partial<EndFields> & Pick<EndFields, 'entries' | 'directoryBytes' | 'directoryOffset'>,
): Buffer {
  const comment = fields.comment ?? NOTHING;
  const fixed = numbers([
    [4, 0x06054b50],
    [2, fields.disk ?? 0],
    [2, fields.directoryDisk ?? 0],
    [2, fields.entriesHere ?? fields.entries],
    [2, fields.entries],
    [4, fields.directoryBytes],
    [4, fields.directoryOffset],
    [2, fields.commentBytes ?? comment.length],
  ]);
  return Buffer.concat([fixed, comment]);
}

function numbers(fields: readonly (readonly [width: number, value: number])[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of fields) at = bytes.writeUIntLE(value, at, width);
  return bytes;
}

/** One extra field. */
export function extraField(id: number, content: Buffer): Buffer {
  return Buffer.concat([
    numbers([
      [2, id],
      [2, content.length],
    ]),
    content,
  ]);
}
