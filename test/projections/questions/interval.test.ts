import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  estimateOf,
  matchedDifference,
  overlaps,
  quantileMilli,
  shareOf,
} from '../../../projections/questions/interval.ts';

describe("Student's quantile", () => {
  // Closed forms: one degree is Cauchy's tan(0.475 pi), two are 0.95 / sqrt(2 * 0.975 * 0.025).
  test.each([
    [1, Math.tan(0.475 * Math.PI)],
    [2, 0.95 / Math.sqrt(2 * 0.975 * 0.025)],
  ])('for %d degrees of freedom', (degrees, exact) => {
    expect(quantileMilli(degrees)).toBe(Math.round(exact * 1_000));
  });

  test('falls with the degrees, and never to that of the normal distribution', () => {
    const all = Array.from({ length: 300 }, (_, at) => quantileMilli(at + 1) ?? 0);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
    expect(all.at(-1)).toBeGreaterThan(1_960);
    expect(quantileMilli(0)).toBeNull();
  });
});

describe('a mean', () => {
  test('of three values', () => {
    // Deviation 100, standard error 57.7, margin 4.303 x 58.
    expect(estimateOf([100, 200, 300])).toEqual({
      n: 3,
      mean: 200,
      standardError: 58,
      lower: -50,
      upper: 450,
    });
  });

  test('is no surer than its floor', () => {
    expect(estimateOf([5, 5, 5], 1_000)).toEqual({
      n: 3,
      mean: 5,
      standardError: 1_000,
      lower: -4_298,
      upper: 4_308,
    });
  });

  test('of one value is not bounded, of none is none', () => {
    expect(estimateOf([7], 3)).toEqual({ n: 1, mean: 7, standardError: 3, lower: null, upper: null });
    expect(estimateOf([])).toBeNull();
  });
});

describe('shares', () => {
  test("Wilson's interval: 8 of 10", () => {
    // Centre (0.8 + 0.19208) / 1.38416 = 0.71674, half 1.96 sqrt(0.016 + 0.009604) / 1.38416 = 0.22658.
    expect(shareOf(8, 10)).toEqual({
      n: 10,
      mean: 800_000,
      standardError: 126_491,
      lower: 490_157,
      upper: 943_319,
    });
    expect(shareOf(0, 0)).toBeNull();
  });

  test('what never happened in three may yet happen', () => {
    expect(shareOf(0, 3)).toMatchObject({ mean: 0, lower: 0, upper: 561_506 });
  });

  test("Agresti and Min's interval of a matched difference: 3 better and 1 worse in 10", () => {
    // (3 - 1) / 12 = 0.16667; sqrt((5 - 4 / 12) / 144) = 0.18002; times 1.96: 0.35284.
    expect(matchedDifference(3, 1, 10)).toEqual({
      n: 10,
      mean: 200_000,
      standardError: 180_021,
      lower: -186_174,
      upper: 519_507,
    });
  });

  test('pairs without a difference leave room for one', () => {
    expect(matchedDifference(0, 0, 3)).toMatchObject({ mean: 0, lower: -392_000, upper: 392_000 });
  });
});

test('intervals overlap where they have a value in common, whichever is asked first', () => {
  const interval = fc
    .tuple(fc.option(fc.integer({ min: -9, max: 9 })), fc.option(fc.nat({ max: 9 })))
    .map(([lower, width]) => {
      const upper = lower === null || width === null ? null : lower + width;
      return { n: 2, mean: 0, standardError: 0, lower, upper };
    });
  const values = Array.from({ length: 61 }, (_, at) => at - 30);
  const holds = (value: number, { lower, upper }: { lower: number | null; upper: number | null }) =>
    value >= (lower ?? -30) && value <= (upper ?? 30);
  fc.assert(
    fc.property(interval, interval, (a, b) => {
      expect(overlaps(a, b)).toBe(values.some((value) => holds(value, a) && holds(value, b)));
      expect(overlaps(b, a)).toBe(overlaps(a, b));
    }),
  );
});
