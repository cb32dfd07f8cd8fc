/** A Merkle tree read from tiles, every one of them checked against the checkpoint before a hash of it is used. */
import type { Checkpoint } from './checkpoint.ts';
import { type ReadFile, readTileHashes } from './files.ts';
import { EMPTY_ROOT, HASH_BYTES, hashAt, nodeHash, subtreeRoot } from './hashes.ts';
import { LogError } from './log-error.ts';
import { TILE_WIDTH, tileOf, tilePath } from './tile.ts';

const TILE_HEIGHT = 8;

export class MerkleTree {
  readonly checkpoint: Checkpoint;
  /** The partial tile of each level, lowest first; empty where a level has none. */
  readonly edge: readonly Buffer[];
  readonly #read: ReadFile;
  /** The full tile last read of each level. */
  readonly #latest = new Map<number, { index: number; hashes: Buffer }>();

  /** @param edge the partial tiles of the right edge, which must have been found to give the checkpoint's root */
  constructor(checkpoint: Checkpoint, edge: readonly Buffer[], read: ReadFile) {
    this.checkpoint = checkpoint;
    this.edge = edge;
    this.#read = read;
  }

  get size(): number {
    return this.checkpoint.size;
  }

  /** The hashes of a tile. Throws `LogError` `missing-file`, `bad-tile` or `tile-mismatch`. */
  async tile(level: number, index: number): Promise<Buffer> {
    const tile = tileOf(this.size, level, index);
    if (tile.width <= 0)
      throw new RangeError(`a log of ${this.size} entries has no tile ${index} at level ${level}`);
    const edge = this.edge[level];
    if (tile.width < TILE_WIDTH && edge !== undefined) return edge;
    const latest = this.#latest.get(level);
    if (latest?.index === index) return latest.hashes;
    const hashes = await readTileHashes(this.#read, tile);
    const parent = await this.tile(level + 1, Math.floor(index / TILE_WIDTH));
    if (!subtreeRoot(hashes).equals(hashAt(parent, index % TILE_WIDTH))) {
      throw new LogError('tile-mismatch', 'its hashes are not those that the checkpoint commits to', {
        file: tilePath(tile),
      });
    }
    this.#latest.set(level, { index, hashes });
    return hashes;
  }

  /** Root of `count` entries from `start` on (RFC 6962's MTH); `start` is a multiple of the power of two at or above `count`. */
  async rangeRoot(start: number, count: number): Promise<Buffer> {
    if (count === 0) return EMPTY_ROOT;
    const left = leftSubtree(count);
    if (left.size === count) return await this.#completeSubtree(start, left);
    return nodeHash(
      await this.#completeSubtree(start, left),
      await this.rangeRoot(start + left.size, count - left.size),
    );
  }

  async #completeSubtree(start: number, { size, height }: { size: number; height: number }): Promise<Buffer> {
    const level = Math.floor(height / TILE_HEIGHT);
    const width = 1 << (height % TILE_HEIGHT);
    const first = (start / size) * width;
    const hashes = await this.tile(level, Math.floor(first / TILE_WIDTH));
    const at = (first % TILE_WIDTH) * HASH_BYTES;
    return Buffer.from(subtreeRoot(hashes.subarray(at, at + width * HASH_BYTES)));
  }
}

/** The largest complete subtree at the left of `count` (at least 1) entries: the greatest power of two that is not above it. */
function leftSubtree(count: number): { size: number; height: number } {
  let size = 1;
  let height = 0;
  for (; size * 2 <= count; size *= 2) height += 1;
  return { size, height };
}

/** Where RFC 6962 splits a tree of `count` (at least 2) entries: the greatest power of two below it. */
export function splitPoint(count: number): number {
  let size = 1;
  while (size * 2 < count) size *= 2;
  return size;
}
