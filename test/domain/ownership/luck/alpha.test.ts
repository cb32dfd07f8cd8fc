import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { alphaOf, challengerShare, familyShare } from '../../../../domain/ownership/luck/alpha.ts';

const position = fc.integer({ min: 1, max: 1_000_000 });
const budget = fc.integer({ min: 1, max: 250_000 });

test('known shares of one percent', () => {
  expect([1, 2, 3, 1_000].map((k) => familyShare(10_000, k))).toEqual([
    5_000_000_000, 1_666_666_666, 833_333_333, 9_990,
  ]);
  expect(challengerShare(10_000, 1)).toBe(5_000_000_000);
});

test('the shares of the first n are the budget less its (n + 1)-th part', () => {
  fc.assert(
    fc.property(budget, fc.integer({ min: 1, max: 300 }), (budgetPpm, n) => {
      const spent = Array.from({ length: n }, (_, at) => familyShare(budgetPpm, at + 1)).reduce(
        (sum, share) => sum + share,
        0,
      );
      const exact = (budgetPpm * 1_000_000 * n) / (n + 1);
      expect(spent).toBeLessThanOrEqual(budgetPpm * 1_000_000);
      // Each was rounded down by less than one part.
      expect(Math.abs(spent - exact)).toBeLessThanOrEqual(n + 1);
    }),
  );
});

test('never nothing, and a million of the least spend a millionth', () => {
  fc.assert(
    fc.property(budget, position, (budgetPpm, k) => {
      expect(familyShare(budgetPpm, k)).toBeGreaterThanOrEqual(1);
    }),
  );
  expect(familyShare(1, 1_000_000_000)).toBe(1);
});

test('the least share applies; without an incumbent only the challenger spends', () => {
  const rules = { familyAlphaPpm: 10_000, challengerAlphaPpm: 50_000 };
  expect(alphaOf(rules, { k: 1, j: 1 })).toBe(familyShare(10_000, 1));
  expect(alphaOf(rules, { k: 1, j: 9 })).toBe(challengerShare(50_000, 9));
  expect(alphaOf(rules, { k: null, j: 1 })).toBe(25_000_000_000);
});

test.each([0, -1, 1.5, Number.NaN])('there is no position %p', (k) => {
  expect(() => familyShare(10_000, k)).toThrow(RangeError);
});
