import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lowerBoundMicrobits, seedSpread } from '../../../../domain/evaluation/signals/seed-spread.ts';
import { normals } from './curves.ts';

const FLOOR = 10_000;
const read = (figures: readonly number[], floor = FLOOR) => {
  const reading = seedSpread(figures, floor);
  if (reading.kind !== 'reading') throw new Error(reading.kind);
  return reading;
};

test('known values', () => {
  expect(read([100_000, 200_000, 300_000])).toEqual({
    kind: 'reading',
    seeds: 3,
    standardDeviationMicrobits: 100_000,
    uncertaintyMicrobits: 50_000,
    standardErrorMicrobits: 57_735,
  });
  expect(read([5])).toMatchObject({
    standardDeviationMicrobits: 0,
    uncertaintyMicrobits: 0,
    standardErrorMicrobits: FLOOR,
  });
});

test('of normal figures is their sigma', () => {
  const normal = normals(9);
  const figures = Array.from({ length: 20_000 }, () => Math.round(3e6 + 50_000 * normal()));
  expect(Math.abs(read(figures).standardDeviationMicrobits / 50_000 - 1)).toBeLessThan(0.01);
});

test('nothing to read, or not readable', () => {
  expect(seedSpread([], FLOOR)).toEqual({ kind: 'too-short', of: 'seeds', has: 0, needs: 1 });
  expect(seedSpread([1, Number.NaN, Infinity, 0.5], FLOOR)).toEqual({ kind: 'unusable', invalid: 3 });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.maxSafeInteger(), fc.double()), { maxLength: 16 }),
      fc.nat(),
      (figures, floor) => {
        const reading = seedSpread(figures, floor);
        if (reading.kind !== 'reading') return;
        for (const value of [
          reading.standardDeviationMicrobits,
          reading.uncertaintyMicrobits,
          reading.standardErrorMicrobits,
        ]) {
          expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
        }
      },
    ),
  );
});

const sample = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 8 });

test('more spread about the same mean never raises a lower bound', () => {
  fc.assert(
    fc.property(
      sample,
      fc.integer({ min: 1, max: 8 }),
      fc.nat(100_000),
      fc.nat(5_000),
      (half, factor, floor, milliZ) => {
        const mean = 500_000;
        const about = (times: number) => half.flatMap((by) => [mean + times * by, mean - times * by]);
        const [calm, wild] = [read(about(1), floor), read(about(factor), floor)];
        expect(wild.standardErrorMicrobits).toBeGreaterThanOrEqual(calm.standardErrorMicrobits);
        expect(lowerBoundMicrobits(mean, wild.standardErrorMicrobits, milliZ)).toBeLessThanOrEqual(
          lowerBoundMicrobits(mean, calm.standardErrorMicrobits, milliZ),
        );
        expect(lowerBoundMicrobits(mean, wild.standardErrorMicrobits, milliZ)).toBeLessThanOrEqual(mean);
      },
    ),
  );
});

test('attack: ignoring the seed earns no narrower interval than seeds that agree within the floor', () => {
  const ignored = read([400_000, 400_000, 400_000]);
  const honest = read([395_000, 400_000, 405_000]);
  expect(ignored.standardErrorMicrobits).toBe(honest.standardErrorMicrobits);
  expect(lowerBoundMicrobits(400_000, ignored.standardErrorMicrobits, 2_000)).toBe(380_000);
});
