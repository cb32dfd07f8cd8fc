/** Entry bundles: each entry after its length in two bytes, big-endian. */
import { MAX_ENTRY_BYTES } from './hashes.ts';
import { LogError } from './log-error.ts';

const PREFIX_BYTES = 2;

/** An entry as a bundle holds it. Throws `LogError` past 65,535 bytes; `index` is the entry's, for the message. */
export function frameEntry(entry: Uint8Array, index: number): Buffer {
  if (entry.length > MAX_ENTRY_BYTES) {
    const message = `the entry has ${entry.length} bytes; a log entry has at most ${MAX_ENTRY_BYTES}`;
    throw new LogError('entry-too-long', message, { index });
  }
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + entry.length);
  framed.writeUInt16BE(entry.length);
  framed.set(entry, PREFIX_BYTES);
  return framed;
}

/**
 * The entries of a bundle, one by one. Throws `LogError` `bad-bundle` where it does not hold exactly `count`, so that a reader
 * who checks each entry's hash as it comes has found the first wrong one before a wrong length is noticed further on.
 *
 * @param file and @param firstIndex: the bundle's path and the log index of its first entry, for the message
 */
export function* parseBundle(
  bundle: Buffer,
  count: number,
  file: string,
  firstIndex: number,
): Generator<Buffer> {
  let at = 0;
  for (let entry = 0; entry < count; entry += 1) {
    const start = at + PREFIX_BYTES;
    const end = start > bundle.length ? Infinity : start + bundle.readUInt16BE(at);
    if (end > bundle.length) {
      throw new LogError('bad-bundle', `ends within entry ${entry + 1} of ${count}`, {
        file,
        index: firstIndex + entry,
      });
    }
    yield bundle.subarray(start, end);
    at = end;
  }
  if (at !== bundle.length) {
    throw new LogError('bad-bundle', `has ${bundle.length - at} bytes after its ${count} entries`, { file });
  }
}
