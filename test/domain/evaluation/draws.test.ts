import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Draws } from '../../../domain/evaluation/draws.ts';

const SEED = 'a5'.repeat(32);
const take = (draws: Draws, count: number, limit: number) =>
  Array.from({ length: count }, () => draws.below(limit));

test('block k is the SHA-256 of seed, purpose and k, in big-endian words', () => {
  const blocks = ['0', '1'].map((k) =>
    createHash('sha256').update(`prism-draws-1/${SEED}/example/${k}`).digest(),
  );
  const words = blocks.flatMap((block) => Array.from({ length: 8 }, (_, i) => block.readUInt32BE(i * 4)));
  expect(take(new Draws(SEED, 'example'), 16, 2 ** 32)).toEqual(words);
});

test('words past the last whole multiple of the limit are drawn again', () => {
  const limit = 3 * 2 ** 30;
  const words = take(new Draws(SEED, 'rejection'), 64, 2 ** 32);
  expect(words.some((word) => word >= limit)).toBe(true);
  const kept = words.filter((word) => word < limit);
  expect(take(new Draws(SEED, 'rejection'), kept.length, limit)).toEqual(kept);
});

test('each value is about equally likely', () => {
  const counts = new Array<number>(6).fill(0);
  for (const value of take(new Draws(SEED, 'dice'), 60_000, 6)) counts[value] = (counts[value] ?? 0) + 1;
  // Chi-squared with 5 degrees of freedom; 20.5 is its 99.9th percentile. The draw is fixed, so this cannot flicker.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquared).toBeLessThan(20.5);
});

describe('shuffle', () => {
  test('keeps every item and gives every order', () => {
    const orders = new Set<string>();
    const draws = new Draws(SEED, 'orders');
    for (let i = 0; i < 200; i += 1) orders.add(draws.shuffle([1, 2, 3]).join(''));
    expect([...orders].toSorted()).toEqual(['123', '132', '213', '231', '312', '321']);
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        expect(new Draws(SEED, 'any').shuffle([...items]).toSorted()).toEqual(items.toSorted());
      }),
    );
  });
});

test('purposes and seeds are independent', () => {
  const first = take(new Draws(SEED, 'a'), 8, 1_000_000);
  expect(take(new Draws(SEED, 'a'), 8, 1_000_000)).toEqual(first);
  expect(take(new Draws(SEED, 'b'), 8, 1_000_000)).not.toEqual(first);
  expect(take(new Draws('5a'.repeat(32), 'a'), 8, 1_000_000)).not.toEqual(first);
});

test('refuses what is no seed and no limit', () => {
  expect(() => new Draws('abc', 'a')).toThrow(RangeError);
  expect(() => new Draws(SEED.toUpperCase(), 'a')).toThrow(RangeError);
  for (const limit of [0, 1.5, 2 ** 32 + 1])
    expect(() => new Draws(SEED, 'a').below(limit)).toThrow(RangeError);
});
