import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { smoothness } from '../../../../domain/evaluation/signals/smoothness.ts';
import { curveOf, curves, garbage, type JudgedPoint, normals } from './curves.ts';

function read(curve: readonly JudgedPoint[]) {
  const reading = smoothness(curve);
  if (reading.kind === 'too-short') throw new Error('too short');
  return reading;
}
const bytes = [1_000, 2_000, 3_000, 4_000, 5_000];
const at = (losses: readonly number[], errorBits = 0) =>
  curveOf(bytes, (x) => losses[Math.round(x * 5) - 1] ?? 0, errorBits);

test('known values: rises over the fall from 8 bits', () => {
  // Rises of 0.3 and 0.1 over a fall of 8 - 3 bits.
  expect(read(at([5, 4, 4.3, 2.9, 3]))).toEqual({
    kind: 'reading',
    roughnessPpm: 80_000,
    standardErrorPpm: 0,
    unexcusedPpm: 80_000,
  });
  expect(read(at([5, 4, 3.5, 3.2, 3])).roughnessPpm).toBe(0);
});

describe('with known noise', () => {
  const long = Array.from({ length: 20 }, (_, i) => 1_000 * (i + 1));
  const readings = (bits: (share: number) => number) =>
    Array.from({ length: 300 }, (_, seed) => {
      const normal = normals(seed);
      return read(curveOf(long, (x) => bits(x) + 0.05 * normal(), 0.05));
    });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('a flat curve rises by what the normal distribution says, and nearly all of it is excused', () => {
    // 19 moves with a deviation of s = 0.05 sqrt(2), whose rising part is s / sqrt(2 pi) on average, over a fall of 5 bits.
    const exact = (1e6 * 19 * 0.05) / Math.sqrt(Math.PI) / 5;
    const flat = readings(() => 3);
    expect(Math.abs(mean(flat.map((reading) => reading.unexcusedPpm)) / exact - 1)).toBeLessThan(0.03);
    expect(mean(flat.map((reading) => reading.roughnessPpm))).toBeLessThan(exact / 5);
    const significant = flat.filter(
      ({ roughnessPpm, standardErrorPpm }) => roughnessPpm > 2 * standardErrorPpm,
    );
    expect(significant.length).toBeLessThanOrEqual(15);
  });
  test('a rise of one bit is found', () => {
    const stepped = readings((x) => (x > 0.5 ? 3 : 2));
    const found = (mean(stepped.map((reading) => reading.roughnessPpm)) * 5) / 1e6;
    expect(found).toBeGreaterThan(0.9);
    expect(found).toBeLessThan(1.05);
    expect(stepped.every(({ roughnessPpm, standardErrorPpm }) => roughnessPpm > 2 * standardErrorPpm)).toBe(
      true,
    );
  });
});

test('a plan of one checkpoint is too short; a curve that learned nothing is the worst', () => {
  expect(smoothness([])).toEqual({ kind: 'too-short', of: 'checkpoints', has: 0, needs: 2 });
  expect(read(at([8, 8, 8, 8, 8])).roughnessPpm).toBe(1_000_000);
  expect(read(at([5, 4, 3, 4, 9])).roughnessPpm).toBe(1_000_000);
  expect(read(at([5, 4, 3, 2, 1]).toReversed()).roughnessPpm).toBe(1_000_000);
});

test('is in range whatever the points', () => {
  fc.assert(
    fc.property(garbage, (points) => {
      const reading = smoothness(points);
      if (reading.kind === 'too-short') return;
      for (const ppm of [reading.roughnessPpm, reading.standardErrorPpm, reading.unexcusedPpm]) {
        expect(Number.isSafeInteger(ppm) && ppm >= 0 && ppm <= 1_000_000).toBe(true);
      }
      expect(reading.roughnessPpm).toBeLessThanOrEqual(reading.unexcusedPpm);
    }),
  );
});

test('attack: a poor start does not make later rises look small', () => {
  expect(read(at([7.9, 4, 4.3, 2.9, 3])).roughnessPpm).toBe(read(at([4.5, 4, 4.3, 2.9, 3])).roughnessPpm);
  fc.assert(
    fc.property(curves, fc.nat(8_000_000), (curve, by) => {
      const [first, second] = curve;
      if (first === undefined || second === undefined || first.lossMicrobits < second.lossMicrobits) return;
      const poor = [
        { ...first, lossMicrobits: Math.min(64_000_000, first.lossMicrobits + by) },
        ...curve.slice(1),
      ];
      expect(smoothness(poor)).toEqual(smoothness(curve));
    }),
  );
});

test('attack: predictions that scatter wildly excuse no more than an honest model’s', () => {
  const bump = (errorBits: number) => read(at([5, 4, 4.5, 2.9, 2.8], errorBits)).roughnessPpm;
  // 3 bits of scatter over 1,024 windows is an error of 0.094.
  expect(bump(3 / 32)).toBeLessThan(bump(2 / 32));
  expect(bump(8)).toBe(bump(3 / 32));
  expect(bump(8)).toBeGreaterThan(70_000);
});
