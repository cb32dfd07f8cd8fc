/** Reading a log's files, wherever they are. */
import { HASH_BYTES } from './hashes.ts';
import { LogError } from './log-error.ts';
import { fullTile, TILE_WIDTH, type Tile, tilePath } from './tile.ts';

/** Reads a whole file by its path inside the log; null where it is not there. */
export type ReadFile = (path: string) => Promise<Buffer | null>;

export interface LogFiles {
  readonly read: ReadFile;
  /** Every file that is there, in any order; null where that cannot be told (behind a URL). */
  readonly list: (() => AsyncIterable<string>) | null;
}

/** One file of the log with its whole content. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** As `read`, but a file that is not there is a `LogError`. */
export async function readRequired(read: ReadFile, path: string): Promise<Buffer> {
  const bytes = await read(path);
  if (bytes === null) throw new LogError('missing-file', 'is missing', { file: path });
  return bytes;
}

/**
 * Reads a tile or bundle of a published size. A log may remove a partial one once the full one is there, so that one is the
 * fallback: `found` says which was read.
 */
export async function readTileFile(read: ReadFile, tile: Tile): Promise<{ bytes: Buffer; found: Tile }> {
  const bytes = await read(tilePath(tile));
  if (bytes !== null) return { bytes, found: tile };
  const full = fullTile(tile);
  const wider = tile.width < TILE_WIDTH ? await read(tilePath(full)) : null;
  if (wider !== null) return { bytes: wider, found: full };
  throw new LogError('missing-file', 'is missing', { file: tilePath(tile) });
}

/** The hashes of a tile, not yet compared to anything but its length. Throws `missing-file` or `bad-tile`. */
export async function readTileHashes(read: ReadFile, tile: Tile): Promise<Buffer> {
  const { bytes, found } = await readTileFile(read, tile);
  if (bytes.length !== found.width * HASH_BYTES) {
    const message = `has ${bytes.length} bytes; ${found.width} hashes have ${found.width * HASH_BYTES}`;
    throw new LogError('bad-tile', message, { file: tilePath(found) });
  }
  return bytes.subarray(0, tile.width * HASH_BYTES);
}

/** Starts reads before their bytes are asked for; each is handed over once. */
export class ReadAhead {
  readonly #files: ReadFile;
  readonly #started = new Map<string, Promise<Buffer | null>>();

  constructor(files: ReadFile) {
    this.#files = files;
  }

  start(path: string): void {
    if (this.#started.has(path)) return;
    const reading = this.#files(path);
    // A failed read is raised where its bytes are asked for; one that nobody asks for does no harm.
    reading.catch(() => {});
    this.#started.set(path, reading);
  }

  readonly read: ReadFile = (path) => {
    const started = this.#started.get(path);
    this.#started.delete(path);
    return started ?? this.#files(path);
  };
}
