import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CostedFigure,
  equalCostFigure,
  referenceAtCost,
} from '../../../../domain/evaluation/signals/equal-cost.ts';

const SECOND = 1_000_000;
const reference: CostedFigure[] = [
  { costUs: 10 * SECOND, figureMicrobits: 3_680_000, standardErrorMicrobits: 3_000 },
  { costUs: 20 * SECOND, figureMicrobits: 3_280_000, standardErrorMicrobits: 4_000 },
  { costUs: 40 * SECOND, figureMicrobits: 3_080_000, standardErrorMicrobits: 5_000 },
];
const at = (seconds: number, points = reference) => equalCostFigure(points, seconds * SECOND);

describe('known values', () => {
  test('at the measured costs it is what was measured', () => {
    for (const { costUs, figureMicrobits } of reference)
      expect(equalCostFigure(reference, costUs)).toBe(figureMicrobits);
  });
  test('of a figure that is linear in log2(cost), that line', () => {
    const line = (seconds: number) => 4_000_000 - 300_000 * Math.log2(seconds / 10);
    const points = [10, 20, 40].map((s) => ({ costUs: s * SECOND, figureMicrobits: line(s) }));
    for (const seconds of [10, 13, 17.5, 25, 31, 40, 55, 80]) {
      expect(Math.abs(at(seconds, points) / line(seconds) - 1)).toBeLessThan(1e-6);
    }
  });
  test('of a power law it is a chord: a little above, within 1 %', () => {
    const law = (seconds: number) => 2_000_000 + 1_500_000 * (seconds / 10) ** -0.2;
    const points = [10, 20, 40].map((s) => ({ costUs: s * SECOND, figureMicrobits: Math.round(law(s)) }));
    for (const seconds of [12, 15, 28, 35])
      expect(Math.abs(at(seconds, points) / law(seconds) - 1)).toBeLessThan(0.01);
  });
  test('standard errors of the two ends, weighted', () => {
    const middle = referenceAtCost(reference, Math.round(10 * Math.SQRT2 * SECOND));
    expect(middle).toMatchObject({ standardErrorMicrobits: 2_500, where: 'among' });
    // One octave on: t = 2 from (20 s, 4,000) through (40 s, 5,000).
    expect(referenceAtCost(reference, 80 * SECOND)).toEqual({
      kind: 'reading',
      figureMicrobits: 2_880_000,
      standardErrorMicrobits: Math.round(Math.sqrt(4_000 ** 2 + 10_000 ** 2)),
      where: 'above',
    });
  });
});

test('no points, one point, points too close to go on from', () => {
  expect(referenceAtCost([], 1)).toEqual({ kind: 'too-short', of: 'reference points', has: 0, needs: 1 });
  expect(equalCostFigure([], 1)).toBe(0);
  expect(at(500, reference.slice(0, 1))).toBe(3_680_000);
  const close = [reference[0], { costUs: 11 * SECOND, figureMicrobits: 3_500_000 }].filter(
    (p) => p !== undefined,
  );
  expect(at(500, close)).toBe(3_500_000);
  expect(at(10.5, close)).toBeLessThan(3_680_000);
});

test('a reference that got worse with more compute is read at its best so far', () => {
  const worse = reference.map((point, i) => (i === 2 ? { ...point, figureMicrobits: 3_900_000 } : point));
  expect(at(40, worse)).toBe(3_280_000);
  expect(at(400, worse)).toBe(3_280_000);
});

const points = fc.array(
  fc.record({
    costUs: fc.nat(1_000_000_000),
    figureMicrobits: fc.nat(64_000_000),
    standardErrorMicrobits: fc.nat(1_000_000),
  }),
  { minLength: 1, maxLength: 6 },
);
const costs = fc.oneof(fc.nat(2_000_000_000), fc.double(), fc.constantFrom(Number.NaN, Infinity, -1, 0));

test('is in range whatever is given, and never above the best at or below that cost', () => {
  const anything = fc.oneof(fc.double(), fc.maxSafeInteger());
  const garbage = fc.array(
    fc.record({
      costUs: anything,
      figureMicrobits: fc.oneof(fc.double(), fc.nat(64_000_000)),
      standardErrorMicrobits: fc.option(anything, { nil: undefined }),
    }),
  );
  fc.assert(
    fc.property(fc.oneof(points, garbage), costs, (given, cost) => {
      const reading = referenceAtCost(given, cost);
      if (reading.kind === 'too-short') return;
      expect(Number.isSafeInteger(reading.figureMicrobits) && reading.figureMicrobits >= 0).toBe(true);
      expect(
        Number.isSafeInteger(reading.standardErrorMicrobits) && reading.standardErrorMicrobits >= 0,
      ).toBe(true);
      for (const point of given) {
        const known = Number.isSafeInteger(point.figureMicrobits) && Number.isSafeInteger(point.costUs);
        if (!known || point.figureMicrobits < 0) continue;
        if (point.costUs <= cost) expect(reading.figureMicrobits).toBeLessThanOrEqual(point.figureMicrobits);
      }
    }),
  );
});

describe('attack', () => {
  test('two replay steps on old bytes, which cost three times the time, gain nothing over a reference that had it', () => {
    // The replayer reaches 3.16 where one step reaches 3.68: 0.52 bit better at equal bytes, and no better at equal cost.
    const replayer = 3_160_000;
    expect(3_680_000 - replayer).toBe(520_000);
    expect(at(30) - replayer).toBeLessThan(5_000);
  });
  test('taking longer never raises the figure that one is compared with', () => {
    fc.assert(
      fc.property(points, fc.nat(2_000_000_000), fc.nat(2_000_000_000), (given, a, b) => {
        // A microbit for rounding.
        expect(equalCostFigure(given, Math.max(a, b))).toBeLessThanOrEqual(
          equalCostFigure(given, Math.min(a, b)) + 1,
        );
      }),
    );
  });
  test('being cheaper than the cheapest reference, or saying no cost, earns nothing extra', () => {
    expect(at(1)).toBe(at(10));
    expect(referenceAtCost(reference, 0)).toMatchObject({ figureMicrobits: 3_680_000, where: 'below' });
    expect(equalCostFigure(reference, Number.NaN)).toBeLessThan(at(80));
  });
});
