import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lossSpikes, updateSpikes } from '../../../../domain/evaluation/signals/spikes.ts';
import { curveOf, garbage, logSpaced, normals } from './curves.ts';

const spikesOf = (reading: ReturnType<typeof lossSpikes>) => {
  if (reading.kind === 'too-short') throw new Error('too short');
  return reading.count;
};
const bytes = logSpaced(24, 100);
const clean = (errorBits = 0) => curveOf(bytes, (x) => 2 + x ** -0.3, errorBits);
const raise = (curve: ReturnType<typeof clean>, raised: Readonly<Record<number, number>>) =>
  curve.map((point, i) => ({
    ...point,
    lossMicrobits: point.lossMicrobits + Math.round(1e6 * (raised[i] ?? 0)),
  }));

describe('of the loss', () => {
  test('known: of 20 judged points of a smooth curve, those that were raised', () => {
    expect(lossSpikes(clean())).toMatchObject({ count: 0, of: 20, sharePpm: 0 });
    expect(lossSpikes(raise(clean(), { 10: 1 }))).toMatchObject({ count: 1, of: 20, sharePpm: 50_000 });
    // (1 + 2) / (20 + 4): sqrt(0.125 x 0.875 / 24).
    expect(lossSpikes(raise(clean(), { 10: 1 }))).toMatchObject({ standardErrorPpm: 67_508 });
    expect(spikesOf(lossSpikes(raise(clean(), { 10: 1, 16: 1.5, 20: 2 })))).toBe(3);
  });
  test('neither a curve that flattens suddenly nor its sampling noise is a spike', () => {
    const flattens = curveOf(bytes, (x) => Math.max(3, 2 + x ** -0.3));
    expect(spikesOf(lossSpikes(flattens))).toBe(0);
    for (let seed = 1; seed <= 20; seed += 1) {
      const normal = normals(seed);
      const noisy = clean(0.05).map((point) => ({
        ...point,
        lossMicrobits: Math.round(point.lossMicrobits + 5e4 * normal()),
      }));
      expect(spikesOf(lossSpikes(noisy))).toBe(0);
    }
  });
  test('attack: a spike does not hide behind earlier ones', () => {
    const masked = raise(clean(), { 6: 3, 10: 3, 14: 3, 20: 1 });
    expect(spikesOf(lossSpikes(masked))).toBe(4);
  });
  test('attack: a curve that is wild throughout does not widen what is excused without end', () => {
    const wild = raise(clean(8), Object.fromEntries(bytes.map((_, i) => [i, i % 2 === 0 ? 0.4 : 0])));
    expect(spikesOf(lossSpikes(raise(wild, { 21: 1.5 })))).toBeGreaterThanOrEqual(1);
  });
  test('says where the plan is too short; points that are no curve are all spikes', () => {
    expect(lossSpikes(clean().slice(0, 4))).toEqual({
      kind: 'too-short',
      of: 'checkpoints',
      has: 4,
      needs: 5,
    });
    expect(lossSpikes(clean().toReversed())).toMatchObject({ count: 20, of: 20, sharePpm: 1_000_000 });
  });
  test('is a share whatever the points', () => {
    fc.assert(
      fc.property(garbage, (points) => {
        const reading = lossSpikes(points);
        if (reading.kind === 'too-short') return;
        expect(reading.count >= 0 && reading.count <= reading.of).toBe(true);
        expect(reading.sharePpm >= 0 && reading.sharePpm <= 1_000_000).toBe(true);
        expect(Number.isSafeInteger(reading.standardErrorPpm) && reading.standardErrorPpm > 0).toBe(true);
      }),
    );
  });
});

describe('of updates', () => {
  // Updates that shrink as a schedule decays, by 3 % each time.
  const decaying = Array.from({ length: 20 }, (_, i) => Math.round(4e6 * 0.97 ** i));
  const times = (factors: Readonly<Record<number, number>>) =>
    decaying.map((nano, i) => Math.round(nano * (factors[i] ?? 1)));

  test('known: factors well above the trend', () => {
    expect(updateSpikes(decaying)).toMatchObject({ count: 0, of: 16 });
    expect(updateSpikes(times({ 8: 10, 15: 20 }))).toMatchObject({ count: 2, of: 16, sharePpm: 125_000 });
    expect(updateSpikes(times({ 8: 1.2 }))).toMatchObject({ count: 0 });
    expect(updateSpikes(decaying.slice(0, 3))).toMatchObject({ kind: 'too-short', has: 3, needs: 5 });
  });
  test('what is not readable is a spike where it stands', () => {
    for (const bad of [null, Number.NaN, Infinity, -1, 0.5]) {
      expect(updateSpikes(decaying.map((nano, i) => (i === 9 ? bad : nano)))).toMatchObject({ count: 1 });
    }
  });
  test('attack: freezing now and then hides no jump', () => {
    expect(updateSpikes(times({ 5: 0, 7: 0, 10: 0, 15: 10 }))).toMatchObject({ count: 1 });
  });
  test('is a share whatever the series', () => {
    const anything = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (series) => {
        const reading = updateSpikes(series);
        if (reading.kind === 'too-short') return;
        expect(reading.of).toBe(series.length - 4);
        expect(reading.sharePpm >= 0 && reading.sharePpm <= 1_000_000).toBe(true);
      }),
    );
  });
});
