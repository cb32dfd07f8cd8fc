import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gainSchema } from '../../../domain/scoring/gain.ts';
import { figureOf, gainOf } from '../../../domain/scoring/gains.ts';

const point = (step: number, lossMicrobits: number) => ({ step, bytesRevealed: step * 100, lossMicrobits });

const curves = fc
  .uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 12 })
  .chain((steps) =>
    fc
      .array(fc.integer({ min: 0, max: 64_000_000 }), { minLength: steps.length, maxLength: steps.length })
      .map((losses) => steps.toSorted((a, b) => a - b).map((step, i) => point(step, losses[i] ?? 0))),
  );

describe('figure of a curve', () => {
  test('is the mean of the area and of the last fifth', () => {
    // Area: (6 + 4) / 2 over 50 steps, (4 + 3) / 2 over 40, (3 + 2) / 2 over 10; last fifth: steps 90 and 100.
    const curve = [point(0, 6_000), point(50, 4_000), point(90, 3_000), point(100, 2_000)];
    const area = (5_000 * 50 + 3_500 * 40 + 2_500 * 10) / 100;
    expect(figureOf(curve)).toBe((area + 2_500) / 2);
  });
  test('refuses a curve of one point or out of order', () => {
    expect(() => figureOf([point(10, 1)])).toThrow(RangeError);
    expect(() => figureOf([point(10, 1), point(10, 1)])).toThrow(RangeError);
  });
  test('is an integer between the lowest and the highest loss', () => {
    fc.assert(
      fc.property(curves, (curve) => {
        const losses = curve.map((p) => p.lossMicrobits);
        const figure = figureOf(curve);
        expect(Number.isSafeInteger(figure)).toBe(true);
        expect(figure).toBeGreaterThanOrEqual(Math.min(...losses));
        expect(figure).toBeLessThanOrEqual(Math.max(...losses));
      }),
    );
  });
  test('moves with a shift of all losses, and never falls where a loss rises', () => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 0, max: 1_000_000 }), fc.nat(), (curve, by, which) => {
        const figure = figureOf(curve);
        const shifted = curve.map((p) => ({ ...p, lossMicrobits: p.lossMicrobits + by }));
        expect(figureOf(shifted)).toBe(figure + by);
        const raised = curve.map((p, i) =>
          i === which % curve.length ? { ...p, lossMicrobits: p.lossMicrobits + by } : p,
        );
        expect(figureOf(raised)).toBeGreaterThanOrEqual(figure);
      }),
    );
  });
});

describe('gain of paired differences', () => {
  const differences = fc.array(fc.integer({ min: -64_000_000, max: 64_000_000 }), {
    minLength: 1,
    maxLength: 16,
  });
  const rules = fc.record({
    standardErrorFloorMicrobits: fc.integer({ min: 0, max: 8_000_000 }),
    confidenceMilliZ: fc.integer({ min: 0, max: 10_000 }),
  });

  test('known value', () => {
    expect(
      gainOf([100_000, 200_000, 300_000], { standardErrorFloorMicrobits: 10_000, confidenceMilliZ: 2_000 }),
    ).toEqual({
      n: 3,
      meanMicrobits: 200_000,
      standardErrorMicrobits: 57_735,
      lowerMicrobits: 84_530,
    });
  });
  test('seeds that agree by luck still have the floor as their error', () => {
    const gain = gainOf([50_000, 50_000], { standardErrorFloorMicrobits: 10_000, confidenceMilliZ: 3_000 });
    expect(gain.lowerMicrobits).toBe(20_000);
    expect(() => gainOf([], { standardErrorFloorMicrobits: 0, confidenceMilliZ: 0 })).toThrow(RangeError);
  });
  test('refuses what is not whole, and says so', () => {
    const rule = { standardErrorFloorMicrobits: 0, confidenceMilliZ: 2_000 };
    for (const bad of [Number.NaN, Infinity, 0.5, 2 ** 53]) {
      expect(() => gainOf([1, bad], rule)).toThrow(/differences in safe integers, not \[1, /);
      expect(() => gainOf([1], { ...rule, confidenceMilliZ: bad })).toThrow(
        /confidenceMilliZ is .*not a whole/,
      );
      expect(gainSchema.safeParse({ ...gainOf([1], rule), lowerMicrobits: bad }).success).toBe(false);
    }
  });
  test('is always recordable, its lower bound at most its mean, whatever the order of seeds', () => {
    fc.assert(
      fc.property(differences, rules, (values, rule) => {
        const gain = gainOf(values, rule);
        expect(gainSchema.safeParse(gain).success).toBe(true);
        expect(gain.lowerMicrobits).toBeLessThanOrEqual(gain.meanMicrobits);
        expect(gain.standardErrorMicrobits).toBeGreaterThanOrEqual(rule.standardErrorFloorMicrobits);
        expect(gainOf(values.toReversed(), rule)).toEqual(gain);
      }),
    );
  });
  test('seed variance never raises it', () => {
    fc.assert(
      fc.property(differences, rules, fc.integer({ min: 1, max: 1_000_000 }), (values, rule, spread) => {
        const calm = gainOf([...values, ...values], rule);
        const wild = gainOf([...values.map((v) => v + spread), ...values.map((v) => v - spread)], rule);
        expect(wild.meanMicrobits).toBe(calm.meanMicrobits);
        expect(wild.lowerMicrobits).toBeLessThanOrEqual(calm.lowerMicrobits);
      }),
    );
  });
});
