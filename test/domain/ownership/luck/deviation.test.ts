import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addEarlier,
  expectedDeviation,
  pooledDeviation,
  poolOf,
} from '../../../../domain/ownership/luck/deviation.ts';

const prior = { deviationMicrobits: 1_000, degrees: 10 };
const sample = fc.array(fc.integer({ min: -64_000_000, max: 64_000_000 }), { maxLength: 20 });
const priors = fc.record({
  deviationMicrobits: fc.integer({ min: 1, max: 8_000_000 }),
  degrees: fc.integer({ min: 2, max: 400 }),
});

describe('known values', () => {
  test('nothing but the prior', () => {
    expect(pooledDeviation([], prior)).toEqual(prior);
    expect(pooledDeviation([[]], prior)).toEqual(prior);
    expect(pooledDeviation([[5_000_000]], prior)).toEqual(prior);
  });
  test('squares about each own mean, pooled with the prior', () => {
    // 0 and 2,800 about 1,400: 2 * 1,960,000; the same far away. (10 * 10^6 + 2 * 3.92 * 10^6) / 12 = 1,486,667.
    expect(
      pooledDeviation(
        [
          [0, 2_800],
          [1_000_000, 1_002_800],
        ],
        prior,
      ),
    ).toEqual({
      deviationMicrobits: 1_220,
      degrees: 12,
    });
  });
  test('calm runs do not lower it below the prior, though their degrees count', () => {
    expect(pooledDeviation([[7, 7, 7], Array.from({ length: 9 }, () => 3)], prior)).toEqual({
      deviationMicrobits: 1_000,
      degrees: 20,
    });
  });
  test('not below its own less one standard error of itself', () => {
    // Squares sum to 4 * 1,500^2 = 9,000,000 over 4 degrees: 1,500, less 1,500 / sqrt(8) = 530.3 (rounded down).
    const own = [0, 0, 0, 0, 0].map((_, at) => (at - 2) * 948.683298).map(Math.round);
    const calm = Array.from({ length: 5_000 }, () => 0);
    expect(pooledDeviation([calm, own], prior)).toEqual({ deviationMicrobits: 971 + 29, degrees: 5_013 });
    const wider = own.map((value) => Math.round((value * 4) / 3));
    // 2,000 is as far as five runs may stray from a prior of 1,000: 2,000 less 707.
    expect(pooledDeviation([calm, wider], { ...prior, deviationMicrobits: 1_001 }).deviationMicrobits).toBe(
      1_293 + 1,
    );
  });
  test('a foreign sample is judged by itself, with its own degrees', () => {
    const own = [-2_000, -1_000, 0, 1_000, 2_000].map((value) => 2 * value);
    const calm = Array.from({ length: 500 }, () => 0);
    // Squares 40 * 10^6 over 4 degrees.
    expect(pooledDeviation([calm, own], prior)).toEqual({ deviationMicrobits: 3_163, degrees: 4 });
  });
});

test('however wild and many, earlier samples raise what is expected to twice the prior at most', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 30 }), priors, (earlier, start) => {
      const { deviationMicrobits } = expectedDeviation(earlier.reduce(addEarlier, poolOf(start)));
      expect(deviationMicrobits).toBeGreaterThanOrEqual(start.deviationMicrobits);
      expect(deviationMicrobits).toBeLessThanOrEqual(2 * start.deviationMicrobits);
    }),
  );
});

test('never below the prior; a shift of a sample or the order of the earlier ones changes nothing', () => {
  const shift = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 8 }), sample, priors, shift, (earlier, own, start, by) => {
      const found = pooledDeviation([...earlier, own], start);
      expect(found.deviationMicrobits).toBeGreaterThanOrEqual(start.deviationMicrobits);
      expect(
        pooledDeviation([...earlier.toReversed(), own.toReversed().map((value) => value + by)], start),
      ).toEqual(found);
    }),
  );
});

test('a wider sample is never judged by less than a calmer one of the same size', () => {
  fc.assert(
    fc.property(sample, priors, fc.integer({ min: 2, max: 5 }), (own, start, factor) => {
      const calm = pooledDeviation([own], start).deviationMicrobits;
      const wide = pooledDeviation([own.map((value) => value * factor)], start).deviationMicrobits;
      expect(wide).toBeGreaterThanOrEqual(calm);
    }),
  );
});
