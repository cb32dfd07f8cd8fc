import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendToEdge, EMPTY_EDGE, edgeRoot } from '../../../domain/log/edge.ts';
import { leafHash } from '../../../domain/log/hashes.ts';
import { openTree } from '../../../domain/log/open-tree.ts';
import {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '../../../domain/log/proofs.ts';
import type { MerkleTree } from '../../../domain/log/tree.ts';
import { entriesOf, filesOf, logOf, ORIGIN } from './memory-log.ts';

const COUNT = 600;
const entries = entriesOf(COUNT);
const leaves = entries.map(leafHash);

/** The Merkle tree hash as RFC 6962, section 2.1, defines it, with none of the code under test. */
function definedRoot(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (only === undefined) return createHash('sha256').digest();
  if (hashes.length === 1) return only;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  const sides = [definedRoot(hashes.slice(0, split)), definedRoot(hashes.slice(split))];
  return createHash('sha256').update(Buffer.of(1)).update(Buffer.concat(sides)).digest();
}

const roots = Array.from({ length: COUNT + 1 }, (_, size) => definedRoot(leaves.slice(0, size)));
const rootOf = (size: number): Buffer => roots[size] ?? Buffer.alloc(0);
const leafOf = (index: number): Buffer => leaves[index] ?? Buffer.alloc(0);

let tree: MerkleTree;

beforeAll(async () => {
  tree = await openTree({ origin: ORIGIN, size: COUNT, root: rootOf(COUNT) }, filesOf(logOf(entries)).read);
});

const sizes = fc.integer({ min: 1, max: COUNT });
const pair = sizes.chain((size) => fc.tuple(fc.nat({ max: size - 1 }), fc.constant(size)));

test('a leaf is hashed as the RFC says', () => {
  expect(leafHash(Buffer.from('abc'))).toEqual(createHash('sha256').update('\0abc').digest());
});

test('the root is the defined one at every size, however the entries were appended', () => {
  let edge = EMPTY_EDGE;
  for (const [at, entry] of entries.entries()) {
    edge = appendToEdge(edge, [entry]).edge;
    expect(edgeRoot(edge.tiles)).toEqual(rootOf(at + 1));
  }
  fc.assert(
    fc.property(pair, ([first, size]) => {
      const begun = appendToEdge(EMPTY_EDGE, entries.slice(0, first)).edge;
      expect(edgeRoot(appendToEdge(begun, entries.slice(first, size)).edge.tiles)).toEqual(rootOf(size));
    }),
  );
});

test('the root of every beginning can be read from the tiles', async () => {
  for (let size = 0; size <= COUNT; size += 1) expect(await tree.rangeRoot(0, size)).toEqual(rootOf(size));
});

describe('inclusion', () => {
  test('a proof of the last and of some other entry verifies at every size', async () => {
    for (let size = 1; size <= COUNT; size += 1) {
      for (const index of [size - 1, (size * 37) % size, (size * 101 + 7) % size]) {
        const proof = await inclusionProof(tree, index, size);
        expect(verifyInclusion(proof, { index, size, leaf: leafOf(index), root: rootOf(size) })).toBe(true);
      }
    }
  });

  test('a proof of anything else does not', async () => {
    const changed = fc.record({
      index: fc.nat({ max: COUNT }),
      size: sizes,
      leaf: fc.nat({ max: COUNT - 1 }),
    });
    await fc.assert(
      fc.asyncProperty(pair, changed, async ([index, size], other) => {
        const proof = await inclusionProof(tree, index, size);
        const claim = { index, size, leaf: leafOf(index), root: rootOf(size) };
        const expected = (value: number, now: number): boolean => value === now;
        const withLeaf = { ...claim, leaf: leafOf(other.leaf) };
        expect(verifyInclusion(proof, withLeaf)).toBe(expected(other.leaf, index));
        expect(verifyInclusion(proof, { ...claim, root: rootOf(other.size) })).toBe(
          expected(other.size, size),
        );
        expect(verifyInclusion(proof, { ...claim, index: other.index })).toBe(expected(other.index, index));
        expect(verifyInclusion([...proof, rootOf(0)], claim)).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(proof.slice(1), claim)).toBe(false);
      }),
    );
  });

  test('an entry that the log does not have has no proof', async () => {
    await expect(inclusionProof(tree, COUNT)).rejects.toThrow(RangeError);
    await expect(inclusionProof(tree, 0, COUNT + 1)).rejects.toThrow(RangeError);
    await expect(inclusionProof(tree, -1)).rejects.toThrow(RangeError);
  });
});

describe('consistency', () => {
  test('a proof from the size before and from some other verifies at every size', async () => {
    for (let to = 1; to <= COUNT; to += 1) {
      for (const from of [0, to - 1, to, (to * 53) % to]) {
        const proof = await consistencyProof(tree, from, to);
        const claim = { from, fromRoot: rootOf(from), to, toRoot: rootOf(to) };
        expect(verifyConsistency(proof, claim)).toBe(true);
      }
    }
  });

  test('a proof of another beginning or another end does not', async () => {
    await fc.assert(
      fc.asyncProperty(pair, sizes, async ([before, to], other) => {
        const from = Math.max(before, 1);
        const proof = await consistencyProof(tree, from, to);
        const claim = { from, fromRoot: rootOf(from), to, toRoot: rootOf(to) };
        expect(verifyConsistency(proof, { ...claim, fromRoot: rootOf(other) })).toBe(other === from);
        expect(verifyConsistency(proof, { ...claim, toRoot: rootOf(other) })).toBe(other === to);
        expect(verifyConsistency([...proof, rootOf(0)], claim)).toBe(false);
        if (proof.length > 0) expect(verifyConsistency(proof.slice(0, -1), claim)).toBe(false);
      }),
    );
  });

  test('a log that does not reach that far has no proof', async () => {
    await expect(consistencyProof(tree, 1, COUNT + 1)).rejects.toThrow(RangeError);
    await expect(consistencyProof(tree, 5, 4)).rejects.toThrow(RangeError);
  });
});
