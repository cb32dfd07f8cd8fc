/** What every adapter of the `BlobStore` port must do. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../domain/events/canonical.ts';
import type { BlobStore } from '../../domain/ports.ts';

export function blobStoreContract(name: string, makeStore: () => Promise<BlobStore>): void {
  describe(`blob store contract: ${name}`, () => {
    let blobs: BlobStore;
    beforeEach(async () => {
      blobs = await makeStore();
    });

    test.each([0, 1, 65_535, 3_000_000])(
      '%i bytes come back as they were, under their SHA-256',
      async (size) => {
        const bytes = randomBytes(size);
        const digest = await blobs.put(bytes);
        expect(digest).toBe(sha256(bytes));
        expect((await blobs.get(digest)).equals(bytes)).toBe(true);
        expect(await blobs.has(digest)).toBe(true);
      },
    );

    test('a view of a larger buffer is stored as what it shows', async () => {
      const view = new Uint8Array(Buffer.from('....blob....')).subarray(4, 8);
      expect((await blobs.get(await blobs.put(view))).toString()).toBe('blob');
    });

    test('the same bytes again, also at once, are one blob', async () => {
      const bytes = randomBytes(100_000);
      const digests = await Promise.all(Array.from({ length: 8 }, () => blobs.put(bytes)));
      expect(new Set(digests)).toEqual(new Set([sha256(bytes)]));
      expect((await blobs.get(sha256(bytes))).equals(bytes)).toBe(true);
    });

    test('an absent blob is not there, and getting it names it', async () => {
      const digest = sha256(randomBytes(32));
      expect(await blobs.has(digest)).toBe(false);
      await expect(blobs.get(digest)).rejects.toThrow(`blob ${digest} is not in`);
    });

    test.each(['', 'abc', `../../${'0'.repeat(58)}`, 'A'.repeat(64)])('%j is no digest', async (digest) => {
      await expect(blobs.get(digest)).rejects.toThrow(RangeError);
      await expect(blobs.has(digest)).rejects.toThrow(RangeError);
    });
  });
}
