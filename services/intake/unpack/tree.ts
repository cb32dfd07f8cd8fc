/** All paths together: they must be one tree, the same on file systems that do and do not tell case apart. */
import { refuse } from '../../../domain/submission/intake-codes.ts';
import type { DirectoryEntry } from './directory.ts';
import { isFolder } from './entry.ts';

interface Node {
  readonly path: string;
  readonly folder: boolean;
  /** Listed as an entry, not only implied by a file below it. */
  listed: boolean;
}

export function checkTree(entries: readonly DirectoryEntry[]): void {
  const nodes = new Map<string, Node>();
  for (const entry of entries) {
    const path = isFolder(entry) ? entry.path.slice(0, -1) : entry.path;
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      place(nodes, { path: path.slice(0, slash), folder: true, listed: false });
    }
    place(nodes, { path, folder: isFolder(entry), listed: true });
  }
}

function place(nodes: Map<string, Node>, node: Node): void {
  const key = folded(node.path);
  const other = nodes.get(key);
  if (other === undefined) {
    nodes.set(key, node);
    return;
  }
  if (other.path !== node.path)
    refuse(
      'path-case-duplicate',
      node.path,
      `it differs from ${other.path} only in case or in look-alike forms of a letter`,
    );
  if (other.folder !== node.folder) refuse('path-conflict', node.path);
  if (other.listed && node.listed) refuse('path-duplicate', node.path);
  other.listed ||= node.listed;
}

/** Upper case first: it maps all that lower case leaves apart (final sigma, long s, sharp s). Compatibility forms are one letter. */
function folded(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase();
}
