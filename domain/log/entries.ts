/** A log's entries in order, each one checked against the checkpoint before it is handed over. */
import { parseBundle } from './bundle.ts';
import { type ReadAhead, readTileFile } from './files.ts';
import { hashAt, leafHash } from './hashes.ts';
import { LogError } from './log-error.ts';
import { TILE_WIDTH, type Tile, tileOf, tilePath } from './tile.ts';
import type { MerkleTree } from './tree.ts';

/** Bundles that are being read while an earlier one is worked on: enough to keep a network busy. */
const BUNDLES_AHEAD = 4;

export interface LogEntry {
  readonly index: number;
  /** A view of the bundle that it was read from: who keeps many entries copies them. */
  readonly bytes: Buffer;
}

/**
 * Entries `from` up to but not including `to`. `files` is what the tree reads from too. Throws `LogError` that names the first wrong
 * index where the leaf tile or the bundle was changed.
 */
export async function* authenticEntries(
  tree: MerkleTree,
  files: ReadAhead,
  from = 0,
  to = tree.size,
): AsyncGenerator<LogEntry> {
  const end = Math.ceil(Math.min(to, tree.size) / TILE_WIDTH);
  for (let index = Math.floor(from / TILE_WIDTH); index < end; index += 1) {
    for (let ahead = index; ahead < Math.min(end, index + BUNDLES_AHEAD); ahead += 1) {
      const leaves = tileOf(tree.size, 0, ahead);
      // A partial leaf tile is on the right edge, which the tree holds already.
      if (leaves.width === TILE_WIDTH) files.start(tilePath(leaves));
      files.start(tilePath(tileOf(tree.size, 'entries', ahead)));
    }
    const first = index * TILE_WIDTH;
    const entries = await authenticBundle(tree, files, index);
    for (const [at, bytes] of entries.entries()) {
      if (first + at >= from && first + at < to) yield { index: first + at, bytes };
    }
  }
}

async function authenticBundle(tree: MerkleTree, files: ReadAhead, index: number): Promise<Buffer[]> {
  const bundle = tileOf(tree.size, 'entries', index);
  const { bytes, found } = await readTileFile(files.read, bundle);
  try {
    return entriesOf(bytes, found, bundle.width, await tree.tile(0, index));
  } catch (error) {
    const leaves = tileOf(tree.size, 0, index);
    if (!(error instanceof LogError) || error.code !== 'tile-mismatch' || error.file !== tilePath(leaves))
      throw error;
    throw await withIndex(error, files, leaves, { bytes, found });
  }
}

/** A leaf tile is not what the checkpoint commits to: where it differs from its bundle is the first wrong index. */
async function withIndex(
  error: LogError,
  files: ReadAhead,
  leaves: Tile,
  bundle: { bytes: Buffer; found: Tile },
): Promise<LogError> {
  const hashes = await files.read(tilePath(leaves));
  try {
    entriesOf(bundle.bytes, bundle.found, leaves.width, hashes ?? Buffer.alloc(0));
    return error;
  } catch (mismatch) {
    if (!(mismatch instanceof LogError)) throw mismatch;
    const message = 'its hash is not the one that the checkpoint commits to';
    return new LogError('tile-mismatch', message, { file: error.file, index: mismatch.index });
  }
}

/** The first `width` entries of a bundle, which must have these leaf hashes. Throws `bad-bundle` or `entry-mismatch`. */
export function entriesOf(bundle: Buffer, tile: Tile, width: number, leafHashes: Buffer): Buffer[] {
  const file = tilePath(tile);
  const first = tile.index * TILE_WIDTH;
  const entries: Buffer[] = [];
  for (const entry of parseBundle(bundle, tile.width, file, first)) {
    const at = entries.length;
    if (at === width) break;
    if (!leafHash(entry).equals(hashAt(leafHashes, at))) {
      throw new LogError('entry-mismatch', 'the entry is not the one in the tree', {
        file,
        index: first + at,
      });
    }
    entries.push(entry);
  }
  return entries;
}
