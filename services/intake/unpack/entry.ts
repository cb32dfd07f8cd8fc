/** What one entry may be: a regular text file or a folder, stored or deflated, within the limits that it states for itself. */
import { refuse } from '../../../domain/submission/intake-codes.ts';
import { type DirectoryEntry, FLAG, METHOD } from './directory.ts';
import type { ArchiveLimits } from './limits.ts';
import { checkPath } from './path.ts';

const KNOWN_FLAGS = FLAG.level | FLAG.descriptor | FLAG.utf8;
const ENCRYPTION_FLAGS = FLAG.encrypted | FLAG.strong | FLAG.masked;

const FILE_TYPE = 0o170000;
const TYPE = { none: 0, regular: 0o100000, folder: 0o040000, symlink: 0o120000 } as const;
const TYPE_NAMES = new Map([
  [0o010000, 'a named pipe'],
  [0o020000, 'a character device'],
  [0o060000, 'a block device'],
  [0o140000, 'a socket'],
]);

const ALLOWED_SUFFIX = /[^/]\.(py|toml|yaml|yml|json|txt|md)$/;
const SYSTEM_FILE = /(^|\/)(__MACOSX|__pycache__)\/|(^|\/)(\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini)$/i;

export function isFolder(entry: DirectoryEntry): boolean {
  return entry.path.endsWith('/');
}

export function checkEntry(entry: DirectoryEntry, limits: ArchiveLimits): void {
  checkPath(isFolder(entry) ? entry.path.slice(0, -1) : entry.path, limits);
  if ((entry.flags & ENCRYPTION_FLAGS) !== 0) refuse('entry-encrypted', entry.path);
  if ((entry.flags & ~KNOWN_FLAGS) !== 0) {
    refuse(
      'flags-unsupported',
      entry.path,
      `it sets the general purpose flags 0x${entry.flags.toString(16)}`,
    );
  }
  if (entry.method !== METHOD.stored && entry.method !== METHOD.deflated) {
    refuse('method-unsupported', entry.path, `it is compressed with method ${entry.method}`);
  }
  checkType(entry);
  checkSizes(entry, limits);
  if (SYSTEM_FILE.test(entry.path)) refuse('system-file', entry.path);
  if (!isFolder(entry) && !ALLOWED_SUFFIX.test(entry.path)) refuse('suffix-forbidden', entry.path);
}

/** The type bits count whatever system the archive says it was made on, since some tools obey them on all. */
function checkType(entry: DirectoryEntry): void {
  const type = entry.mode & FILE_TYPE;
  if (type === TYPE.symlink) refuse('entry-symlink', entry.path);
  if (type === TYPE.none || type === (isFolder(entry) ? TYPE.folder : TYPE.regular)) return;
  const isMixed = type === TYPE.folder || type === TYPE.regular;
  const name = TYPE_NAMES.get(type) ?? `of the unknown type 0o${type.toString(8)}`;
  refuse(
    'entry-special',
    entry.path,
    isMixed ? 'its mode and its name disagree about whether it is a folder' : `it is ${name}`,
  );
}

function checkSizes(entry: DirectoryEntry, limits: ArchiveLimits): void {
  const { path, bytes, compressedBytes } = entry;
  if (isFolder(entry) && bytes !== 0)
    refuse('archive-malformed', path, `it is a folder and states ${bytes} bytes`);
  if (entry.method === METHOD.stored && bytes !== compressedBytes) {
    refuse('size-mismatch', path, `it is stored, with ${compressedBytes} bytes, and states ${bytes}`);
  }
  if (bytes > limits.maxFileBytes)
    refuse('file-too-large', path, `it states ${bytes} bytes, allowed are ${limits.maxFileBytes}`);
  if (bytes > limits.maxRatio * compressedBytes) {
    refuse(
      'ratio-too-high',
      path,
      `it states ${bytes} bytes in ${compressedBytes} compressed ones, allowed is ${limits.maxRatio} to 1`,
    );
  }
}
