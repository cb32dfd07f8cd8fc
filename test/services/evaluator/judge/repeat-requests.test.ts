/** Which prefixes are asked again, in which company and in which order, and when two answers to one prefix are the same. */
import { describe, expect, test } from '@jest/globals';
import { farthestPrediction, PREDICTION_TOLERANCE } from '../../../../services/evaluator/judge/agreement.ts';
import { measure } from '../../../../services/evaluator/judge/measure.ts';
import { rowsAgain } from '../../../../services/evaluator/judge/repeat-requests.ts';
import { shortPlan } from '../../../doubles/short-plan.ts';
import { judgeParts, runOf, scriptedProject } from './parts.ts';

const seed = '42'.repeat(32);

describe('rows that are asked again', () => {
  test('are some alone, then half of the others, each once and in an order of its own', () => {
    const groups = rowsAgain(seed, { checkpoint: 1, request: 2, count: 32 }, 3);
    expect(groups.map((rows) => rows.length)).toEqual([1, 1, 1, 15]);
    const rows = groups.flat();
    expect(new Set(rows).size).toBe(18);
    expect(rows.every((row) => row >= 0 && row < 32)).toBe(true);
    expect(groups[3]).not.toEqual(groups[3]?.toSorted((a, b) => a - b));
  });

  test('follow from the seed and the place', () => {
    const place = { checkpoint: 1, request: 2, count: 32 };
    const rows = rowsAgain(seed, place, 3);
    expect(rowsAgain(seed, place, 3)).toEqual(rows);
    for (const [otherSeed, other] of [
      ['43'.repeat(32), place],
      [seed, { ...place, checkpoint: 2 }],
      [seed, { ...place, request: 3 }],
    ] as const) {
      expect(rowsAgain(otherSeed, other, 3)).not.toEqual(rows);
    }
  });

  test.each([
    [1, 3, [1]],
    [2, 1, [1, 1]],
    [4, 8, [1, 1, 1, 1]],
    [5, 0, [3]],
  ])('of %i rows, %i of them alone, are %j', (count, alone, expected) => {
    const groups = rowsAgain(seed, { checkpoint: 0, request: 0, count }, alone);
    expect(groups.map((rows) => rows.length)).toEqual(expected);
  });
});

test('the last request comes first, under the model that it was asked of, and no row comes in its old company', async () => {
  const parts = judgeParts();
  const checks = { steps: 0, predictions: 1 };
  const run = await measure(runOf(scriptedProject({ sharpness: 1 }), { checks }), parts);
  expect(run.ending.kind).toBe('completed');
  const [, predictor, replayer] = parts.sandbox.containers;
  const requests = replayer?.requests ?? [];
  const first = predictor?.requests.filter(({ header }) => header.op === 'predict') ?? [];
  const again = requests.filter(({ header }) => header.op === 'predict');

  expect(requests.filter(({ header }) => header.op === 'load')).toHaveLength(shortPlan.checkpoints.length);
  expect(again.map(({ header }) => header.count)).toEqual(first.flatMap(() => [1, 2]));
  for (const [place, asked] of first.toReversed().entries()) {
    const length = Number(asked.header.length);
    const rowsOf = (body: Buffer) =>
      Array.from({ length: body.length / length }, (_, row) =>
        body.subarray(row * length, (row + 1) * length).toString('hex'),
      );
    const repeated = again.slice(2 * place, 2 * place + 2).flatMap(({ body }) => rowsOf(body));
    expect(new Set(repeated).size).toBe(3);
    for (const row of repeated) expect(rowsOf(asked.body)).toContain(row);
  }
});

describe('two predictions', () => {
  const prediction = (change: (byte: number) => number) =>
    Float32Array.from({ length: 256 }, (_, byte) => change(byte));
  const first = prediction((byte) => (byte % 16) / 4);

  test('are as far apart as the log-probability that differs most', () => {
    const likelier = prediction((byte) => (byte % 16) / 4 + (byte === 15 ? 0.1 : 0));
    const share = Math.exp(15 / 4) / first.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const expected = 0.1 - Math.log(1 + share * (Math.exp(0.1) - 1));
    expect(farthestPrediction(likelier, first)).toBeCloseTo(expected, 4);
    expect(farthestPrediction(first, first)).toBe(0);
  });

  test('are the same where all logits are moved by as much, or what is next to impossible becomes more so', () => {
    const [moved, impossible] = [
      prediction((byte) => (byte % 16) / 4 + 3),
      (depth: number) => prediction((byte) => (byte === 7 ? -depth : (byte % 16) / 4)),
    ];
    expect(farthestPrediction(moved, first)).toBeLessThan(1e-6);
    expect(farthestPrediction(impossible(60), impossible(3e38))).toBeLessThan(1e-6);
    expect(farthestPrediction(impossible(60), impossible(8))).toBeGreaterThan(PREDICTION_TOLERANCE.cuda);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('are never the same where a logit is %p', (value) => {
    const broken = prediction((byte) => (byte === 0 ? value : 0));
    expect(farthestPrediction(broken, first) <= PREDICTION_TOLERANCE.cuda).toBe(false);
  });
});
