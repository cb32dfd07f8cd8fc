import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { completedCurve } from '../../../../domain/evaluation/curve.ts';
import {
  type LastShare,
  lateMicrobits,
  latePoints,
  lateStandardErrorMicrobits,
} from '../../../../domain/evaluation/signals/late.ts';
import { WORST_LOSS_MICROBITS } from '../../../../domain/evaluation/signals/readings.ts';
import { curveOf, garbage, worsened } from './curves.ts';

const FIFTH: LastShare = [1, 5];
const TENTH: LastShare = [1, 10];
const shares = fc
  .tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }))
  .map(([a, b]): LastShare => [Math.min(a, b), Math.max(a, b)]);

test('of a straight line is its value in the middle of the last share', () => {
  const bytes = Array.from({ length: 1_000 }, (_, i) => 100 * (i + 1));
  const line = curveOf(bytes, (x) => 5 - 2 * x, 0.05);
  expect(Math.abs(lateMicrobits(line, FIFTH) / 3_200_000 - 1)).toBeLessThan(0.001);
  expect(Math.abs(lateMicrobits(line, TENTH) / 3_100_000 - 1)).toBeLessThan(0.001);
  // 101 points in the last tenth, both ends included.
  expect(latePoints(line, TENTH)).toHaveLength(101);
  expect(lateStandardErrorMicrobits(line, TENTH)).toBe(Math.round(50_000 / Math.sqrt(101)));
});

test('the last share is of the steps, its first step included', () => {
  const curve = curveOf([10_000, 79_900, 80_000, 90_000, 100_000], (x) => x);
  expect(latePoints(curve, FIFTH).map(({ step }) => step)).toEqual([800, 900, 1_000]);
  expect(latePoints(curve, TENTH).map(({ step }) => step)).toEqual([900, 1_000]);
  expect(latePoints(curve, [1, 1])).toHaveLength(5);
  expect(latePoints([], TENTH)).toEqual([]);
});

test('a share that is none is the policy’s error', () => {
  const curve = curveOf([1_000, 2_000], () => 1);
  for (const share of [
    [0, 5],
    [6, 5],
    [0.5, 1],
    [1, Number.NaN],
    [-1, -2],
  ] as LastShare[]) {
    expect(() => lateMicrobits(curve, share)).toThrow(/is no share of the steps/);
  }
});

test('is in range whatever the points', () => {
  fc.assert(
    fc.property(garbage, shares, (points, share) => {
      const late = lateMicrobits(points, share);
      expect(Number.isSafeInteger(late) && late >= 0 && late <= WORST_LOSS_MICROBITS).toBe(true);
      const error = lateStandardErrorMicrobits(points, share);
      expect(error === null || (Number.isSafeInteger(error) && error >= 0)).toBe(true);
    }),
  );
  expect(lateMicrobits([], FIFTH)).toBe(WORST_LOSS_MICROBITS);
});

test('attack: being worse anywhere never lowers it', () => {
  fc.assert(
    fc.property(worsened, shares, ({ curve, worse }, share) => {
      expect(lateMicrobits(worse, share)).toBeGreaterThanOrEqual(lateMicrobits(curve, share));
    }),
  );
});

test('attack: ending a run at its best checkpoint does not keep that as its end', () => {
  const checkpoints = [100, 200, 400, 700, 850, 1_000].map((step) => ({ step, windows: 64 }));
  const plan = { batch: 1, sequenceLength: 99, checkpoints };
  const judged = curveOf([10_000, 20_000, 40_000, 70_000, 85_000, 100_000], (x) => (x < 0.8 ? 3 : 3.5), 0.01);
  const whole = completedCurve(
    plan,
    judged.map((point) => ({ ...point, standardErrorMicrobits: 10_000 })),
  );
  const ended = completedCurve(plan, whole.slice(0, 4));
  expect(lateMicrobits(whole, FIFTH)).toBe(3_500_000);
  expect(lateMicrobits(ended, FIFTH)).toBe(8_000_000);
});
