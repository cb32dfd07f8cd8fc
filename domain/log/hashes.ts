/** Merkle tree hashes of RFC 6962, section 2.1, with SHA-256. */
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/** Root of the tree without entries. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

/** The most bytes that an entry can have: its length is a 16-bit number (C2SP tlog-tiles). */
export const MAX_ENTRY_BYTES = 65_535;

// Scratch space for the bytes to hash, so that hashing millions of entries allocates nothing but the digests.
const leafInput = Buffer.alloc(1 + MAX_ENTRY_BYTES);
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeInput[0] = 1;

/** `SHA-256(0x00 || entry)`. Throws `RangeError` past 65,535 bytes. */
export function leafHash(entry: Uint8Array): Buffer {
  leafInput.set(entry, 1);
  return hash('sha256', leafInput.subarray(0, 1 + entry.length), 'buffer');
}

/** `SHA-256(0x01 || left || right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return hash('sha256', nodeInput, 'buffer');
}

/** The `position`-th of concatenated hashes. */
export function hashAt(hashes: Buffer, position: number): Buffer {
  return hashes.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES);
}

/** Root of a complete subtree from its concatenated hashes, whose number must be a power of two. */
export function subtreeRoot(hashes: Buffer): Buffer {
  if (hashes.length === HASH_BYTES) return hashes;
  const parents = Buffer.alloc(hashes.length / 2);
  for (let at = 0; at < parents.length; at += HASH_BYTES) {
    nodeInput.set(hashes.subarray(2 * at, 2 * at + 2 * HASH_BYTES), 1);
    parents.set(hash('sha256', nodeInput, 'buffer'), at);
  }
  return subtreeRoot(parents);
}
