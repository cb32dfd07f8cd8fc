/** Opening a log's tree: its right edge must give the root of the checkpoint, else the file to blame is looked for. */
import type { Checkpoint } from './checkpoint.ts';
import { edgeRoot } from './edge.ts';
import { entriesOf } from './entries.ts';
import { type ReadFile, readTileFile, readTileHashes } from './files.ts';
import { HASH_BYTES, hashAt, subtreeRoot } from './hashes.ts';
import { LogError } from './log-error.ts';
import { CHECKPOINT_PATH, rightEdge, TILE_WIDTH, type Tile, tilePath } from './tile.ts';
import { MerkleTree } from './tree.ts';

/**
 * Reads the right edge of the tree that the checkpoint speaks of. Throws `LogError`: `missing-file`, `bad-tile`; `tile-mismatch` for the
 * tile that is wrong; `root-mismatch` where all of the edge agrees with what is below it, but not with the checkpoint.
 */
export async function openTree(checkpoint: Checkpoint, read: ReadFile): Promise<MerkleTree> {
  const edge = await Promise.all(
    rightEdge(checkpoint.size).map((tile) => (tile === null ? Buffer.alloc(0) : readTileHashes(read, tile))),
  );
  if (!edgeRoot(edge).equals(checkpoint.root)) throw await diagnose(checkpoint.size, read);
  return new MerkleTree(checkpoint, edge, read);
}

/**
 * Compares each partial tile with what is right below it: leaf hashes with entries, other hashes with the tiles that they are the roots of.
 * Returns the error that names the first wrong index or the wrong tile; the checkpoint where all of them agree.
 */
async function diagnose(size: number, read: ReadFile): Promise<LogError> {
  for (const tile of rightEdge(size)) {
    if (tile === null) continue;
    const fault = tile.level === 0 ? await wrongLeaf(tile, read) : await wrongHash(tile, read);
    if (fault !== null) return fault;
  }
  const message = 'its root is not that of the tiles, which agree with each other';
  return new LogError('root-mismatch', message, { file: CHECKPOINT_PATH });
}

async function wrongLeaf(tile: Tile, read: ReadFile): Promise<LogError | null> {
  const leaves = await readTileHashes(read, tile);
  const { bytes, found } = await readTileFile(read, { ...tile, level: 'entries' });
  try {
    entriesOf(bytes, found, tile.width, leaves);
    return null;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    const message = 'its hash is not that of the entry';
    return new LogError('tile-mismatch', message, { file: tilePath(tile), index: error.index });
  }
}

async function wrongHash(tile: Tile, read: ReadFile): Promise<LogError | null> {
  const hashes = await readTileHashes(read, tile);
  for (let at = 0; at < hashes.length / HASH_BYTES; at += 1) {
    const below: Tile = {
      level: Number(tile.level) - 1,
      index: tile.index * TILE_WIDTH + at,
      width: TILE_WIDTH,
    };
    if (subtreeRoot(await readTileHashes(read, below)).equals(hashAt(hashes, at))) continue;
    const message = `its hash ${at} is not the root of ${tilePath(below)}`;
    return new LogError('tile-mismatch', message, { file: tilePath(tile) });
  }
  return null;
}
