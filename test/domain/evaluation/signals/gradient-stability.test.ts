import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type GradientStability,
  gradientStability,
} from '../../../../domain/evaluation/signals/gradient-stability.ts';
import { normals } from './curves.ts';

const rules = { expected: 1_000, warmup: 100, clipNorm: 2 };
const read = (norms: readonly unknown[], expected = norms.length): GradientStability => {
  const reading = gradientStability(norms, { ...rules, expected });
  if (reading.kind === 'too-short') throw new Error('too short');
  return reading;
};
/** Log-normal norms, half of them above 1. */
function lognormal(count: number, spread: number): number[] {
  const normal = normals(11);
  return Array.from({ length: count }, () => Math.exp(spread * normal()));
}

test('known values', () => {
  // After warm-up 450 norms of e^-0.5 and 449 of e^0.5; the last is 10 times the median of all, the mean of those two.
  const median = (Math.exp(0.5) + Math.exp(-0.5)) / 2;
  const norms = Array.from({ length: 1_000 }, (_, i) => (i < 100 ? 1e9 : Math.exp(i % 2 === 0 ? -0.5 : 0.5)));
  norms[999] = 10 * median;
  const logs = [...Array<number>(450).fill(-0.5), ...Array<number>(449).fill(0.5), Math.log(10 * median)];
  const mean = logs.reduce((sum, value) => sum + value, 0) / 900;
  const spread = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 899);
  expect(read(norms)).toEqual({
    kind: 'reading',
    spreadMilli: Math.round(spread * 1_000),
    standardErrorMilli: Math.round((spread * 1_000) / Math.sqrt(2 * 899)),
    maxOverMedianMilli: 10_000,
    clipped: expect.objectContaining({ count: 1, of: 900, sharePpm: 1_111 }),
    invalid: 0,
  });
});

test('of log-normal norms is their sigma, within its standard error', () => {
  const { spreadMilli, standardErrorMilli, clipped } = read(lognormal(10_000, 0.4));
  expect(Math.abs(standardErrorMilli - 400 / Math.sqrt(2 * 9_900))).toBeLessThan(1);
  expect(Math.abs(spreadMilli / 400 - 1)).toBeLessThan(0.01);
  // P(log norm > log 2) with sigma 0.4 is 1 - Phi(1.733) = 0.04155.
  expect(Math.abs(clipped.sharePpm - 41_550)).toBeLessThan(3 * clipped.standardErrorPpm);
});

test('a scale on all norms changes neither spread nor ratio', () => {
  const norms = lognormal(1_000, 0.4);
  const scaled = read(norms.map((norm) => norm * 1_024));
  expect(scaled.spreadMilli).toBe(read(norms).spreadMilli);
  expect(scaled.maxOverMedianMilli).toBe(read(norms).maxOverMedianMilli);
});

test('a plan with too few steps after warm-up says so', () => {
  expect(gradientStability(lognormal(105, 1), { ...rules, expected: 105 })).toEqual({
    kind: 'too-short',
    of: 'gradient norms after warm-up',
    has: 5,
    needs: 10,
  });
});

test.each([Number.NaN, Infinity, -Infinity, -1, 0, null, undefined, '1', {}])('%p is the worst', (bad) => {
  const norms: unknown[] = lognormal(1_000, 0.4);
  norms[400] = bad;
  expect(read(norms)).toMatchObject({ spreadMilli: 10_000, maxOverMedianMilli: 1e9, invalid: 1 });
});

test('is in range whatever is reported', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.double(), fc.anything()), { maxLength: 60 }),
      fc.nat(60),
      (norms, expected) => {
        const reading = gradientStability(norms, { expected, warmup: 5, clipNorm: 1 });
        if (reading.kind === 'too-short') return;
        expect(reading.spreadMilli >= 0 && reading.spreadMilli <= 10_000).toBe(true);
        expect(reading.maxOverMedianMilli >= 1_000 && reading.maxOverMedianMilli <= 1e9).toBe(true);
        expect(reading.clipped.sharePpm >= 0 && reading.clipped.sharePpm <= 1_000_000).toBe(true);
        expect(Number.isSafeInteger(reading.standardErrorMilli)).toBe(true);
      },
    ),
  );
});

test('attack: leaving out wild steps, adding calm ones or stuffing the warm-up improves nothing', () => {
  const norms = lognormal(1_000, 0.4);
  const honest = read(norms);
  const without = norms.filter((norm) => norm < 1.5);
  for (const forged of [
    without,
    [...without, ...Array<number>(500).fill(1)],
    [...Array<number>(1_000).fill(1), ...norms],
    [],
  ]) {
    const reading = read(forged, 1_000);
    expect(reading.invalid).toBeGreaterThan(0);
    expect(reading.spreadMilli).toBeGreaterThan(honest.spreadMilli);
    expect(reading.maxOverMedianMilli).toBeGreaterThan(honest.maxOverMedianMilli);
  }
});

test('attack: forged perfect norms reach the absence of a penalty, and nothing beyond', () => {
  const best = { spreadMilli: 0, maxOverMedianMilli: 1_000, invalid: 0 };
  const forged = read(Array<number>(1_000).fill(1));
  expect(forged).toMatchObject({ ...best, clipped: { sharePpm: 0 } });
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { minLength: 15, maxLength: 40 }),
      (norms) => {
        const reading = gradientStability(norms, { expected: norms.length, warmup: 5, clipNorm: 1 });
        if (reading.kind === 'too-short') return;
        expect(reading.spreadMilli).toBeGreaterThanOrEqual(forged.spreadMilli);
        expect(reading.maxOverMedianMilli).toBeGreaterThanOrEqual(forged.maxOverMedianMilli);
        expect(reading.clipped.sharePpm).toBeGreaterThanOrEqual(forged.clipped.sharePpm);
      },
    ),
  );
});
