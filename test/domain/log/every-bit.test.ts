/** Whatever bit of whatever file is flipped, the verifier finds it and says where. */
import { describe, expect, test } from '@jest/globals';
import { parseTilePath } from '../../../domain/log/tile.ts';
import { entriesOf, faultOf, fileOf, KEY, logOf, verifyAll, withFiles } from './memory-log.ts';

const entries = entriesOf(300);
const log = logOf(entries, { sizes: [12, 280] });

/** The log index that a byte of a leaf tile or bundle belongs to; null for every other file. */
function indexOf(path: string, at: number): number | null {
  const tile = parseTilePath(path);
  if (tile === null || (tile.level !== 'entries' && tile.level > 0)) return null;
  const first = tile.index * 256;
  if (tile.level === 0) return first + Math.floor(at / 32);
  let end = 0;
  return (
    first +
    entries.slice(first).findIndex((entry) => {
      end += 2 + entry.length;
      return at < end;
    })
  );
}

test('the untouched log verifies', async () => {
  expect(await verifyAll(log)).toEqual(entries);
});

describe('one bit flipped', () => {
  test.each([...log.keys()])('in %s', async (path) => {
    const bytes = fileOf(log, path);
    const wrong: string[] = [];
    // Every bit of the small files, one bit of each byte of the others, of each seventh byte of a full tile of hashes.
    const bits = bytes.length < 256 ? [0, 1, 2, 3, 4, 5, 6, 7] : [null];
    for (let at = 0; at < bytes.length; at += path === 'tile/0/000' ? 7 : 1) {
      for (const bit of bits) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (bytes[at] ?? 0) ^ (1 << (bit ?? (at * 5 + 3) % 8));
        const fault = await faultOf(withFiles(log, { [path]: flipped }), { vkey: KEY.vkey });
        if (fault?.file !== path || fault.index !== indexOf(path, at))
          wrong.push(`byte ${at}: ${JSON.stringify(fault)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('in the checkpoint or the key, where no key is pinned', async () => {
    for (const path of ['checkpoint', 'log.vkey']) {
      const bytes = fileOf(log, path);
      for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect((await faultOf(withFiles(log, { [path]: flipped }), {}))?.file).toBe(path);
      }
    }
  });
});
