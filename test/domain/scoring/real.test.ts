import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exp, exp2, log, log2, pow } from '../../../domain/scoring/real.ts';
import { errorInUlps, expFixed, fixed, LN2, lnFixed, ONE } from './high-precision.ts';

const RUNS = { numRuns: 2_000, seed: 1 };
const exponent = fc.double({ min: -40, max: 40, noNaN: true });
/** Log-uniform, with many close to 1, where a logarithm loses most. */
const positive = fc.oneof(
  fc.double({ min: 2 ** -40, max: 2 ** 60, noNaN: true }).filter((x) => x > 0),
  fc.double({ min: 0.5, max: 2, noNaN: true }),
  fc.double({ min: -1e-3, max: 1e-3, noNaN: true }).map((x) => 1 + x),
);

describe('stated errors, against 200-bit arithmetic', () => {
  test('exp is within 2 units', () => {
    fc.assert(
      fc.property(exponent, (x) => errorInUlps(exp(x), expFixed(fixed(x))) <= 2),
      RUNS,
    );
  });
  test('exp2 is within 2 units', () => {
    fc.assert(
      fc.property(exponent, (x) => errorInUlps(exp2(x), expFixed((fixed(x) * LN2) / ONE)) <= 2),
      RUNS,
    );
  });
  test('log is within 4 units', () => {
    fc.assert(
      fc.property(
        positive.filter((x) => x !== 1),
        (x) => errorInUlps(log(x), lnFixed(fixed(x))) <= 4,
      ),
      RUNS,
    );
  });
  test('log2 is within 4 units', () => {
    fc.assert(
      fc.property(
        positive.filter((x) => x !== 1),
        (x) => errorInUlps(log2(x), (lnFixed(fixed(x)) * ONE) / LN2) <= 4,
      ),
      RUNS,
    );
  });
  test('pow is within (4 + 4 |y log2 x|) units', () => {
    const base = fc.double({ min: 0.01, max: 100, noNaN: true });
    const power = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(base, power, (x, y) => {
        const truth = expFixed((lnFixed(fixed(x)) * fixed(y)) / ONE);
        return errorInUlps(pow(x, y), truth) <= 4 + 4 * Math.abs(y * Math.log2(x));
      }),
      RUNS,
    );
  });
});

test('agrees with the built-in functions over the whole range', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(exp(x) / Math.exp(x)).toBeCloseTo(1, 12);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 5e-324, noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(Math.abs(log2(x) - Math.log2(x))).toBeLessThanOrEqual(1e-12);
    }),
  );
});

test('exp2 and log2 are exact at powers of two, subnormal ones too', () => {
  for (let n = -1_074; n <= 1_023; n += 1) {
    expect(exp2(n)).toBe(2 ** n);
    expect(log2(2 ** n)).toBe(n);
  }
});

test('exp2 rounds subnormal results once', () => {
  for (const x of [-1_022.5, -1_040.25, -1_070.75, -1_074.2]) {
    expect(Math.abs(exp2(x) - 2 ** x)).toBeLessThanOrEqual(5e-324);
  }
});

test('the edges', () => {
  expect(exp(0)).toBe(1);
  expect(exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(exp(Number.NaN)).toBeNaN();
  expect(exp(709.782712893384)).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
  expect(exp2(1_024)).toBe(Number.POSITIVE_INFINITY);
  expect(exp2(-1_075.5)).toBe(0);
  expect(exp2(Number.NaN)).toBeNaN();
  expect(log(1)).toBe(0);
  expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(log2(-0)).toBe(Number.NEGATIVE_INFINITY);
  expect(log(-1)).toBeNaN();
  expect(log2(Number.NaN)).toBeNaN();
  expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(log(5e-324)).toBeCloseTo(-744.4400719213812, 10);
  expect(pow(0, 2)).toBe(0);
  expect(pow(0, -2)).toBe(Number.POSITIVE_INFINITY);
  expect(pow(Number.NaN, 0)).toBe(1);
  expect(pow(-2, 2)).toBeNaN();
  expect(pow(1, Number.POSITIVE_INFINITY)).toBe(1);
  expect(pow(2, 10)).toBe(1_024);
  expect(pow(Number.POSITIVE_INFINITY, -1)).toBe(0);
});
