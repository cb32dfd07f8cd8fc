import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GradientPair, noiseScale } from '../../../../domain/evaluation/signals/noise-scale.ts';
import { normals } from './curves.ts';

/**
 * A quadratic loss (w - x)^T (w - x) / 2 with examples x of covariance diag(variances): the gradient at w is w - mean(x), so
 * |G|^2 = |w|^2, tr(S) is the sum of the variances, and E |g_b|^2 = |G|^2 + tr(S) / b.
 */
const w = [0.5, -0.3, 0.2];
const variances = [4, 1, 2.5];
const signal = w.reduce((sum, x) => sum + x * x, 0);
const noise = variances.reduce((sum, x) => sum + x, 0);

const expectedPair: GradientPair = {
  small: 4,
  big: 64,
  smallSquared: signal + noise / 4,
  bigSquared: signal + noise / 64,
};

/** Squared norms of the mean gradient over 4 examples and over 64 of which they are part, all drawn. */
function drawnPair(normal: () => number): GradientPair {
  const mean = (examples: number) =>
    w.map((x, i) => x - Math.sqrt((variances[i] ?? 0) / examples) * normal());
  const [micro, others] = [mean(4), mean(60)];
  const whole = micro.map((x, i) => (4 * x + 60 * (others[i] ?? 0)) / 64);
  const squared = (g: readonly number[]) => g.reduce((sum, x) => sum + x * x, 0);
  return { small: 4, big: 64, smallSquared: squared(micro), bigSquared: squared(whole) };
}
function read(pairs: readonly GradientPair[]) {
  const reading = noiseScale(pairs, pairs.length);
  if (reading.kind !== 'reading') throw new Error(reading.kind);
  return reading;
}

describe('on a quadratic with known covariance', () => {
  test('with the expected norms it is tr(S) / |G|^2', () => {
    const exact = (1_000 * noise) / signal;
    expect(Math.abs(read(Array(50).fill(expectedPair)).noiseScaleMilli / exact - 1)).toBeLessThan(1e-4);
    expect(read(Array(50).fill(expectedPair)).standardErrorMilli).toBe(0);
  });
  test('with drawn examples it is that within its standard error, where the mean of ratios is not', () => {
    const exact = (1_000 * noise) / signal;
    const runs = Array.from({ length: 60 }, (_, seed) => {
      const normal = normals(seed);
      const pairs = Array.from({ length: 300 }, () => drawnPair(normal));
      const { noiseScaleMilli, standardErrorMilli } = read(pairs);
      const ratios = pairs.map((pair) => {
        const one = noiseScale(Array(10).fill(pair), 10);
        return one.kind === 'reading' ? one.noiseScaleMilli : 0;
      });
      const meanOfRatios = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
      const isWithin = (value: number) => Math.abs(value - exact) <= 2 * standardErrorMilli;
      return { ratioOfMeans: isWithin(noiseScaleMilli), meanOfRatios: isWithin(meanOfRatios) };
    });
    expect(runs.filter(({ ratioOfMeans }) => ratioOfMeans).length).toBeGreaterThanOrEqual(51);
    expect(runs.filter(({ meanOfRatios }) => meanOfRatios).length).toBeLessThan(51);
  });
});

test('a scale on all gradients changes nothing', () => {
  const normal = normals(2);
  const pairs = Array.from({ length: 100 }, () => drawnPair(normal));
  const scaled = pairs.map((pair) => ({
    ...pair,
    smallSquared: pair.smallSquared * 1_024,
    bigSquared: pair.bigSquared * 1_024,
  }));
  expect(read(scaled)).toEqual(read(pairs));
});

test('too few pairs, no signal, no noise', () => {
  expect(noiseScale([], 0)).toEqual({ kind: 'too-short', of: 'gradient pairs', has: 0, needs: 10 });
  const lost = Array<GradientPair>(20).fill({ small: 1, big: 4, smallSquared: 4, bigSquared: 1 });
  expect(noiseScale(lost, 20)).toEqual({ kind: 'lost-in-noise' });
  const still = Array<GradientPair>(20).fill({ small: 1, big: 4, smallSquared: 1, bigSquared: 1 });
  expect(noiseScale(still, 20)).toMatchObject({ noiseScaleMilli: 0 });
});

test('is in range or says why not, whatever is reported', () => {
  const anything = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e60 }), fc.nat());
  const pair = fc.record({
    small: fc.nat(64),
    big: fc.nat(4_096),
    smallSquared: anything,
    bigSquared: anything,
  });
  fc.assert(
    fc.property(fc.array(fc.option(pair, { freq: 30 }), { maxLength: 40 }), fc.nat(40), (pairs, expected) => {
      for (const reading of [noiseScale(pairs, expected), noiseScale(pairs, pairs.length)]) {
        if (reading.kind !== 'reading') continue;
        for (const value of [reading.noiseScaleMilli, reading.standardErrorMilli]) {
          expect(Number.isSafeInteger(value) && value >= 0 && value <= 1e15).toBe(true);
        }
      }
    }),
  );
});

test('attack: leaving out pairs, adding some or an impossible one leaves nothing to read', () => {
  const pairs = Array<GradientPair | null>(20).fill(expectedPair);
  expect(noiseScale(pairs.slice(0, 15), 20)).toEqual({ kind: 'unusable', invalid: 5 });
  expect(noiseScale([...pairs, expectedPair], 20)).toEqual({ kind: 'unusable', invalid: 1 });
  for (const bad of [
    null,
    { ...expectedPair, smallSquared: Number.NaN },
    { ...expectedPair, bigSquared: -1 },
    { ...expectedPair, bigSquared: Infinity },
    { ...expectedPair, small: 64 },
    { ...expectedPair, small: 0 },
    { ...expectedPair, big: 4.5 },
  ]) {
    expect(noiseScale([...pairs.slice(1), bad], 20)).toEqual({ kind: 'unusable', invalid: 1 });
  }
});
