/** Archives that must be refused, each with the code that it must get. All are one lie away from an honest archive. */
import { crc32, deflateRawSync } from 'node:zlib';
import type { IntakeCode } from '../../../domain/submission/intake-codes.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../../services/intake/unpack/limits.ts';
import {
  buildZip,
  extraField,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  plainDescriptor,
  type RawEntry,
} from './raw-zip.ts';

export interface HostileArchive {
  readonly name: string;
  readonly code: IntakeCode;
  readonly zip: () => Buffer;
  /** What the rejection must name, where it is not the first file's name. */
  readonly path?: string | null;
}

const limits = DEFAULT_ARCHIVE_LIMITS;
const model: RawEntry = { name: 'model.py', content: 'def build_model(ctx): ...\n' };
const helper: RawEntry = { name: 'helper.py', content: 'WIDTH = 64\n' };
const MEGABYTE = 1_000_000;

const zipOf =
  (...entries: RawEntry[]) =>
  () =>
    buildZip({ entries });
const named = (name: string | Buffer, flags?: number) =>
  zipOf(model, flags === undefined ? { name } : { name, flags });
const withMode = (mode: number) => zipOf(model, { ...helper, mode });
const withFlags = (flags: number) => zipOf(model, { ...helper, flags });
const ended = (end: NonNullable<Parameters<typeof buildZip>[0]['end']>) => () =>
  buildZip({ entries: [model], end });
/** Bytes that DEFLATE packs about three to one. */
const plainText = (bytes: number) =>
  Buffer.from(Array.from({ length: bytes }, (_, i) => (((i * i * 2654435761) % 4294967296) >>> 28) + 97));

const whole: HostileArchive[] = [
  { name: 'no bytes at all', code: 'not-a-zip', path: null, zip: () => Buffer.alloc(0) },
  { name: 'text', code: 'not-a-zip', path: null, zip: () => Buffer.from('import torch\n'.repeat(40)) },
  {
    name: 'Base64 of a ZIP',
    code: 'not-a-zip',
    path: null,
    zip: () => Buffer.from(buildZip({ entries: [model] }).toString('base64')),
  },
  {
    name: 'a gzip file',
    code: 'not-a-zip',
    path: null,
    zip: () => Buffer.from('1f8b0800000000000003', 'hex'),
  },
  { name: 'no entry', code: 'archive-empty', path: null, zip: zipOf() },
  {
    name: 'folders only',
    code: 'archive-empty',
    path: null,
    zip: zipOf({ name: 'a/', content: '', method: 0, mode: 0o040755 }),
  },
  {
    name: 'too many bytes',
    code: 'archive-too-large',
    path: null,
    zip: () => Buffer.alloc(limits.maxArchiveBytes + 1),
  },
  {
    name: 'a byte after the end',
    code: 'archive-truncated',
    path: null,
    zip: () => buildZip({ entries: [model], after: Buffer.of(0) }),
  },
  {
    name: 'the last byte missing',
    code: 'archive-truncated',
    path: null,
    zip: () => buildZip({ entries: [model] }).subarray(0, -1),
  },
  {
    name: 'an end record inside the comment of another',
    code: 'archive-ambiguous',
    path: null,
    zip: ended({ comment: buildZip({ entries: [] }) }),
  },
  {
    name: 'an end signature in the comment',
    code: 'archive-ambiguous',
    path: null,
    zip: ended({ comment: Buffer.from('see PK\x05\x06 here') }),
  },
  {
    name: 'bytes before the archive',
    code: 'stray-bytes',
    path: null,
    zip: () => Buffer.concat([Buffer.from('#!/bin/sh\n'), buildZip({ entries: [model] })]),
  },
  {
    name: 'bytes before the directory',
    code: 'stray-bytes',
    path: null,
    zip: () => buildZip({ entries: [model], beforeDirectory: Buffer.from('hidden') }),
  },
  {
    name: 'bytes before the end record',
    code: 'stray-bytes',
    path: null,
    zip: () => buildZip({ entries: [model], beforeEnd: Buffer.from('hidden') }),
  },
  {
    name: 'bytes between entries',
    code: 'stray-bytes',
    path: 'helper.py',
    zip: zipOf(model, { ...helper, before: Buffer.from('hidden') }),
  },
  {
    name: 'bytes before the first entry, counted',
    code: 'stray-bytes',
    zip: zipOf({ ...model, before: Buffer.from('hidden') }),
  },
  {
    name: 'bytes after the DEFLATE stream',
    code: 'stray-bytes',
    zip: zipOf({
      ...model,
      data: Buffer.concat([deflateRawSync(Buffer.from(String(model.content))), Buffer.from('hidden')]),
    }),
  },
  {
    name: 'an entry only in a local header, between others',
    code: 'hidden-entry',
    path: 'helper.py',
    zip: zipOf(model, { name: 'evil.py', listed: false }, helper),
  },
  {
    name: 'an entry only in a local header, at the end',
    code: 'hidden-entry',
    path: null,
    zip: zipOf(model, { name: 'evil.py', listed: false }),
  },
  {
    name: 'an entry that the end record does not count',
    code: 'hidden-entry',
    path: null,
    zip: () => buildZip({ entries: [model, helper], end: { entries: 1 } }),
  },
  {
    name: 'an entry only in the directory',
    code: 'archive-malformed',
    path: 'helper.py',
    zip: zipOf(model, { ...helper, stored: false }),
  },
  { name: 'fewer headers than counted', code: 'archive-malformed', path: null, zip: ended({ entries: 2 }) },
  {
    name: 'a directory past the end record',
    code: 'archive-malformed',
    path: null,
    zip: ended({ directoryOffset: 4_000 }),
  },
  {
    name: 'a broken directory signature',
    code: 'archive-malformed',
    path: null,
    zip: zipOf({ ...model, central: { signature: 0x02014b51 } }),
  },
  {
    name: 'a broken local signature',
    code: 'archive-malformed',
    zip: zipOf({ ...model, local: { signature: 0x04034b51 } }),
  },
  {
    name: 'an extra field longer than its header',
    code: 'archive-malformed',
    zip: zipOf({ ...model, central: { extra: Buffer.from('5554ff00aa', 'hex') } }),
  },
  {
    name: 'three names for the same bytes',
    code: 'overlapping-entries',
    path: 'b.py',
    zip: zipOf(
      model,
      ...['b.py', 'c.py'].map((name) => ({ ...model, name, stored: false, central: { localOffset: 0 } })),
    ),
  },
  {
    name: 'an entry inside the data of another',
    code: 'overlapping-entries',
    path: 'b.py',
    zip: zipOf(
      {
        name: 'a.py',
        method: 0,
        content: buildZip({ entries: [{ name: 'b.py', method: 0 }] }).subarray(0, 40),
      },
      { name: 'b.py', method: 0, stored: false, central: { localOffset: 34 } },
    ),
  },
  {
    name: 'an entry that runs into the directory',
    code: 'overlapping-entries',
    zip: zipOf({ ...model, method: 0, central: { bytes: 90, compressedBytes: 90 } }),
  },
];

const zip64AndDisks: HostileArchive[] = [
  {
    name: 'a ZIP64 locator',
    code: 'zip64',
    path: null,
    zip: () =>
      buildZip({ entries: [model], beforeEnd: Buffer.concat([Buffer.from('PK\x06\x07'), Buffer.alloc(16)]) }),
  },
  { name: 'a ZIP64 entry count', code: 'zip64', path: null, zip: ended({ entries: 0xffff }) },
  {
    name: 'a ZIP64 directory offset',
    code: 'zip64',
    path: null,
    zip: ended({ directoryOffset: 0xffffffff }),
  },
  {
    name: 'ZIP64 sizes in the directory',
    code: 'zip64',
    zip: zipOf({ ...model, central: { bytes: 0xffffffff, extra: extraField(1, Buffer.alloc(8)) } }),
  },
  {
    name: 'a ZIP64 size without its extra field',
    code: 'zip64',
    zip: zipOf({ ...model, central: { compressedBytes: 0xffffffff } }),
  },
  {
    name: 'a ZIP64 extra field in the local header only',
    code: 'zip64',
    zip: zipOf({ ...model, local: { extra: extraField(1, Buffer.alloc(16)) } }),
  },
  { name: 'the second disk', code: 'multi-disk', path: null, zip: ended({ disk: 1, directoryDisk: 1 }) },
  { name: 'a directory on several disks', code: 'multi-disk', path: null, zip: ended({ entriesHere: 0 }) },
  {
    name: 'an entry on another disk',
    code: 'multi-disk',
    zip: zipOf({ ...model, central: { startDisk: 1 } }),
  },
];

const names: HostileArchive[] = [
  { name: '../ at the start', code: 'path-traversal', path: '../evil.py', zip: named('../evil.py') },
  { name: '../ inside', code: 'path-traversal', path: 'a/../../evil.py', zip: named('a/../../evil.py') },
  { name: '.. alone', code: 'path-traversal', path: '..', zip: named('..') },
  { name: 'an absolute path', code: 'path-absolute', path: '/etc/evil.py', zip: named('/etc/evil.py') },
  { name: 'a backslash', code: 'path-backslash', path: '..\\evil.py', zip: named('..\\evil.py') },
  { name: 'a drive letter', code: 'path-drive-letter', path: 'C:/evil.py', zip: named('C:/evil.py') },
  { name: 'a NUL', code: 'path-control-character', path: 'a.py\\u{0}.txt', zip: named('a.py\0.txt') },
  { name: 'a newline', code: 'path-control-character', path: 'a\\u{a}b.py', zip: named('a\nb.py') },
  {
    name: 'an escape sequence',
    code: 'path-control-character',
    path: '\\u{1b}[2Ja.py',
    zip: named('\u001b[2Ja.py'),
  },
  { name: 'an empty name', code: 'path-empty-segment', path: '', zip: named('') },
  { name: 'a single slash', code: 'path-empty-segment', path: '', zip: named('/') },
  { name: 'an empty segment', code: 'path-empty-segment', path: 'a//b.py', zip: named('a//b.py') },
  { name: 'a . segment', code: 'path-empty-segment', path: 'a/./b.py', zip: named('a/./b.py') },
  {
    name: 'an overlong name',
    code: 'path-too-long',
    path: `${'a'.repeat(160)}...`,
    zip: named(`${'a'.repeat(300)}.py`),
  },
  {
    name: 'too many folders',
    code: 'path-too-long',
    path: `${'a/'.repeat(10)}b.py`,
    zip: named(`${'a/'.repeat(10)}b.py`),
  },
  {
    name: 'bytes that are not UTF-8',
    code: 'path-not-utf8',
    path: 'caf\u00e9.py',
    zip: named(Buffer.from('caf\u00e9.py', 'latin1'), FLAG_UTF8),
  },
  {
    name: 'overlong UTF-8 for a slash',
    code: 'path-not-utf8',
    path: '..\u00c0\u00afevil.py',
    zip: named(Buffer.from('2e2ec0af6576696c2e7079', 'hex'), FLAG_UTF8),
  },
  {
    name: 'a surrogate in UTF-8',
    code: 'path-not-utf8',
    path: '\u00ed\\u{a0}\\u{80}.py',
    zip: named(Buffer.from('eda0802e7079', 'hex'), FLAG_UTF8),
  },
  {
    name: 'UTF-8 without its flag',
    code: 'path-not-utf8',
    path: '\u00c3\u00a9.py',
    zip: named(Buffer.from('\u00e9.py'), 0),
  },
  { name: 'a decomposed letter', code: 'path-not-nfc', path: 'e\u0301.py', zip: named('e\u0301.py') },
  {
    name: 'a right-to-left override',
    code: 'path-invisible-character',
    path: 'a\\u{202e}yp.txt',
    zip: named('a\u202eyp.txt'),
  },
  {
    name: 'a zero-width space',
    code: 'path-invisible-character',
    path: 'model\\u{200b}.py',
    zip: named('model\u200b.py'),
  },
  {
    name: 'a byte order mark',
    code: 'path-invisible-character',
    path: '\\u{feff}a.py',
    zip: named('\ufeffa.py'),
  },
  {
    name: 'a Hangul filler',
    code: 'path-invisible-character',
    path: '\\u{3164}.py',
    zip: named('\u3164.py'),
  },
  {
    name: 'a no-break space',
    code: 'path-invisible-character',
    path: 'a\\u{a0}b.py',
    zip: named('a\u00a0b.py'),
  },
  { name: 'a Windows device', code: 'path-device-name', path: 'lib/aux.py', zip: named('lib/aux.py') },
  {
    name: 'a Windows device with a number',
    code: 'path-device-name',
    path: 'Com1.tar.py',
    zip: named('Com1.tar.py'),
  },
  {
    name: 'an alternate data stream',
    code: 'path-not-portable',
    path: 'model.py:evil.py',
    zip: named('model.py:evil.py'),
  },
  { name: 'a folder that ends in a dot', code: 'path-not-portable', path: 'a./b.py', zip: named('a./b.py') },
  { name: 'a trailing space', code: 'path-not-portable', path: 'model.py ', zip: named('model.py ') },
  {
    name: 'the same name twice',
    code: 'path-duplicate',
    zip: zipOf(model, { ...model, content: 'evil = 1\n' }),
  },
  {
    name: 'the same folder twice',
    code: 'path-duplicate',
    path: 'a',
    zip: zipOf(model, ...['a/', 'a/'].map((name) => ({ name, content: '', method: 0, mode: 0o040755 }))),
  },
  {
    name: 'names that differ in case',
    code: 'path-case-duplicate',
    path: 'Model.py',
    zip: zipOf(model, { name: 'Model.py' }),
  },
  {
    name: 'folders that differ in case',
    code: 'path-case-duplicate',
    path: 'Lib',
    zip: zipOf({ name: 'lib/a.py' }, { name: 'Lib/b.py' }),
  },
  {
    name: 'a ligature and its letters',
    code: 'path-case-duplicate',
    path: '\ufb01t.py',
    zip: zipOf({ name: 'fit.py' }, { name: '\ufb01t.py' }),
  },
  {
    name: 'a sharp s and ss',
    code: 'path-case-duplicate',
    path: 'mass.py',
    zip: zipOf({ name: 'ma\u00df.py' }, { name: 'mass.py' }),
  },
  {
    name: "a file that is another file's folder",
    code: 'path-conflict',
    path: 'a.py',
    zip: zipOf({ name: 'a.py' }, { name: 'a.py/b.py' }),
  },
  {
    name: "another file's folder that is a file",
    code: 'path-conflict',
    path: 'a.py',
    zip: zipOf({ name: 'a.py/b.py' }, { name: 'a.py' }),
  },
  { name: 'a binary suffix', code: 'suffix-forbidden', path: 'weights.pt', zip: named('weights.pt') },
  { name: 'no suffix', code: 'suffix-forbidden', path: 'LICENSE', zip: named('LICENSE') },
  { name: 'a suffix in upper case', code: 'suffix-forbidden', path: 'model2.PY', zip: named('model2.PY') },
  { name: 'a suffix without a name', code: 'suffix-forbidden', path: 'lib/.py', zip: named('lib/.py') },
  {
    name: 'what macOS adds',
    code: 'system-file',
    path: '__MACOSX/._model.py',
    zip: named('__MACOSX/._model.py'),
  },
  {
    name: 'what Python caches',
    code: 'system-file',
    path: '__pycache__/model.cpython-311.pyc',
    zip: named('__pycache__/model.cpython-311.pyc'),
  },
];

const kinds: HostileArchive[] = [
  { name: 'a symbolic link', code: 'entry-symlink', path: 'helper.py', zip: withMode(0o120777) },
  { name: 'a named pipe', code: 'entry-special', path: 'helper.py', zip: withMode(0o010644) },
  { name: 'a character device', code: 'entry-special', path: 'helper.py', zip: withMode(0o020644) },
  { name: 'a block device', code: 'entry-special', path: 'helper.py', zip: withMode(0o060644) },
  { name: 'a socket', code: 'entry-special', path: 'helper.py', zip: withMode(0o140644) },
  { name: 'an unknown type', code: 'entry-special', path: 'helper.py', zip: withMode(0o170644) },
  { name: 'a folder without a slash', code: 'entry-special', path: 'helper.py', zip: withMode(0o040755) },
  {
    name: 'a regular file with a slash',
    code: 'entry-special',
    path: 'lib/',
    zip: zipOf(model, { name: 'lib/', content: '', method: 0 }),
  },
  {
    name: 'a folder with content',
    code: 'archive-malformed',
    path: 'lib/',
    zip: zipOf(model, { name: 'lib/', content: 'hidden', mode: 0o040755 }),
  },
  { name: 'encryption', code: 'entry-encrypted', path: 'helper.py', zip: withFlags(0x0001) },
  { name: 'strong encryption', code: 'entry-encrypted', path: 'helper.py', zip: withFlags(0x0041) },
  { name: 'masked local headers', code: 'entry-encrypted', path: 'helper.py', zip: withFlags(0x2000) },
  { name: 'patched data', code: 'flags-unsupported', path: 'helper.py', zip: withFlags(0x0020) },
  { name: 'bzip2', code: 'method-unsupported', zip: zipOf({ ...model, method: 12 }) },
  { name: 'LZMA', code: 'method-unsupported', zip: zipOf({ ...model, method: 14 }) },
  { name: 'Zstandard', code: 'method-unsupported', zip: zipOf({ ...model, method: 93 }) },
  { name: 'AES', code: 'entry-encrypted', zip: zipOf({ ...model, method: 99, flags: 1 }) },
  { name: 'DEFLATE64', code: 'method-unsupported', zip: zipOf({ ...model, method: 9 }) },
];

const lies: HostileArchive[] = [
  {
    name: 'another name in the local header',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { name: Buffer.from('evil1.py') } }),
  },
  {
    name: 'a longer name in the local header',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { name: Buffer.from('model.python') } }),
  },
  {
    name: 'another method in the local header',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { method: 0 } }),
  },
  {
    name: 'encryption in the local header only',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { flags: 1 } }),
  },
  {
    name: 'another CRC in the local header',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { crc32: 1 } }),
  },
  {
    name: 'another size in the local header',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { bytes: 5 } }),
  },
  {
    name: 'another compressed size in the local header',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { compressedBytes: 5 } }),
  },
  {
    name: 'zero sizes without a descriptor',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { bytes: 0, compressedBytes: 0, crc32: 0 } }),
  },
  {
    name: 'another size in a streamed local header',
    code: 'header-mismatch',
    zip: zipOf({ ...model, flags: FLAG_DESCRIPTOR, local: { bytes: 5 } }),
  },
  {
    name: 'a data descriptor that disagrees',
    code: 'header-mismatch',
    zip: zipOf({ ...model, flags: FLAG_DESCRIPTOR, descriptor: plainDescriptor('another text') }),
  },
  {
    name: 'a missing data descriptor',
    code: 'header-mismatch',
    zip: zipOf({ ...model, flags: FLAG_DESCRIPTOR, descriptor: Buffer.alloc(0) }, helper),
  },
  {
    name: 'a second name in an extra field',
    code: 'header-mismatch',
    zip: zipOf({ ...model, local: { extra: extraField(0x7075, Buffer.from('\x01....evil.py')) } }),
  },
  {
    name: 'a bad CRC-32',
    code: 'crc-mismatch',
    zip: zipOf({ ...model, central: { crc32: 7 }, local: { crc32: 7 } }),
  },
  {
    name: 'a CRC-32 for no bytes',
    code: 'crc-mismatch',
    zip: zipOf(
      { name: 'model.py', content: '', method: 0, central: { crc32: 7 }, local: { crc32: 7 } },
      helper,
    ),
  },
  {
    name: 'a stored size that lies',
    code: 'size-mismatch',
    zip: zipOf({ ...model, method: 0, central: { bytes: 5 }, local: { bytes: 5 } }),
  },
  {
    name: 'a size that is too small',
    code: 'size-mismatch',
    zip: zipOf({ ...model, central: { bytes: 5 }, local: { bytes: 5 } }),
  },
  {
    name: 'a size that is too large',
    code: 'size-mismatch',
    zip: zipOf({ ...model, central: { bytes: 50 }, local: { bytes: 50 } }),
  },
  {
    name: 'data that is no DEFLATE stream',
    code: 'corrupt-data',
    zip: zipOf({ ...model, data: Buffer.from('ffffffffffffffff', 'hex') }),
  },
  {
    name: 'a DEFLATE stream cut short',
    code: 'corrupt-data',
    zip: zipOf({
      ...model,
      data: deflateRawSync(plainText(4_000)).subarray(0, 900),
      central: { bytes: 4_000 },
      local: { bytes: 4_000 },
    }),
  },
  {
    name: 'no byte where a DEFLATE stream is due',
    code: 'corrupt-data',
    zip: zipOf({ ...model, data: Buffer.alloc(0), content: '' }),
  },
  {
    name: 'binary in a text file',
    code: 'text-not-utf8',
    path: 'helper.py',
    zip: zipOf(model, { ...helper, content: Buffer.from('\u00e9 = 1', 'latin1') }),
  },
  {
    name: 'UTF-16 in a manifest',
    code: 'text-not-utf8',
    path: 'prism.yaml',
    zip: zipOf(model, { name: 'prism.yaml', content: Buffer.from('\ufeffkind: full', 'utf16le') }),
  },
];

/** A bomb that says it holds 100 bytes, or `stated`, and holds many megabytes. */
function bomb(megabytes: number, stated?: number): RawEntry {
  const content = Buffer.alloc(megabytes * MEGABYTE, 0x20);
  const sizes = stated === undefined ? {} : { bytes: stated, crc32: crc32(content.subarray(0, stated)) };
  return { name: 'model.py', content, central: sizes, local: sizes };
}

const bombs: HostileArchive[] = [
  { name: 'a bomb that lies: 100 bytes', code: 'size-mismatch', zip: zipOf(bomb(20, 100)) },
  { name: 'a bomb that lies within all limits', code: 'size-mismatch', zip: zipOf(bomb(50, 999_999)) },
  { name: 'a bomb that is honest', code: 'file-too-large', zip: zipOf(bomb(20)) },
  {
    name: 'a small bomb',
    code: 'ratio-too-high',
    zip: zipOf({ name: 'model.py', content: ' '.repeat(900_000) }),
  },
  {
    name: 'one large file',
    code: 'file-too-large',
    zip: zipOf({ name: 'model.py', content: plainText(limits.maxFileBytes + 1) }),
  },
  {
    name: 'large files together',
    code: 'total-too-large',
    path: null,
    zip: zipOf(...['a.py', 'b.py', 'c.py'].map((name) => ({ name, content: plainText(700_000) }))),
  },
  {
    name: 'too many files',
    code: 'too-many-files',
    path: null,
    zip: zipOf(...Array.from({ length: limits.maxFiles + 1 }, (_, i) => ({ name: `f${i}.py` }))),
  },
  {
    name: 'too many folders',
    code: 'too-many-files',
    path: null,
    zip: zipOf(
      model,
      ...Array.from({ length: limits.maxEntries }, (_, i) => ({
        name: `f${i}/`,
        content: '',
        method: 0,
        mode: 0o040755,
      })),
    ),
  },
];

export const hostileArchives: readonly HostileArchive[] = [
  ...whole,
  ...zip64AndDisks,
  ...names,
  ...kinds,
  ...lies,
  ...bombs,
];
