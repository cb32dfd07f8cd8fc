/** Going on with a log that is there already. */
import { frameEntry } from './bundle.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { LogEdge } from './edge.ts';
import { authenticEntries } from './entries.ts';
import { ReadAhead, type ReadFile } from './files.ts';
import { openTree } from './open-tree.ts';
import { TILE_WIDTH } from './tile.ts';

/** What is needed to append to the log of this checkpoint, read from its files and checked. Throws `LogError`. */
export async function loadEdge(checkpoint: Checkpoint, read: ReadFile): Promise<LogEdge> {
  const tree = await openTree(checkpoint, read);
  const { size } = checkpoint;
  const framed: Buffer[] = [];
  for await (const { index, bytes } of authenticEntries(
    tree,
    new ReadAhead(read),
    size - (size % TILE_WIDTH),
  )) {
    framed.push(frameEntry(bytes, index));
  }
  return { size, tiles: tree.edge, bundle: Buffer.concat(framed) };
}
