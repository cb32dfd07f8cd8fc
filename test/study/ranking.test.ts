/** The estimators on rankings whose answer is known in closed form. */
import { describe, expect, test } from '@jest/globals';
import { couplesOf, decisionAccuracy, kendallTau } from '../../study/statistics/ranking.ts';

const order = [1, 2, 3, 4, 5, 6];

test('the couples of n things are n (n - 1) / 2, each once', () => {
  const couples = couplesOf(12);
  expect(couples).toHaveLength(66);
  expect(new Set(couples.map((couple) => couple.toSorted().join())).size).toBe(66);
});

describe('decision accuracy and Kendall tau', () => {
  test('are 1 for the same order, whatever the scale', () => {
    const stretched = order.map((value) => 10 * value ** 3 - 7);
    expect(decisionAccuracy(stretched, order)).toEqual({ right: 15, couples: 15, share: 1 });
    expect(kendallTau(stretched, order)).toBe(1);
  });

  test('are 0 and -1 for the reversed order', () => {
    expect(decisionAccuracy(order.toReversed(), order).share).toBe(0);
    expect(kendallTau(order.toReversed(), order)).toBe(-1);
  });

  test('one swap of neighbours costs one couple', () => {
    const swapped = [2, 1, 3, 4, 5, 6];
    expect(decisionAccuracy(swapped, order).right).toBe(14);
    expect(kendallTau(swapped, order)).toBeCloseTo((14 - 1) / 15, 12);
  });

  test('are on average 1/2 and 0 over all orders', () => {
    const permutations = (rest: readonly number[]): number[][] =>
      rest.length === 0
        ? [[]]
        : rest.flatMap((first) =>
            permutations(rest.filter((other) => other !== first)).map((others) => [first, ...others]),
          );
    const all = permutations([1, 2, 3, 4, 5]);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(all.map((one) => decisionAccuracy(one, [1, 2, 3, 4, 5]).share))).toBeCloseTo(0.5, 12);
    expect(mean(all.map((one) => kendallTau(one, [1, 2, 3, 4, 5])))).toBeCloseTo(0, 12);
  });

  test('a prediction that ties everything decides half of the couples, and has no tau', () => {
    expect(decisionAccuracy([7, 7, 7, 7], [1, 2, 3, 4]).share).toBe(0.5);
    expect(kendallTau([7, 7, 7, 7], [1, 2, 3, 4])).toBeNaN();
  });

  test('tau-b of one tie on one side is 5 / sqrt(5 * 6)', () => {
    expect(kendallTau([1, 1, 2, 3], [1, 2, 3, 4])).toBeCloseTo(5 / Math.sqrt(30), 12);
  });

  test('couples that tie in truth have no right answer and are left out', () => {
    expect(decisionAccuracy([1, 2, 3], [1, 1, 2])).toEqual({ right: 2, couples: 2, share: 1 });
    expect(decisionAccuracy([1, 2], [3, 3]).share).toBeNaN();
  });

  test('a signal that could not be computed does not decide', () => {
    expect(decisionAccuracy([Number.NaN, 2, 3], [1, 2, 3]).right).toBe(2);
    expect(kendallTau([Number.NaN, 2, 3], [1, 2, 3])).toBeCloseTo(1 / Math.sqrt(3), 12);
  });
});
