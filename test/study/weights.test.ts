/** Choosing weights, where it is known which signal is worth what. */
import { describe, expect, test } from '@jest/globals';
import { couplesOf } from '../../study/statistics/ranking.ts';
import { fittedWeights, heldOutDecisions, totalsOf, weightGrid } from '../../study/statistics/weights.ts';

const truth = [1, 2, 3, 4, 5, 6, 7, 8];
const reversed = truth.toReversed();
const noise = [5, 1, 8, 2, 7, 3, 6, 4];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('the grid has every composition once, each summing to 1', () => {
  const grid = weightGrid(3, 4);
  expect(grid).toHaveLength(15);
  expect(new Set(grid.map(String)).size).toBe(15);
  for (const weights of grid) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
});

test('a total is the weighted sum; a signal that has no weight is not looked at', () => {
  expect(totalsOf([truth, noise], [0.5, 0.5])).toEqual(
    truth.map((value, i) => (value + (noise[i] ?? 0)) / 2),
  );
  expect(totalsOf([truth, truth.map(() => Number.NaN)], [1, 0])).toEqual(truth);
});

describe('weights', () => {
  const grid = weightGrid(2, 10);

  test('go to the signal that is the truth and away from its opposite', () => {
    const [right = 0, wrong = 0] = fittedWeights([truth, reversed], truth, grid);
    expect(right).toBeGreaterThan(0.7);
    expect(right + wrong).toBeCloseTo(1, 12);
    expect(heldOutDecisions([truth, reversed], truth, grid, couplesOf(8))).toEqual(couplesOf(8).map(() => 1));
  });

  test('of signals that cannot be told apart are equal', () => {
    expect(fittedWeights([truth, truth], truth, grid)).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(0.5, 12),
    ]);
  });

  test('that were fitted to noise do worse on what they have not seen than on what they have', () => {
    // Seven columns of noise against eight things: there is always a combination that looks good.
    const columns = [3, 5, 7].map((stride) => truth.map((_, i) => ((i * stride * stride) % 11) + (i % 3)));
    const fine = weightGrid(3, 10);
    const shown = totalsOf(columns, fittedWeights(columns, noise, fine));
    const seen = couplesOf(8).map(
      ([i, j]) => ((shown[i] ?? 0) - (shown[j] ?? 0)) * ((noise[i] ?? 0) - (noise[j] ?? 0)) > 0,
    );
    expect(mean(heldOutDecisions(columns, noise, fine, couplesOf(8)))).toBeLessThan(mean(seen.map(Number)));
  });
});
