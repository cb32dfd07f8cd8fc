import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apportion } from '../../../domain/scoring/apportion.ts';

describe('apportion', () => {
  test('known values: what lost most by rounding down is rounded up, the first among equals', () => {
    // 1.5, 2.25, 1.25 sum to 5.
    expect(apportion([6n, 9n, 5n], 4n, 5)).toEqual([2, 2, 1]);
    expect(apportion([1n, 1n], 2n, 1)).toEqual([1, 0]);
    // -0.5, 2.5
    expect(apportion([-1n, 5n], 2n, 2)).toEqual([0, 2]);
  });
  test('of no parts is nothing', () => {
    expect(apportion([], 1n, 0)).toEqual([]);
    expect(() => apportion([], 1n, 1)).toThrow('1 cannot be shared among no parts');
  });
  test('refuses what is not a safe integer', () => {
    expect(() => apportion([2n ** 60n], 1n, 0)).not.toThrow();
    expect(() => apportion([2n ** 60n, 0n], 1n, 0)).toThrow(RangeError);
  });

  const parts = fc.array(fc.bigInt(-(10n ** 12n), 10n ** 12n), { minLength: 1, maxLength: 8 });
  const denominators = fc.bigInt(1n, 10n ** 9n);

  test('sums to the total, whatever the parts', () => {
    fc.assert(
      fc.property(parts, denominators, fc.integer(), (numerators, denominator, total) => {
        expect(apportion(numerators, denominator, total).reduce((sum, part) => sum + part, 0)).toBe(total);
      }),
    );
  });
  test('is within 1 of every part where they sum to the total', () => {
    fc.assert(
      fc.property(parts, denominators, fc.integer({ min: -1e6, max: 1e6 }), (some, denominator, total) => {
        const rest = BigInt(total) * denominator - some.reduce((sum, part) => sum + part, 0n);
        const numerators = [...some, rest];
        for (const [at, part] of apportion(numerators, denominator, total).entries()) {
          const off = BigInt(part) * denominator - (numerators[at] ?? 0n);
          expect(off > -denominator && off < denominator).toBe(true);
        }
      }),
    );
  });
});
