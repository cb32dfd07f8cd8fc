/** Names of entries: decoded once, refused where two systems or two readers could take them for two things. */
import { refuse } from '../../../domain/submission/intake-codes.ts';
import type { ArchiveLimits } from './limits.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The name as text. Without the UTF-8 flag the standard says code page 437 and tools guess: so only ASCII is unambiguous there.
 * A name that cannot be decoded is shown as Latin-1 in the refusal.
 */
export function decodePath(raw: Buffer, markedUtf8: boolean): string {
  if (!markedUtf8 && raw.some((byte) => byte > 0x7f)) {
    refuse('path-not-utf8', raw.toString('latin1'), 'its name is not ASCII and not marked as UTF-8');
  }
  try {
    return utf8.decode(raw);
  } catch {
    return refuse('path-not-utf8', raw.toString('latin1'), 'its name is marked as UTF-8 but is not');
  }
}

/** CON, COM1 and the like are devices on Windows with any suffix and in any case; the superscripts count as digits there. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\.|$)/i;
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;

/** Checks a path without its folder's trailing `/`; accepts only one that is the same everywhere. */
export function checkPath(path: string, limits: ArchiveLimits): void {
  if (/\p{Cc}/u.test(path)) refuse('path-control-character', path);
  if (/^[A-Za-z]:/.test(path)) refuse('path-drive-letter', path);
  if (path.includes('\\')) refuse('path-backslash', path);
  if (path.startsWith('/')) refuse('path-absolute', path);
  if (path.normalize('NFC') !== path) refuse('path-not-nfc', path);
  if (INVISIBLE.test(path)) refuse('path-invisible-character', path);
  const segments = path.split('/');
  for (const segment of segments) checkSegment(segment, path);
  const bytes = Buffer.byteLength(path);
  if (bytes > limits.maxPathBytes)
    refuse('path-too-long', path, `its path is ${bytes} bytes long, allowed are ${limits.maxPathBytes}`);
  if (segments.length > limits.maxDepth) {
    refuse('path-too-long', path, `its path has ${segments.length} segments, allowed are ${limits.maxDepth}`);
  }
}

function checkSegment(segment: string, path: string): void {
  if (segment === '..') refuse('path-traversal', path);
  if (segment === '' || segment === '.') refuse('path-empty-segment', path);
  if (/[<>:"|?*]|[. ]$|^ /.test(segment)) refuse('path-not-portable', path);
  if (DEVICE.test(segment)) refuse('path-device-name', path);
}
