import { describe, expect, test } from '@jest/globals';
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import type { Pair } from '../../../domain/evaluation/runs.ts';
import { scoreOf as scoreBy, scorePpm } from '../../../domain/scoring/score.ts';
import { smallPolicy } from '../../support/history.ts';
import { baseRun, completed } from '../../support/measurement.ts';

const BASIS = '00000000-0000-0000-0000-000000000001';
const rules = smallPolicy.scoring;

/** A run whose judged loss is `loss` at every checkpoint. */
function run(pair: Pair, seed: number, loss: number): Measurement {
  return completed(baseRun(pair, seed), smallPolicy.plan, () => loss);
}

function scoreOf(measured: readonly Measurement[], ownArchitecture = true) {
  return scoreBy(measured, { plan: smallPolicy.plan, rules, firstTrained: 0, ownArchitecture, basis: BASIS });
}

/** One run of a pair per seed, with these losses. */
const runs = (pair: Pair, ...losses: readonly number[]) => losses.map((loss, seed) => run(pair, seed, loss));

describe('a score', () => {
  test('is the gain of each pair over the one below it, seed by seed', () => {
    const measured = [
      ...runs('reference', 5_000_000, 6_000_000),
      ...runs('architecture', 4_000_000, 5_200_000),
      ...runs('recipe', 3_500_000, 4_900_000),
    ];
    expect(scoreOf(measured)).toMatchObject({
      basis: BASIS,
      architecture: {
        n: 2,
        meanMicrobits: 900_000,
        standardErrorMicrobits: 100_000,
        lowerMicrobits: 800_000,
      },
      training: { n: 2, meanMicrobits: 400_000, standardErrorMicrobits: 100_000, lowerMicrobits: 300_000 },
      total: { n: 2, meanMicrobits: 1_300_000, standardErrorMicrobits: 200_000, lowerMicrobits: 1_100_000 },
      scorePpm: 137_500,
    });
  });

  test('tells the structure of what the architecture declares on the first seed, over all points', () => {
    const declared = (width: number, changes: Partial<Measurement> = {}): Measurement => ({
      ...run('architecture', 0, 4_000_000),
      tensors: [{ dtype: 'float32', shape: [256, width] }],
      ...changes,
    });
    const structureOf = (...architecture: Measurement[]) =>
      scoreOf([...runs('reference', 5_000_000, 5_000_000), ...architecture]).structure;
    const base = structureOf(declared(16), declared(32, { point: 1 }));
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    expect(structureOf(declared(24), declared(48, { point: 1 }))).toBe(base);
    expect(structureOf(declared(16))).not.toBe(base);
    // Neither another seed nor another pair is looked at.
    expect(structureOf(declared(16), declared(99, { seed: 1 }))).toBe(structureOf(declared(16)));
    expect(structureOf(declared(16), declared(99, { pair: 'recipe' }))).toBe(structureOf(declared(16)));
    expect(structureOf(declared(16, { tensors: [] }))).toBeNull();
  });

  test('does not depend on the order in which runs ended', () => {
    const measured = [
      ...runs('reference', 5_000_000, 6_000_000, 5_500_000),
      ...runs('architecture', 4_000_000, 5_200_000, 5_100_000),
    ];
    expect(scoreOf(measured.toReversed())).toEqual(scoreOf(measured));
  });

  test('is not taken away by a recipe that hurts', () => {
    const measured = [
      ...runs('reference', 5_000_000),
      ...runs('architecture', 4_000_000),
      ...runs('recipe', 7_000_000),
    ];
    const score = scoreOf(measured);
    expect(score.total).toEqual(score.architecture);
    expect(score.training).toMatchObject({ meanMicrobits: -3_000_000 });
  });

  test('has no gain of a recipe that only mends an architecture worse than the reference', () => {
    const measured = [
      ...runs('reference', 5_000_000, 5_000_000),
      ...runs('architecture', 6_000_000, 4_900_000),
      ...runs('recipe', 5_000_000, 4_900_000),
    ];
    expect(scoreOf(measured).training).toMatchObject({ meanMicrobits: 0 });
  });

  test('of a recipe for another’s architecture has no architecture, and counts the whole pair', () => {
    const measured = [
      ...runs('reference', 5_000_000),
      ...runs('architecture', 4_000_000),
      ...runs('recipe', 3_000_000),
    ];
    expect(scoreOf(measured, false)).toMatchObject({
      architecture: null,
      training: { meanMicrobits: 1_000_000 },
      total: { meanMicrobits: 2_000_000 },
    });
  });

  test('without a recipe has no training', () => {
    const measured = [...runs('reference', 5_000_000), ...runs('architecture', 4_000_000)];
    expect(scoreOf(measured).training).toBeNull();
  });

  test('counts an inference hook that failed before its first checkpoint as 8 bits, not as absent', () => {
    const failed = {
      ending: { kind: 'learner-ended' as const, detail: 'raised' },
      points: [],
      latency: { medianUs: 1, p95Us: 1 },
    };
    const measured = [...runs('reference', 5_000_000), ...runs('architecture', 4_000_000)].map((one) =>
      one.pair === 'architecture' ? { ...one, hook: failed } : one,
    );
    expect(scoreOf(measured).hook).toMatchObject({ gain: { n: 1, meanMicrobits: -4_000_000 } });
  });

  test('needs the reference and the architecture on a common seed', () => {
    expect(() => scoreOf([run('reference', 0, 1), run('architecture', 1, 1)])).toThrow(RangeError);
    expect(() => scoreOf([])).toThrow(RangeError);
  });

  test('in parts per million of 8 bits is from 0 to all of them', () => {
    const gain = (lowerMicrobits: number) => ({
      n: 1,
      meanMicrobits: 0,
      standardErrorMicrobits: 0,
      lowerMicrobits,
    });
    expect(scorePpm(gain(-1))).toBe(0);
    expect(scorePpm(gain(7))).toBe(0);
    expect(scorePpm(gain(8))).toBe(1);
    expect(scorePpm(gain(8_000_000))).toBe(1_000_000);
    // A reference may be worse than ignorance.
    expect(scorePpm(gain(9_000_000))).toBe(1_000_000);
    for (const bad of [Number.NaN, Infinity, 0.5, 2 ** 53])
      expect(() => scorePpm(gain(bad))).toThrow(/cannot be a score/);
  });
});
