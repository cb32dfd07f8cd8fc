import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apportion, WEIGHT_UNITS } from '../../../domain/weights/apportion.ts';

const PPM = 1_000_000;

/** Shares that together are a million: the gaps between random cuts. */
const shares = fc.array(fc.integer({ min: 0, max: PPM }), { maxLength: 40 }).map((cuts) => {
  const points = [...cuts, PPM].toSorted((a, b) => a - b);
  return points.map((point, i) => point - (points[i - 1] ?? 0));
});

const total = (units: readonly number[]) => units.reduce((sum, unit) => sum + unit, 0);

test('with nobody to pay, all of it burns', () => {
  expect(apportion([PPM])).toEqual([WEIGHT_UNITS]);
  expect(apportion([0, 0, PPM])).toEqual([0, 0, WEIGHT_UNITS]);
});

test('the odd unit of equal shares goes to the one admitted first', () => {
  expect(apportion([500_000, 500_000])).toEqual([32_768, 32_767]);
  expect(apportion([250_000, 250_000, 500_000])).toEqual([16_384, 16_384, 32_767]);
});

test('one part per million may get a unit, none gets nothing', () => {
  expect(apportion([1, 0, PPM - 1])).toEqual([0, 0, WEIGHT_UNITS]);
  expect(apportion([8, 0, PPM - 8])).toEqual([1, 0, WEIGHT_UNITS - 1]);
});

test.each([[[]], [[PPM - 1]], [[-1, PPM + 1]], [[0.5, PPM - 0.5]], [[Number.NaN]], [[600_000, 400_001]]])(
  'refuses %p',
  (bad) => {
    expect(() => apportion(bad)).toThrow(RangeError);
  },
);

describe('properties', () => {
  test('units sum to exactly 65,535, each within one of its quota', () => {
    fc.assert(
      fc.property(shares, (ppm) => {
        const units = apportion(ppm);
        expect(total(units)).toBe(WEIGHT_UNITS);
        for (const [i, share] of ppm.entries()) {
          expect(Math.abs((units[i] ?? -1) - (share * WEIGHT_UNITS) / PPM)).toBeLessThan(1);
        }
      }),
    );
  });
  test('who earned more never gets less; of equals the earlier never less than the later', () => {
    fc.assert(
      fc.property(shares, (ppm) => {
        const units = apportion(ppm);
        for (const [i, a] of ppm.entries()) {
          for (const [j, b] of ppm.entries()) {
            if (a > b || (a === b && i < j)) expect(units[i]).toBeGreaterThanOrEqual(units[j] ?? 0);
          }
          if (a === 0) expect(units[i]).toBe(0);
        }
      }),
    );
  });
  test('where no two remainders tie, the order given changes nothing', () => {
    fc.assert(
      fc.property(shares, (ppm) => {
        fc.pre(new Set(ppm.map((share) => (share * WEIGHT_UNITS) % PPM)).size === ppm.length);
        expect(apportion(ppm.toReversed()).toReversed()).toEqual(apportion(ppm));
      }),
    );
  });
});
