/** Inclusion and consistency proofs (RFC 6962, section 2.1; checked as RFC 9162, section 2.1, says). Sizes are below 2^53. */
import { nodeHash } from './hashes.ts';
import { type MerkleTree, splitPoint } from './tree.ts';

/**
 * That entry `index` is in the first `size` entries of the log: the siblings from the leaf up. Throws `RangeError` outside the log, and
 * `LogError` for tiles that are not the checkpoint's.
 */
export async function inclusionProof(tree: MerkleTree, index: number, size = tree.size): Promise<Buffer[]> {
  if (size > tree.size || index < 0 || index >= size) {
    throw new RangeError(`no proof of entry ${index} in ${size} of ${tree.size} entries`);
  }
  const proof: Buffer[] = [];
  for (let start = 0, count = size; count > 1; ) {
    const left = splitPoint(count);
    const inLeft = index < start + left;
    proof.unshift(await (inLeft ? tree.rangeRoot(start + left, count - left) : tree.rangeRoot(start, left)));
    if (!inLeft) start += left;
    count = inLeft ? left : count - left;
  }
  return proof;
}

/** That the first `from` entries are the beginning of the first `to`. Throws as `inclusionProof` does. */
export async function consistencyProof(tree: MerkleTree, from: number, to = tree.size): Promise<Buffer[]> {
  if (to > tree.size || from < 0 || from > to) {
    throw new RangeError(`no proof from ${from} to ${to} of ${tree.size} entries`);
  }
  const proof: Buffer[] = [];
  if (from === 0) return proof;
  let start = 0;
  let count = to;
  while (from !== start + count) {
    const left = splitPoint(count);
    const inLeft = from <= start + left;
    proof.unshift(await (inLeft ? tree.rangeRoot(start + left, count - left) : tree.rangeRoot(start, left)));
    if (!inLeft) start += left;
    count = inLeft ? left : count - left;
  }
  // The old root itself is known to who checks; a subtree that is only a part of the old tree is not.
  return start === 0 ? proof : [await tree.rangeRoot(start, count), ...proof];
}

/** Whether `proof` shows that `leaf` (a leaf hash) is entry `index` of the tree of `size` entries with this root. */
export function verifyInclusion(
  proof: readonly Buffer[],
  { index, size, leaf, root }: { index: number; size: number; leaf: Buffer; root: Buffer },
): boolean {
  if (index < 0 || index >= size) return false;
  let position = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      hash = nodeHash(sibling, hash);
      // A node without a right sibling is carried up unhashed until it has a left one.
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && hash.equals(root);
}

/** Whether `proof` shows that the tree (`from`, `fromRoot`) is the beginning of the tree (`to`, `toRoot`). */
export function verifyConsistency(
  proof: readonly Buffer[],
  { from, fromRoot, to, toRoot }: { from: number; fromRoot: Buffer; to: number; toRoot: Buffer },
): boolean {
  if (from < 0 || from > to) return false;
  if (from === 0) return proof.length === 0;
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let position = from - 1;
  let last = to - 1;
  while (isOdd(position)) [position, last] = [half(position), half(last)];
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && oldHash.equals(fromRoot) && newHash.equals(toRoot);
}

const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);

function isPowerOfTwo(value: number): boolean {
  return splitPoint(value + 1) === value;
}
