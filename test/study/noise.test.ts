/** Intervals and noise against what is known of them in closed form. */
import { describe, expect, test } from '@jest/globals';
import { bootstrapInterval, quantile } from '../../study/statistics/bootstrap.ts';
import { residualDeviation } from '../../study/statistics/noise.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the bootstrap', () => {
  test('gives the mean of 400 coin tosses its binomial interval', () => {
    const tosses = Array.from({ length: 400 }, (_, i) => i % 2);
    const { low, high } = bootstrapInterval('coins', 4_000, (resample) =>
      mean(resample(400).map((place) => tosses[place] ?? 0)),
    );
    const halfWidth = 1.96 * Math.sqrt(0.25 / 400);
    expect(Math.abs(low - (0.5 - halfWidth))).toBeLessThan(0.004);
    expect(Math.abs(high - (0.5 + halfWidth))).toBeLessThan(0.004);
  });

  test('has no width where there is no spread, and is the same twice', () => {
    const once = () => bootstrapInterval('same', 50, (resample) => mean(resample(3).map(() => 0.7)));
    expect(once()).toEqual({ low: expect.closeTo(0.7, 12), high: expect.closeTo(0.7, 12) });
    const spread = () => bootstrapInterval('again', 50, (resample) => mean(resample(9)));
    expect(spread()).toEqual(spread());
  });

  test('leaves out resamples that have no value, and has no ends where none has one', () => {
    const { low } = bootstrapInterval('some', 100, (resample) => (resample(2)[0] === 0 ? Number.NaN : 1));
    expect(low).toBe(1);
    expect(bootstrapInterval('none', 10, () => Number.NaN)).toEqual({ low: Number.NaN, high: Number.NaN });
  });

  test('quantiles are linear between neighbours', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.5)).toBe(3);
  });
});

describe('the residual of rows and columns', () => {
  test('is nothing where rows and columns explain everything', () => {
    const table = [1, 5, 2].map((row) => [10, 20, 40].map((column) => row + column));
    expect(residualDeviation(table)).toBeCloseTo(0, 12);
  });

  test('is known for two by two: all residuals are a quarter of the difference of differences', () => {
    const table = [
      [1, 2],
      [3, 8],
    ];
    expect(residualDeviation(table)).toBeCloseTo((1.4826 * (8 - 3 - (2 - 1))) / 4 / Math.sqrt(1 / 4), 12);
  });

  test('finds the deviation of normal noise, and is not carried away by a row that fails once', () => {
    // Quantiles of the normal distribution at (i + 1/2) / 9, in three orders: nothing in common with rows or columns.
    const normal = [-1.593, -0.967, -0.589, -0.282, 0, 0.282, 0.589, 0.967, 1.593];
    const table = Array.from({ length: 27 }, (_, row) =>
      Array.from(
        { length: 9 },
        (_, column) => row + 3 * column + (normal[(row * 5 + column * column * 2 + row * column) % 9] ?? 0),
      ),
    );
    const clean = residualDeviation(table);
    expect(Math.abs(clean - 1)).toBeLessThan(0.25);
    const failed = table.map((row, index) =>
      index === 4 ? row.map((value, seed) => (seed === 2 ? value + 50 : value)) : row,
    );
    expect(Math.abs(residualDeviation(failed) - clean)).toBeLessThan(0.6);
  });

  test('needs two of each', () => {
    expect(residualDeviation([[1], [2]])).toBeNaN();
  });
});
