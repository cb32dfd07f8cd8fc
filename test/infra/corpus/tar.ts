/** The regular files of a tar stream, one after another. */
import type { Readable } from 'node:stream';

const BLOCK = 512;

/** Size of the entry whose header this is; 0 where it is no regular file but has no content either. */
function parseHeader(header: Buffer): { size: number; isFile: boolean; name: string } {
  const text = (from: number, length: number) =>
    header
      .subarray(from, from + length)
      .toString('latin1')
      .replace(/\0.*$/s, '');
  const type = text(156, 1);
  const size = Number.parseInt(text(124, 12).trim() || '0', 8);
  if (!Number.isSafeInteger(size)) throw new Error('not a tar stream');
  return { size, isFile: type === '0' || type === '', name: `${text(345, 155)}/${text(0, 100)}` };
}

/** Yields name (cut off where it is over 255 bytes) and content of each regular file. */
export async function* filesOfTar(stream: Readable): AsyncGenerator<{ name: string; content: Buffer }> {
  let chunks: Buffer[] = [];
  let buffered = 0;
  let entry: ReturnType<typeof parseHeader> | null = null;
  const take = (length: number): Buffer => {
    const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    chunks = [all.subarray(length)];
    buffered -= length;
    return all.subarray(0, length);
  };
  for await (const chunk of stream) {
    chunks.push(chunk);
    buffered += chunk.length;
    for (;;) {
      const padded: number = entry === null ? BLOCK : Math.ceil(entry.size / BLOCK) * BLOCK;
      if (buffered < padded) break;
      const bytes = take(padded);
      if (entry === null) {
        entry = parseHeader(bytes);
        continue;
      }
      if (entry.isFile) yield { name: entry.name, content: bytes.subarray(0, entry.size) };
      entry = null;
    }
  }
}
