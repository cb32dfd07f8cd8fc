/** The end of central directory record: where a ZIP's directory is. Format: PKWARE APPNOTE 6.3, section 4.3.16. */
import { refuse } from '../../../domain/submission/intake-codes.ts';

const SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const ZIP64_LOCATOR = Buffer.from('PK\x06\x07', 'latin1');
const FIXED_BYTES = 22;
const ZIP64_LOCATOR_BYTES = 20;
const MAX_COMMENT_BYTES = 0xffff;

export interface EndRecord {
  /** Where the record itself starts. */
  readonly offset: number;
  readonly entries: number;
  readonly directoryOffset: number;
  readonly commentBytes: number;
}

/**
 * Finds and checks the one end record. The directory must end where the record starts: then offsets count from the archive's
 * first byte and nothing hides between them.
 */
export function readEndRecord(zip: Buffer): EndRecord {
  const offset = findEndRecord(zip);
  const locator = offset - ZIP64_LOCATOR_BYTES;
  if (locator >= 0 && zip.subarray(locator, locator + 4).equals(ZIP64_LOCATOR)) {
    refuse('zip64', null, 'a ZIP64 end record locator stands before the end record');
  }
  const entries = zip.readUInt16LE(offset + 10);
  const directoryBytes = zip.readUInt32LE(offset + 12);
  const directoryOffset = zip.readUInt32LE(offset + 16);
  if (entries === 0xffff || directoryBytes === 0xffffffff || directoryOffset === 0xffffffff) {
    refuse('zip64', null, 'the end record points to ZIP64 values');
  }
  const thisDisk = zip.readUInt16LE(offset + 4);
  const directoryDisk = zip.readUInt16LE(offset + 6);
  const entriesHere = zip.readUInt16LE(offset + 8);
  if (thisDisk !== 0 || directoryDisk !== 0 || entriesHere !== entries) {
    refuse(
      'multi-disk',
      null,
      `the end record speaks of disk ${thisDisk}, directory disk ${directoryDisk} and ${entriesHere} of ${entries} entries`,
    );
  }
  const gap = offset - (directoryOffset + directoryBytes);
  if (gap < 0)
    refuse(
      'archive-malformed',
      null,
      `the directory is said to end ${-gap} bytes after the end record starts`,
    );
  if (gap > 0)
    refuse(
      'stray-bytes',
      null,
      `${gap} bytes stand before the first entry or between the directory and the end record`,
    );
  return { offset, entries, directoryOffset, commentBytes: zip.readUInt16LE(offset + 20) };
}

/**
 * Some tools take the last signature, others the last whose comment fits, others the first: only where all three agree is there
 * one reading.
 */
function findEndRecord(zip: Buffer): number {
  const earliest = Math.max(0, zip.length - FIXED_BYTES - MAX_COMMENT_BYTES);
  const fitting: number[] = [];
  let last = -1;
  for (let at = zip.indexOf(SIGNATURE, earliest); at >= 0; at = zip.indexOf(SIGNATURE, at + 1)) {
    last = at;
    if (at + FIXED_BYTES <= zip.length && at + FIXED_BYTES + zip.readUInt16LE(at + 20) === zip.length)
      fitting.push(at);
  }
  const [offset] = fitting;
  if (offset === undefined) {
    const isStart = zip.subarray(0, 2).toString('latin1') === 'PK';
    return refuse(isStart ? 'archive-truncated' : 'not-a-zip', null);
  }
  if (fitting.length > 1 || last !== offset) refuse('archive-ambiguous', null);
  return offset;
}
