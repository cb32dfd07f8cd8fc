import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PPT, studentQuantileMilli } from '../../../../domain/ownership/luck/quantile.ts';

const ALPHAS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0005];
/** One-sided critical values as printed in tables, three decimals, for the alphas above. */
const TABLE: Record<number, number[]> = {
  2: [0.816, 1.886, 2.92, 4.303, 6.965, 9.925, 31.599],
  4: [0.741, 1.533, 2.132, 2.776, 3.747, 4.604, 8.61],
  6: [0.718, 1.44, 1.943, 2.447, 3.143, 3.707, 5.959],
  8: [0.706, 1.397, 1.86, 2.306, 2.896, 3.355, 5.041],
  10: [0.7, 1.372, 1.812, 2.228, 2.764, 3.169, 4.587],
  20: [0.687, 1.325, 1.725, 2.086, 2.528, 2.845, 3.85],
  30: [0.683, 1.31, 1.697, 2.042, 2.457, 2.75, 3.646],
  60: [0.679, 1.296, 1.671, 2.0, 2.39, 2.66, 3.46],
  120: [0.677, 1.289, 1.658, 1.98, 2.358, 2.617, 3.373],
};

describe('the printed table', () => {
  test.each(Object.entries(TABLE))('%s degrees', (degrees, row) => {
    ALPHAS.forEach((alpha, at) => {
      const milli = studentQuantileMilli(Math.round(alpha * PPT), Number(degrees));
      const printed = Math.round((row[at] ?? 0) * 1_000);
      // Ours is rounded up, the table's to nearest.
      expect(milli - printed).toBeGreaterThanOrEqual(0);
      expect(milli - printed).toBeLessThanOrEqual(1);
    });
  });
});

test('two degrees have a closed form: t = (1 - 2 alpha) / sqrt(2 alpha (1 - alpha))', () => {
  for (const alphaPpt of [1, 10, 9_990, 123_456_789, PPT / 4, PPT / 2 - 1]) {
    const alpha = alphaPpt / PPT;
    const exact = (1 - 2 * alpha) / Math.sqrt(2 * alpha * (1 - alpha));
    expect(studentQuantileMilli(alphaPpt, 2)).toBe(Math.ceil(exact * 1_000));
  }
});

test('four degrees, tiny alphas: the tail of 4 degrees is (1 - s)^2 (2 + s) / 4 with s = t / sqrt(t^2 + 4)', () => {
  for (const alphaPpt of [9_990, 1_000_000]) {
    const t = studentQuantileMilli(alphaPpt, 4) / 1_000;
    const tailAt = (x: number) => {
      const root = Math.sqrt(x * x + 4);
      const rest = 4 / (root * (root + x));
      return (rest * rest * (3 - rest)) / 4;
    };
    expect(tailAt(t)).toBeLessThanOrEqual((alphaPpt / PPT) * (1 + 1e-12));
    expect(tailAt(t - 0.001)).toBeGreaterThan(alphaPpt / PPT);
  }
});

test('400 degrees are just above the normal limit', () => {
  // Normal quantiles of 0.05, 0.025, 0.005, 10^-4, 10^-6, 10^-8.
  const normal = [
    [5e10, 1.6449],
    [25e9, 1.96],
    [5e9, 2.5758],
    [1e8, 3.719],
    [1e6, 4.7534],
    [1e4, 5.612],
  ] as const;
  for (const [alphaPpt, z] of normal) {
    const t = studentQuantileMilli(alphaPpt, 400) / 1_000;
    expect(t).toBeGreaterThan(z);
    expect(t).toBeLessThan(z * 1.022);
  }
});

test('odd degrees and more than 400 are read as fewer; one degree is bounded from above', () => {
  expect(studentQuantileMilli(5e9, 25)).toBe(studentQuantileMilli(5e9, 24));
  expect(studentQuantileMilli(5e9, 10_000)).toBe(studentQuantileMilli(5e9, 400));
  // Exactly tan(0.495 pi) = 63.657 for 0.005, and at 0.05 6.314.
  expect(studentQuantileMilli(5e9, 1)).toBeGreaterThanOrEqual(63_657);
  expect(studentQuantileMilli(5e10, 1)).toBeGreaterThanOrEqual(6_314);
  expect(studentQuantileMilli(5e10, 1)).toBeLessThan(6_314 * 1.07);
});

test('less alpha or fewer degrees never lower the threshold', () => {
  const alphas = fc.integer({ min: 1, max: PPT / 2 - 1 });
  const degrees = fc.integer({ min: 1, max: 450 });
  fc.assert(
    fc.property(alphas, alphas, degrees, degrees, (a, b, c, d) => {
      expect(studentQuantileMilli(Math.min(a, b), c)).toBeGreaterThanOrEqual(
        studentQuantileMilli(Math.max(a, b), c),
      );
      expect(studentQuantileMilli(a, Math.min(c, d))).toBeGreaterThanOrEqual(
        studentQuantileMilli(a, Math.max(c, d)),
      );
    }),
  );
});

test.each([
  [0, 4],
  [PPT / 2, 4],
  [1.5, 4],
  [1e9, 0],
  [1e9, 2.5],
])('alpha %p with %p degrees is refused', (alphaPpt, degrees) => {
  expect(() => studentQuantileMilli(alphaPpt, degrees)).toThrow(RangeError);
});
