/** How much information a project carries: the size of its files, compressed as one. */
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { ProjectFiles } from './project-files.ts';

/** How a payload is measured. */
export const COMPRESSION = 'brotli, quality 11, window 2^24, text mode';

/** Bytes of all paths and files together, compressed. Paths count too: a name can carry as much as a file. A NUL ends each path and each file. */
export async function payloadBytes(files: ProjectFiles): Promise<number> {
  const end = Buffer.of(0);
  const payload = Buffer.concat(
    [...files].flatMap(([path, content]) => [Buffer.from(path), end, content, end]),
  );
  const compressed = await promisify(brotliCompress)(payload, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: payload.length,
    },
  });
  return compressed.length;
}
