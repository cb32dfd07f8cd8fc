import { describe, expect, test } from '@jest/globals';
import { planAt, planSchema, pointsOf } from '../../../domain/evaluation/plan.ts';
import {
  confirmationRuns,
  firstTrained,
  isFirstStage,
  PAIRS,
  runName,
  runsOf,
} from '../../../domain/evaluation/runs.ts';
import { pointSeed } from '../../../domain/evaluation/streams.ts';
import { policySchema } from '../../../domain/policy/policy.ts';
import { PROFILES } from '../../../domain/policy/profiles.ts';
import { shortGrid } from '../../doubles/short-grid.ts';
import { shortPlan } from '../../doubles/short-plan.ts';

const names = (plan = shortPlan, recipe = true, others = 0) => runsOf({ plan, recipe, others }).map(runName);

describe('the runs of a plan', () => {
  test('are every pair on every seed, the first seed first', () => {
    expect(names()).toEqual([
      'reference seed 0',
      'architecture seed 0',
      'recipe seed 0',
      'reference seed 1',
      'architecture seed 1',
      'recipe seed 1',
    ]);
  });

  test('of a submission without a recipe have none', () => {
    expect(names(shortPlan, false)).toEqual([
      'reference seed 0',
      'architecture seed 0',
      'reference seed 1',
      'architecture seed 1',
    ]);
  });

  test('of a grid have references at every cost at the base point, at cost 1 on rungs, and recipes elsewhere', () => {
    const all = names(shortGrid, true, 2);
    expect(all.slice(0, 11)).toEqual([
      'reference seed 0',
      'reference 1 seed 0',
      'reference 2 seed 0',
      'reference 3 seed 0',
      'architecture seed 0',
      'recipe seed 0',
      'recipe-on-reference seed 0',
      'other seed 0',
      'recipe-on-other seed 0',
      'other 1 seed 0',
      'recipe-on-other 1 seed 0',
    ]);
    expect(all.filter((name) => name.includes('at point 2'))).toEqual([
      'reference at point 2 seed 0',
      'reference 2 at point 2 seed 0',
      'reference 3 at point 2 seed 0',
      'architecture at point 2 seed 0',
      'recipe at point 2 seed 0',
    ]);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(2 * 11 + 4 * 5);
  });

  test('start with a first stage that has every pair of the base point', () => {
    const first = runsOf({ plan: shortGrid, recipe: true, others: 2 }).filter(isFirstStage);
    const ofConfirmations = ['incumbent', 'near'];
    expect(new Set(first.map(({ pair }) => pair))).toEqual(
      new Set(PAIRS.filter((pair) => !ofConfirmations.includes(pair))),
    );
  });
});

describe('the runs of a confirmation', () => {
  const confirmed = { claim: 'training', runs: 3, firstSeed: 4, incumbent: true, near: false } as const;

  test('are the whole grid again on seeds of their own, the incumbent wherever the recipe is', () => {
    const runs = confirmationRuns(shortGrid, confirmed);
    const placesOf = (pair: string) =>
      runs.filter((run) => run.pair === pair).map(({ point, seed }) => [point, seed]);
    expect(new Set(runs.map(({ seed }) => seed))).toEqual(new Set([4, 5, 6]));
    expect(placesOf('recipe').length).toBeGreaterThan(3);
    expect(placesOf('incumbent')).toEqual(placesOf('recipe'));
    expect(runs.some(({ pair }) => pair.includes('-on-') || pair === 'other')).toBe(false);
    expect(new Set(runs.map(runName)).size).toBe(runs.length);
  });

  test('of an architecture have no recipe, and one run of what it looks like', () => {
    const runs = confirmationRuns(shortGrid, {
      ...confirmed,
      claim: 'architecture',
      incumbent: false,
      near: true,
    });
    expect(runs.filter(({ pair }) => pair === 'recipe')).toEqual([]);
    expect(runs.filter(({ pair }) => pair === 'near')).toEqual([
      { pair: 'near', variant: 0, point: 0, seed: 4 },
    ]);
  });
});

describe('points', () => {
  test('are the base point, then each rung with its changes and nothing else', () => {
    const points = pointsOf(shortGrid);
    expect(points).toHaveLength(5);
    expect(points[0]).toMatchObject({ steps: 12, batch: 4, sequenceLength: 16 });
    expect(points[1]).toEqual({ ...points[0], context: { ...points[0]?.context, maxParameters: 150_000 } });
    expect(points[3]).toEqual({ ...points[0], sequenceLength: 32, batch: 2 });
    expect(planAt(shortGrid, 4).steps).toBe(6);
    expect(() => planAt(shortGrid, 5)).toThrow(RangeError);
  });

  test('have streams of their own, but for the base point, which has the seed itself', () => {
    const seed = '01'.repeat(32);
    const seeds = [0, 1, 2].map((point) => pointSeed(seed, point));
    expect(seeds[0]).toBe(seed);
    expect(new Set(seeds).size).toBe(3);
  });
});

test("the panel's first trained model is the first that is no table, at cost 1", () => {
  expect(
    firstTrained({
      panel: [
        { model: 'ngram', cost: 1 },
        { model: 'bigram', cost: 2 },
        { model: 'bigram', cost: 1 },
      ],
    }),
  ).toBe(2);
});

describe('a plan is refused', () => {
  const refused = (changes: object) =>
    planSchema
      .safeParse({ ...shortGrid, ...changes })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  test.each<[string, object, RegExp]>([
    [
      'without a trained model at cost 1',
      { panel: [{ model: 'ngram', cost: 1 }] },
      /^panel: needs a trained model/,
    ],
    [
      'with a table at a cost',
      { panel: [...shortGrid.panel, { model: 'ngram', cost: 2 }] },
      /^panel: a table has no cost/,
    ],
    [
      'with a member twice',
      { panel: [...shortGrid.panel, { model: 'bigram', cost: 2 }] },
      /^panel: a member is there twice/,
    ],
    [
      'with two ladders on one axis',
      { ladders: [shortGrid.ladders[0], shortGrid.ladders[0]] },
      /^ladders: an axis has one/,
    ],
    [
      'with a rung whose checkpoints end before its steps',
      { ladders: [{ axis: 'batch', seeds: 1, rungs: [{ scaleMilli: 2_000, steps: 13 }] }] },
      /^ladders\.0\.rungs\.0\.checkpoints: the last checkpoint must be at step 13/,
    ],
  ])('%s', (_name, changes, message) => {
    expect(refused(changes)).toContainEqual(expect.stringMatching(message));
  });
});

describe('the profiles', () => {
  test('are policies that a ledger can be opened with', () => {
    for (const [profile, policy] of Object.entries(PROFILES)) {
      expect(policySchema.parse(policy)).toEqual(policy);
      expect(policy.plan.profile).toBe(profile);
    }
  });

  const { plan } = PROFILES.official;
  test.each<[string, object, string]>([
    ['fewer seeds', { seeds: 2 }, 'at least 3 seeds'],
    ['a committed secret', { randomness: { kind: 'committed' } }, 'randomness that is public'],
    ['one predictor per run', { freshPredictors: false }, 'a fresh predictor'],
    ['nothing repeated', { checks: { ...plan.checks, steps: 0 } }, 'repeated steps'],
    ['more unlearned state', { checks: { ...plan.checks, unlearnedPpm: 10_001 } }, 'at most 1 %'],
    ['a ladder less', { ladders: plan.ladders.slice(1) }, 'a ladder on each of'],
    ['no dearer reference', { panel: plan.panel.filter(({ cost }) => cost < 4) }, '2 and 4 times'],
    ['no mixer', { panel: plan.panel.filter(({ model }) => model !== 'mixer') }, 'both tables'],
    [
      'more parameters than its text allows',
      { context: { ...plan.context, maxParameters: 5_000_000 } },
      '64 revealed bytes per parameter',
    ],
  ])('official with %s is refused, since it pays', (_name, changes, wanted) => {
    const parsed = planSchema.safeParse({ ...plan, ...changes });
    expect(parsed.error?.issues.map(({ message }) => message).join('\n')).toContain(wanted);
  });
});
