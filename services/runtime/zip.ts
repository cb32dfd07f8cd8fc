/** Packs files into a ZIP: the same bytes every time. */
import { zipSync } from 'fflate';

/** ZIP has no time before this, and a project's time says nothing. */
const FIRST_DAY = new Date(1980, 0, 1);

/** @param level 0 stores, 9 compresses most */
export function packFiles(files: ReadonlyMap<string, Uint8Array>, level: 0 | 6): Buffer {
  const sorted = Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(zipSync(sorted, { mtime: FIRST_DAY, level }));
}
