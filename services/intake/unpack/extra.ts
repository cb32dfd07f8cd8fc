/** Extra fields of a ZIP header: a list of (id, length, bytes). APPNOTE 4.5. */
import { refuse } from '../../../domain/submission/intake-codes.ts';

const ZIP64 = 0x0001;
const UNICODE_PATH = 0x7075;

/** Refuses extra fields that change how an entry is read: ZIP64 sizes and a second name. All others carry times and owners. */
export function checkExtraFields(extra: Buffer, path: string): void {
  let at = 0;
  while (at < extra.length) {
    const end = at + 4 <= extra.length ? at + 4 + extra.readUInt16LE(at + 2) : Number.POSITIVE_INFINITY;
    if (end > extra.length)
      refuse('archive-malformed', path, 'an extra field runs past the end of its header');
    const id = extra.readUInt16LE(at);
    if (id === ZIP64) refuse('zip64', path);
    if (id === UNICODE_PATH)
      refuse('header-mismatch', path, 'it has a second name in a Unicode Path extra field');
    at = end;
  }
}
