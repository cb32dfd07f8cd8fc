/** Growing a log: from its right edge and new entries to the files that change. */
import { frameEntry } from './bundle.ts';
import type { LogFile } from './files.ts';
import { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash, subtreeRoot } from './hashes.ts';
import { hashesAtLevel, rightEdge, TILE_WIDTH, tilePath } from './tile.ts';

/** All of a log that is needed to append to it: what is not yet in full tiles. */
export interface LogEdge {
  /** Entries in the log. */
  readonly size: number;
  /** The hashes of the partial tile of each level, lowest first; empty where a level has none. */
  readonly tiles: readonly Buffer[];
  /** The partial entry bundle; empty where the last one is full. */
  readonly bundle: Buffer;
}

export const EMPTY_EDGE: LogEdge = { size: 0, tiles: [], bundle: Buffer.alloc(0) };

/** The tree's root (RFC 6962) from the partial tiles of its right edge. */
export function edgeRoot(tiles: readonly Buffer[]): Buffer {
  let root: Buffer | null = null;
  for (const tile of tiles) {
    // From right to left, the complete subtrees that the tile's hashes make up: the smallest is the rightmost.
    for (let end = tile.length / HASH_BYTES; end > 0; ) {
      const count = end & -end;
      const left = subtreeRoot(tile.subarray((end - count) * HASH_BYTES, end * HASH_BYTES));
      root = root === null ? left : nodeHash(left, root);
      end -= count;
    }
  }
  return root === null ? EMPTY_ROOT : Buffer.from(root);
}

/** A level of the tree while entries are being appended. */
interface GrowingTile {
  /** How many full tiles the level has. */
  index: number;
  width: number;
  hashes: Buffer;
}

/** Takes in new leaf hashes and hands out tiles as they fill. */
class GrowingTree {
  readonly levels: GrowingTile[];
  readonly full: LogFile[] = [];

  constructor(edge: LogEdge) {
    this.levels = edge.tiles.map((tile, level) => {
      const hashes = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
      hashes.set(tile);
      return { index: hashesAtLevel(edge.size, level + 1), width: tile.length / HASH_BYTES, hashes };
    });
  }

  push(hash: Buffer, level: number): void {
    const tile = this.levels[level] ?? { index: 0, width: 0, hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES) };
    this.levels[level] = tile;
    tile.hashes.set(hash, tile.width * HASH_BYTES);
    tile.width += 1;
    if (tile.width < TILE_WIDTH) return;
    this.full.push({ path: tilePath({ level, index: tile.index, width: TILE_WIDTH }), bytes: tile.hashes });
    this.push(subtreeRoot(tile.hashes), level + 1);
    this.levels[level] = { index: tile.index + 1, width: 0, hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES) };
  }

  partials(): Buffer[] {
    return this.levels.map((tile) => tile.hashes.subarray(0, tile.width * HASH_BYTES));
  }
}

/**
 * Appends entries. Returns the new edge and the files that are new at this size: full tiles and bundles, and the partial ones that the
 * size calls for. Nothing is read and nothing else of the log changes. Throws `LogError` `entry-too-long`.
 */
export function appendToEdge(
  edge: LogEdge,
  entries: readonly Uint8Array[],
): { edge: LogEdge; files: LogFile[] } {
  const tree = new GrowingTree(edge);
  const files: LogFile[] = [];
  let size = edge.size;
  let framed: Buffer[] = [edge.bundle];
  for (const entry of entries) {
    framed.push(frameEntry(entry, size));
    tree.push(leafHash(entry), 0);
    size += 1;
    if (size % TILE_WIDTH !== 0) continue;
    const index = size / TILE_WIDTH - 1;
    files.push({
      path: tilePath({ level: 'entries', index, width: TILE_WIDTH }),
      bytes: Buffer.concat(framed),
    });
    framed = [];
  }
  const grown: LogEdge = { size, tiles: tree.partials(), bundle: Buffer.concat(framed) };
  return { edge: grown, files: [...files, ...tree.full, ...partialFiles(edge.size, grown)] };
}

/** The partial tiles and the partial bundle of an edge that a log of `oldSize` entries does not have. */
function partialFiles(oldSize: number, edge: LogEdge): LogFile[] {
  const files: LogFile[] = [];
  for (const tile of rightEdge(edge.size)) {
    if (tile === null || typeof tile.level !== 'number') continue;
    if (hashesAtLevel(edge.size, tile.level) === hashesAtLevel(oldSize, tile.level)) continue;
    files.push({ path: tilePath(tile), bytes: edge.tiles[tile.level] ?? Buffer.alloc(0) });
    if (tile.level === 0) files.push({ path: tilePath({ ...tile, level: 'entries' }), bytes: edge.bundle });
  }
  return files;
}
