import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  mean,
  roundedQuotient,
  standardDeviation,
  standardError,
} from '../../../domain/scoring/statistics.ts';

const sample = fc.array(fc.integer({ min: -64_000_000, max: 64_000_000 }), { minLength: 1, maxLength: 16 });

test('halves go away from zero', () => {
  expect(roundedQuotient(5n, 2n)).toBe(3);
  expect(roundedQuotient(-5n, 2n)).toBe(-3);
  expect(roundedQuotient(4n, 3n)).toBe(1);
  expect(Object.is(roundedQuotient(-1n, 3n), 0)).toBe(true);
  expect(mean([1, 2])).toBe(2);
  expect(mean([-1, -2])).toBe(-2);
});

test('known values', () => {
  // Deviations of 2, 4, 4, 4, 5, 5, 7, 9 from their mean 5: squares sum to 32.
  const values = [2, 4, 4, 4, 5, 5, 7, 9].map((value) => value * 1_000_000);
  expect(mean(values)).toBe(5_000_000);
  expect(standardDeviation(values)).toBe(Math.round(Math.sqrt(32 / 7) * 1e6));
  expect(standardError(values)).toBe(Math.round(Math.sqrt(32 / 7 / 8) * 1e6));
  expect(standardError([42])).toBe(0);
});

test.each([mean, standardDeviation, standardError])(
  '%p refuses what is no sample of integers',
  (statistic) => {
    expect(() => statistic([])).toThrow(RangeError);
    expect(() => statistic([1, Number.NaN])).toThrow(RangeError);
    expect(() => statistic([0.5])).toThrow(RangeError);
  },
);

test('a mean past the safe integers is refused', () => {
  expect(() => roundedQuotient(BigInt(Number.MAX_SAFE_INTEGER) * 4n, 2n)).toThrow(RangeError);
});

describe('properties', () => {
  test('always integers, close to the same figure in doubles', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const average = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(Number.isSafeInteger(mean(values))).toBe(true);
        expect(Math.abs(mean(values) - average)).toBeLessThanOrEqual(0.5 + 1e-6);
        const squares = values.reduce((sum, value) => sum + (value - average) * (value - average), 0);
        const deviation = values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1));
        expect(Math.abs(standardDeviation(values) - deviation)).toBeLessThanOrEqual(0.51);
        expect(Math.abs(standardError(values) - deviation / Math.sqrt(values.length))).toBeLessThanOrEqual(
          0.51,
        );
      }),
    );
  });
  test('order changes nothing; a shift moves the mean alone', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -1_000_000, max: 1_000_000 }), (values, shift) => {
        expect(mean(values.toReversed())).toBe(mean(values));
        expect(standardError(values.toReversed())).toBe(standardError(values));
        expect(standardError(values.map((value) => value + shift))).toBe(standardError(values));
      }),
    );
  });
});
