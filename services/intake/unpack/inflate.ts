/**
 * Inflating, behind all checks of the structure: `unzipper` reads the directory again and streams each entry, and everything it
 * yields is counted, so that an archive cannot give more than it stated.
 */
import { crc32 } from 'node:zlib';
import unzipper from 'unzipper';
import { refuse } from '../../../domain/submission/intake-codes.ts';
import { type DirectoryEntry, METHOD } from './directory.ts';
import type { EndRecord } from './end-record.ts';
import { isFolder } from './entry.ts';

declare module 'unzipper' {
  namespace Open {
    /**
     * @param options.tailSize bytes from the end in which the end record is looked for
     * @param options.padding bytes read past what the directory's lengths promise, for a longer local extra field
     */
    function buffer(data: Buffer, options: { tailSize: number; padding: number }): Promise<CentralDirectory>;
  }
}

const FIXED_END_BYTES = 22;
const MAX_EXTRA_BYTES = 0xffff;

/** The files of checked `entries` by path, in the directory's order. */
export async function inflateFiles(
  zip: Buffer,
  end: EndRecord,
  entries: readonly DirectoryEntry[],
): Promise<Map<string, Buffer>> {
  const directory = await unzipper.Open.buffer(zip, {
    tailSize: FIXED_END_BYTES + end.commentBytes,
    padding: MAX_EXTRA_BYTES,
  });
  const files = new Map<string, Buffer>();
  for (const [index, entry] of entries.entries()) {
    const source = directory.files[index];
    if (
      source === undefined ||
      !source.pathBuffer.equals(entry.rawPath) ||
      source.offsetToLocalFileHeader !== entry.localOffset
    ) {
      refuse('archive-ambiguous', entry.path, 'two readers of the directory disagree about it');
    }
    const content = await inflate(source, entry);
    if (!isFolder(entry)) files.set(entry.path, content);
  }
  return files;
}

async function inflate(source: unzipper.File, entry: DirectoryEntry): Promise<Buffer> {
  const { path, bytes } = entry;
  const content = entry.compressedBytes === 0 ? nothing(entry) : await drain(source, entry);
  if (content.length !== bytes) {
    refuse('size-mismatch', path, `it states ${bytes} bytes and has ${content.length}`);
  }
  if (crc32(content) !== entry.crc32) refuse('crc-mismatch', path);
  return content;
}

/** Without bytes there is no stream to wait for (`unzipper` would look for a descriptor's signature, which is optional). */
function nothing(entry: DirectoryEntry): Buffer {
  const isStream = entry.method === METHOD.deflated && !isFolder(entry);
  if (isStream)
    refuse('corrupt-data', entry.path, 'it is deflated and has no bytes, where a DEFLATE stream has two');
  return Buffer.alloc(0);
}

async function drain(source: unzipper.File, entry: DirectoryEntry): Promise<Buffer> {
  const stream = source.stream();
  let consumed = (): number => entry.compressedBytes;
  stream.once('pipe', (inflater) => {
    if (entry.method === METHOD.deflated && 'bytesWritten' in inflater)
      consumed = () => Number(inflater.bytesWritten);
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop destroys the stream: a bomb costs one chunk past what it stated.
      if (bytes > entry.bytes) break;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    refuse('corrupt-data', entry.path, `its compressed bytes cannot be inflated (${reason})`);
  }
  if (bytes > entry.bytes)
    refuse('size-mismatch', entry.path, `it states ${entry.bytes} bytes and inflates to more`);
  if (consumed() !== entry.compressedBytes) {
    refuse(
      'stray-bytes',
      entry.path,
      `${entry.compressedBytes - consumed()} bytes follow the end of its compressed data`,
    );
  }
  return Buffer.concat(chunks);
}
