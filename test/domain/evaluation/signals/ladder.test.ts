import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ladder, type Rung } from '../../../../domain/evaluation/signals/ladder.ts';
import { normals } from './curves.ts';

const rung = (scaleMilli: number, meanMicrobits: number, standardErrorMicrobits = 10_000): Rung => ({
  scaleMilli,
  gain: { meanMicrobits, standardErrorMicrobits, lowerMicrobits: meanMicrobits - 2 * standardErrorMicrobits },
});
const lost = (bits: number) => ({
  meanMicrobits: -bits * 1e6,
  standardErrorMicrobits: 1,
  lowerMicrobits: -bits * 1e6,
});
const MISSING = lost(8);
const read = (rungs: readonly Rung[], missing = MISSING) => {
  const reading = ladder(rungs, missing);
  if (reading.kind === 'too-short') throw new Error('too short');
  return reading;
};
const trendOf = (rungs: readonly Rung[]) => {
  const { trend } = read(rungs);
  if (trend.kind === 'too-short') throw new Error('too short');
  return trend;
};

test('known: the worst rung by its lower bound, and the slope per doubling', () => {
  // -30,000 for each doubling; equal errors s at log2 = 0, 2, 4: s / sqrt(8).
  const rungs = [rung(4_000, 440_000), rung(1_000, 500_000), rung(16_000, 380_000)];
  expect(read(rungs)).toEqual({
    kind: 'reading',
    worst: {
      scaleMilli: 16_000,
      gain: { meanMicrobits: 380_000, standardErrorMicrobits: 10_000, lowerMicrobits: 360_000 },
    },
    missing: 0,
    trend: {
      kind: 'trend',
      perDoublingMicrobits: -30_000,
      standardErrorMicrobits: Math.round(10_000 / Math.sqrt(8)),
    },
  });
  expect(read([rung(1_000, 100_000), rung(2_000, 110_000, 50_000)])).toMatchObject({
    worst: { scaleMilli: 2_000, gain: { lowerMicrobits: 10_000 } },
  });
});

test('rungs weigh by the inverse square of their errors', () => {
  // x = 0, 1, 2 with weights 1, 1, 1/4: centre 2/3, spread 4/9 + 1/9 + 16/36 = 1, slope 1/4 x 4/3 x 100,000.
  const rungs = [rung(1_000, 0, 10_000), rung(2_000, 0, 10_000), rung(4_000, 100_000, 20_000)];
  expect(trendOf(rungs).perDoublingMicrobits).toBe(33_333);
});

test('the standard error of the trend is what repetitions scatter by', () => {
  const slopes = Array.from({ length: 400 }, (_, seed) => {
    const normal = normals(seed + 1);
    return trendOf(
      [250, 1_000, 4_000].map((scale, i) =>
        rung(scale, Math.round(400_000 - 40_000 * i + 10_000 * normal())),
      ),
    );
  });
  const mean = slopes.reduce((sum, { perDoublingMicrobits: slope }) => sum + slope, 0) / 400;
  const scatter = Math.sqrt(
    slopes.reduce((sum, { perDoublingMicrobits: slope }) => sum + (slope - mean) ** 2, 0) / 399,
  );
  expect(Math.abs(mean + 20_000)).toBeLessThan((3 * 10_000) / Math.sqrt(8 * 400));
  expect(Math.abs(scatter / (10_000 / Math.sqrt(8)) - 1)).toBeLessThan(0.1);
});

test('no rungs, one rung, equal sizes', () => {
  expect(ladder([], MISSING)).toEqual({ kind: 'too-short', of: 'rungs', has: 0, needs: 1 });
  expect(read([rung(1_000, 5)]).trend).toEqual({
    kind: 'too-short',
    of: 'rungs of different size',
    has: 1,
    needs: 2,
  });
  expect(read([rung(1_000, 5), rung(1_000, 6)]).trend).toMatchObject({ kind: 'too-short', has: 1 });
});

test('is in range whatever the rungs, in any order', () => {
  const integer = fc.integer({ min: -128_000_000, max: 128_000_000 });
  const gain = fc.record({
    meanMicrobits: integer,
    standardErrorMicrobits: fc.oneof(fc.nat(), fc.double()),
    lowerMicrobits: integer,
  });
  const rungs = fc.array(
    fc.record({ scaleMilli: fc.oneof(fc.nat(100_000), fc.double()), gain: fc.option(gain) }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(rungs, (any) => {
      const reading = ladder(any, MISSING);
      if (reading.kind === 'too-short') return;
      expect(Number.isSafeInteger(reading.worst.gain.lowerMicrobits)).toBe(true);
      if (reading.trend.kind === 'too-short') return;
      expect(Number.isSafeInteger(reading.trend.perDoublingMicrobits)).toBe(true);
      expect(Number.isSafeInteger(reading.trend.standardErrorMicrobits)).toBe(true);
    }),
  );
});

const ladders = fc.array(
  fc.record({
    scaleMilli: fc.constantFrom(250, 1_000, 4_000, 16_000),
    mean: fc.integer({ min: -8e6, max: 8e6 }),
    by: fc.nat(8e6),
  }),
  { minLength: 1, maxLength: 5 },
);

test('attack: leaving out a rung where one is weak reads as the worst there', () => {
  const missing = { scaleMilli: 16_000, gain: null };
  expect(read([rung(1_000, 500_000), missing])).toMatchObject({
    worst: { scaleMilli: 16_000, gain: MISSING },
    missing: 1,
  });
  expect(read([rung(1_000, 500_000), missing], lost(64)).worst.gain).toEqual(lost(64));
  fc.assert(
    fc.property(ladders, fc.nat(), (drawn, which) => {
      const honest = drawn.map(({ scaleMilli, mean }) => rung(scaleMilli, mean, 0));
      const without = honest.map((r, i) => (i === which % honest.length ? { ...r, gain: null } : r));
      expect(read(without).worst.gain.lowerMicrobits).toBeLessThanOrEqual(
        read(honest).worst.gain.lowerMicrobits,
      );
    }),
  );
});

test('attack: being worse on some rungs (for a rising trend) never raises what counts', () => {
  const flat = [rung(1_000, 300_000), rung(4_000, 300_000), rung(16_000, 300_000)];
  const sandbagged = [rung(1_000, 100_000), rung(4_000, 200_000), rung(16_000, 300_000)];
  expect(trendOf(sandbagged).perDoublingMicrobits).toBeGreaterThan(trendOf(flat).perDoublingMicrobits);
  expect(read(sandbagged).worst.gain.lowerMicrobits).toBeLessThan(read(flat).worst.gain.lowerMicrobits);
  fc.assert(
    fc.property(ladders, (drawn) => {
      const honest = read(drawn.map(({ scaleMilli, mean }) => rung(scaleMilli, mean)));
      const worse = read(drawn.map(({ scaleMilli, mean, by }) => rung(scaleMilli, mean - by)));
      expect(worse.worst.gain.lowerMicrobits).toBeLessThanOrEqual(honest.worst.gain.lowerMicrobits);
    }),
  );
});
