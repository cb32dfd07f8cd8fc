/** Recipes by sample efficiency and stability: numbers worked out by hand. */
import { describe, expect, test } from '@jest/globals';
import { recipes } from '../../../projections/questions/recipes.ts';
import { policyWith, type Run, run, Story } from '../../support/evidence-story.ts';

const sent = { hotkey: 'A', architecture: 'gpt', training: 'adam' };
const EARLY = { ending: { kind: 'learner-ended', detail: 'it crashed' } } as const;

/** The reference, the architecture and the recipe on one seed. */
const beside = (
  seed: number,
  architecture: Run['losses'] | number,
  recipe: Run['losses'] | number,
): readonly Run[] => [
  run('reference', seed, 5_000_000),
  run('architecture', seed, architecture),
  run('recipe', seed, recipe),
];

describe('sample efficiency', () => {
  test('is the gain in area over the recipe of the judge, seed by seed', () => {
    const story = new Story();
    story.judged(sent, [
      ...beside(0, 4_500_000, 4_400_000),
      ...beside(1, 4_600_000, 4_400_000),
      ...beside(2, 4_700_000, 4_400_000),
    ]);
    // As in the first test of learning speed: 100,000, 200,000 and 300,000.
    expect(recipes.rows(story.evidence)[0]).toMatchObject({
      hotkey: 'A',
      areaMicrobits: { n: 3, mean: 200_000, standardError: 57_735, lower: -48_434, upper: 448_434 },
      equalCostMicrobits: { n: 3, mean: 200_000 },
      costMilli: { n: 3, mean: 1_000 },
      // 100,000 from seed to seed under the judge's recipe, none under this one; uncertain by 100,000 / sqrt(2 x 2).
      seedSpreadMicrobits: { n: 3, mean: 100_000, standardError: 50_000 },
    });
  });

  test('at equal cost credits the judge with what the extra time is worth to the panel', () => {
    const story = new Story(
      policyWith({
        panel: [
          { model: 'bigram', cost: 1 },
          { model: 'bigram', cost: 2 },
        ],
      }),
    );
    story.judged(sent, [
      run('reference', 0, 5_000_000, { trainerCpuUs: 100 }),
      run('reference', 0, 4_800_000, { trainerCpuUs: 200, variant: 1 }),
      run('architecture', 0, 4_500_000, { trainerCpuUs: 100 }),
      run('recipe', 0, 4_200_000, { trainerCpuUs: 200 }),
    ]);
    expect(recipes.rows(story.evidence)[0]).toMatchObject({
      areaMicrobits: { mean: 300_000 },
      equalCostMicrobits: { mean: 100_000 },
      costMilli: { mean: 2_000 },
    });
  });
});

describe('stability', () => {
  test('counts what rose on the way, and a run that ended early as the worst', () => {
    const story = new Story();
    story.judged(sent, [
      // A rise of 400,000 over a fall of 8,000,000 - 4,000,000, with no sampling noise to excuse it: 100,000 ppm.
      ...beside(0, [3_600_000, 4_000_000], 4_000_000),
      ...beside(1, 4_000_000, 4_000_000),
      run('reference', 2, 5_000_000),
      run('architecture', 2, 8_000_000, EARLY),
      run('recipe', 2, 4_000_000),
    ]);
    expect(recipes.rows(story.evidence)[0]).toMatchObject({
      // 100,000, 0 and 1,000,000.
      stabilityPpm: { n: 3, mean: 366_667 },
      roughnessPpm: { n: 3, mean: 366_667 },
      // (1 - 0) / 3; with Agresti and Min's half pairs 1 / 5, less 1.96 sqrt((2 - 1 / 5) / 25) = 0.525923.
      endedPpm: { n: 3, mean: 333_333, lower: -325_923, upper: 725_923 },
      // Two checkpoints are too few for these.
      lossSpikesPpm: null,
      updateSpikesPpm: null,
    });
  });

  test('of every rung, while sample efficiency is of the base point', () => {
    const story = new Story(
      policyWith({
        ladders: [{ axis: 'batch', seeds: 1, rungs: [{ scaleMilli: 2_000, batch: 32 }] }],
      }),
    );
    story.judged(sent, [
      ...beside(0, 4_000_000, 3_900_000),
      run('reference', 0, 5_000_000, { point: 1 }),
      run('architecture', 0, 4_000_000, { point: 1 }),
      run('recipe', 0, 8_000_000, { point: 1, ...EARLY }),
    ]);
    expect(recipes.rows(story.evidence)[0]).toMatchObject({
      areaMicrobits: { n: 1, mean: 100_000 },
      stabilityPpm: { n: 2, mean: -500_000 },
      endedPpm: { n: 2, mean: -500_000 },
    });
  });
});

test('what went wrong in none of a few runs may go wrong in the next', () => {
  const story = new Story();
  story.judged(sent, [...beside(0, 4_000_000, 4_000_000), ...beside(1, 4_000_000, 4_000_000)]);
  // Of two pairs without a difference, sqrt(1 / 4 / 4) = 0.25; times the quantile for one degree.
  expect(recipes.rows(story.evidence)[0]?.stabilityPpm).toEqual({
    n: 2,
    mean: 0,
    standardError: 250_000,
    lower: -3_176_500,
    upper: 3_176_500,
  });
});

test('a submission without a recipe is no answer', () => {
  const story = new Story();
  story.judged(sent, [run('reference', 0, 5_000_000), run('architecture', 0, 4_000_000)]);
  expect(recipes.rows(story.evidence)).toEqual([]);
});
