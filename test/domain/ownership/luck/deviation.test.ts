import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addEarlier,
  type Deviation,
  deviationFor,
  expectedDeviation,
  poolOf,
} from '../../../../domain/ownership/luck/deviation.ts';

const prior = { deviationMicrobits: 1_000, degrees: 10 };
const sample = fc.array(fc.integer({ min: -64_000_000, max: 64_000_000 }), { maxLength: 20 });
const priors = fc.record({
  deviationMicrobits: fc.integer({ min: 1, max: 8_000_000 }),
  degrees: fc.integer({ min: 2, max: 400 }),
});

/** What the last sample is judged by; those before it are the earlier ones. */
function pooledDeviation(samples: readonly (readonly number[])[], of: Deviation): Deviation {
  return deviationFor(samples.slice(0, -1).reduce(addEarlier, poolOf(of)), samples.at(-1) ?? []);
}

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
  describe('five runs that stray by 2,000 after many that did not', () => {
    // Squares sum to 15,992,132: over 4 degrees, 1,999.5.
    const own = [-2_529, -1_265, 0, 1_265, 2_529];
    const calm = Array.from({ length: 5_000 }, () => 0);
    test('are not judged by less than that, less one standard error of it: 2,000 / sqrt(8) = 707.1', () => {
      expect(pooledDeviation([calm, own], { deviationMicrobits: 1_000, degrees: 10 })).toEqual({
        deviationMicrobits: 1_293,
        degrees: 5_013,
      });
    });
    test('are foreign to a prior that does not explain them: judged by themselves', () => {
      expect(pooledDeviation([calm, own], { deviationMicrobits: 999, degrees: 10 })).toEqual({
        deviationMicrobits: 2_000,
        degrees: 4,
      });
    });
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
