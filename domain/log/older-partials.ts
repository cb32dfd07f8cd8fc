/** Partial tiles of earlier sizes, which a log keeps for readers of earlier checkpoints: each must begin the tile that it became. */
import { parseBundle } from './bundle.ts';
import { type LogFiles, readTileFile } from './files.ts';
import { HASH_BYTES, hashAt } from './hashes.ts';
import { LogError } from './log-error.ts';
import { parseTilePath, sizeNeeded, TILE_WIDTH, type Tile, tileOf, tilePath } from './tile.ts';

/**
 * Compares every listed partial tile of a smaller log with the tile of the log of `size` entries, which was checked before. Throws
 * `LogError`. Files of a larger log are passed over: they came while the log was read.
 */
export async function checkOlderPartials(files: LogFiles, size: number): Promise<void> {
  if (files.list === null) return;
  for await (const path of files.list()) {
    const tile = parseTilePath(path);
    if (tile === null || tile.width === TILE_WIDTH || sizeNeeded(tile) > size) continue;
    const current = tileOf(size, tile.level, tile.index);
    if (current.width === tile.width) continue;
    const bytes = await files.read(path);
    // A partial tile may be removed once it is full, also while the log is read.
    if (bytes === null) continue;
    const { bytes: whole, found } = await readTileFile(files.read, current);
    checkBeginning({ tile, bytes }, { tile: found, bytes: whole });
  }
}

function checkBeginning(part: { tile: Tile; bytes: Buffer }, whole: { tile: Tile; bytes: Buffer }): void {
  const rest = contentsOf(whole.tile, whole.bytes);
  let at = 0;
  for (const item of contentsOf(part.tile, part.bytes)) {
    const other = rest.next();
    if (other.done === true || !item.equals(other.value)) {
      const index = isAboveLeaves(part.tile) ? null : part.tile.index * TILE_WIDTH + at;
      const message = `is not the beginning of ${tilePath(whole.tile)}`;
      throw new LogError('tile-mismatch', message, { file: tilePath(part.tile), index });
    }
    at += 1;
  }
}

/** The hashes or entries of a tile. Throws `LogError` `bad-tile` or `bad-bundle` where there are not as many as its width says. */
function* contentsOf(tile: Tile, bytes: Buffer): Generator<Buffer> {
  const file = tilePath(tile);
  if (tile.level === 'entries') return yield* parseBundle(bytes, tile.width, file, tile.index * TILE_WIDTH);
  if (bytes.length !== tile.width * HASH_BYTES) {
    throw new LogError('bad-tile', `has ${bytes.length} bytes, not ${tile.width} hashes`, { file });
  }
  for (let at = 0; at < tile.width; at += 1) yield hashAt(bytes, at);
}

function isAboveLeaves(tile: Tile): boolean {
  return tile.level !== 'entries' && tile.level > 0;
}
