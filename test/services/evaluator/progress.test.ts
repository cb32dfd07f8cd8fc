import { beforeEach, describe, expect, test } from '@jest/globals';
import { type RunProgress, runProgressSchema } from '../../../domain/evaluation/progress.ts';
import { throttledProgress } from '../../../services/evaluator/progress.ts';

const SUBMISSION = '070105ab-0000-5000-8000-000000000000';
const START = Date.UTC(2026, 0, 1);
const STEPS = 100;

let now: number;
let told: RunProgress[];
const bus = { tell: (progress: RunProgress) => void told.push(runProgressSchema.parse(progress)) };
const watch = (done = 0) => throttledProgress(bus, { now: () => now }, SUBMISSION, { done, planned: 9 });
const point = (step: number, lossMicrobits: number) => ({
  step,
  bytesRevealed: 0,
  lossMicrobits,
  standardErrorMicrobits: 0,
  windows: 1,
});
const at = (step: number, points: ReturnType<typeof point>[] = []) => ({ step, steps: STEPS, points });

beforeEach(() => {
  now = START;
  told = [];
});

describe('progress of a run', () => {
  test('says what, where, how far, and when', () => {
    const run = watch(3)('recipe seed 2');
    now += 12_345;
    run.onProgress(at(50, [point(25, 7_000_000), point(50, 6_000_000)]));
    expect(told).toEqual([
      {
        submission: SUBMISSION,
        run: 'recipe seed 2',
        step: 50,
        steps: STEPS,
        lossMicrobits: 6_000_000,
        ended: false,
        runsDone: 3,
        runsPlanned: 9,
        at: '2026-01-01T00:00:12.345Z',
      },
    ]);
  });

  test('is told at most once a second, and what is left out is gone', () => {
    const run = watch()('a');
    for (let step = 1; step < 50; step += 1) {
      run.onProgress(at(step));
      now += 300;
    }
    expect(told.map(({ step }) => step)).toEqual([1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49]);
  });

  test('of one run does not hold back that of another', () => {
    const runs = watch();
    const [one, two] = [runs('one'), runs('two')];
    for (let step = 1; step <= 3; step += 1) {
      one.onProgress(at(step));
      two.onProgress(at(step));
    }
    expect(told.map(({ run, step }) => `${run} ${step}`)).toEqual(['one 1', 'two 1']);
  });

  test('ends with the last judged point and with the record of the run, however soon they come', () => {
    const run = watch()('a');
    run.onProgress(at(STEPS, [point(50, 5)]));
    run.onProgress(at(STEPS, [point(50, 5), point(STEPS, 4)]));
    run.onProgress(at(STEPS, [point(50, 5), point(STEPS, 4)]));
    run.ended();
    expect(told.map(({ lossMicrobits, ended, runsDone }) => [lossMicrobits, ended, runsDone])).toEqual([
      [5, false, 0],
      [4, false, 0],
      [4, true, 1],
    ]);
  });

  test('of a run that ended before its first step says so too, and counts it for all runs', () => {
    const runs = watch(7);
    const broken = runs('broken');
    const other = runs('other');
    broken.ended();
    other.onProgress(at(1));
    expect(told).toMatchObject([
      { run: 'broken', step: 0, steps: 0, lossMicrobits: null, ended: true, runsDone: 8 },
      { run: 'other', runsDone: 8, runsPlanned: 9 },
    ]);
  });

  test('goes on after the clock was set back', () => {
    const run = watch()('a');
    run.onProgress(at(1));
    now -= 3_600_000;
    run.onProgress(at(2));
    run.onProgress(at(3));
    expect(told.map(({ step }) => step)).toEqual([1, 2]);
  });
});
