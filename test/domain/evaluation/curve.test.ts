import { expect, test } from '@jest/globals';
import { bytesRevealedAt, completedCurve, judgedPoint } from '../../../domain/evaluation/curve.ts';
import { curvePointSchema } from '../../../domain/evaluation/measurement.ts';

const plan = {
  batch: 4,
  sequenceLength: 16,
  checkpoints: [
    { step: 3, windows: 8 },
    { step: 10, windows: 8 },
  ],
};

test('a step reveals its windows, each with its last target', () => {
  expect(bytesRevealedAt(plan, 10)).toBe(10 * 4 * 17);
});

test('a point is the mean of its losses', () => {
  expect(judgedPoint(plan, 3, [1, 2])).toEqual({
    step: 3,
    bytesRevealed: 204,
    lossMicrobits: 2,
    standardErrorMicrobits: 1,
    windows: 2,
  });
  const capped = judgedPoint(plan, 3, new Array<number>(1_000).fill(64_000_000));
  expect(curvePointSchema.safeParse(capped).success).toBe(true);
});

test('what the learner did not reach costs 8 bits, at the bytes of the plan', () => {
  const judged = judgedPoint(plan, 3, [5_000_000]);
  const missing = {
    step: 10,
    bytesRevealed: 680,
    lossMicrobits: 8_000_000,
    standardErrorMicrobits: 0,
    windows: 0,
  };
  expect(completedCurve(plan, [judged])).toEqual([judged, missing]);
  expect(completedCurve(plan, []).map((point) => point.lossMicrobits)).toEqual([8_000_000, 8_000_000]);
});
