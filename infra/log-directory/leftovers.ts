/** What a writer that was stopped in the middle leaves behind. */
import type { LogFiles } from '../../domain/log/files.ts';
import { LogError } from '../../domain/log/log-error.ts';
import {
  CHECKPOINT_PATH,
  fullTile,
  parseTilePath,
  sizeNeeded,
  TILE_WIDTH,
  type Tile,
  tilePath,
  VKEY_PATH,
} from '../../domain/log/tile.ts';
import type { DurableFiles } from './durable-files.ts';

/** The folder of the partial tiles that came before a full one. */
export function partialsFolder(tile: Tile): string {
  return `${tilePath(fullTile(tile))}.p`;
}

/**
 * Removes partial tiles of sizes that were never signed, and those whose full tile is there. Full tiles ahead of the checkpoint stay: the next
 * append must give the very same. Throws `LogError` `unknown-file` for a file that no log has: it is not ours to remove.
 */
export async function removeLeftovers(files: LogFiles, durable: DurableFiles, size: number): Promise<void> {
  for await (const path of files.list?.() ?? []) {
    if (path === CHECKPOINT_PATH || path === VKEY_PATH) continue;
    const tile = parseTilePath(path);
    if (tile === null)
      throw new LogError('unknown-file', 'is not a file of a log: move it elsewhere', { file: path });
    if (tile.width === TILE_WIDTH) continue;
    if (sizeNeeded(tile) > size) await durable.remove(path);
    else if (sizeNeeded(fullTile(tile)) <= size) await durable.remove(partialsFolder(tile));
  }
}
