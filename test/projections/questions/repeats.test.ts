/** Ideas that repeat: numbers worked out by hand. */
import { describe, expect, test } from '@jest/globals';
import type { Pair } from '../../../domain/evaluation/runs.ts';
import { sha256 } from '../../../domain/events/canonical.ts';
import { withTies } from '../../../projections/questions/question.ts';
import { repeats } from '../../../projections/questions/repeats.ts';
import { familyOf, type Run, run, Story } from '../../support/evidence-story.ts';

const REFERENCE = 5_000_000;
const seeds = (from: number, losses: readonly number[], pair: Pair): readonly Run[] =>
  losses.map((loss, at) => run(pair, from + at, loss));
const references = (from: number, count: number) => seeds(from, Array(count).fill(REFERENCE), 'reference');

/** The architecture on three seeds, 10,000 apart about a gain. */
const about = (gain: number): readonly Run[] => [
  ...references(0, 3),
  ...seeds(
    0,
    [gain - 10_000, gain, gain + 10_000].map((one) => REFERENCE - one),
    'architecture',
  ),
];

const ideaIn = (story: Story, idea: 'family' | 'recipe') =>
  repeats.rows(story.evidence).filter((row) => row.idea === idea);

describe('a family', () => {
  test('is pooled over the evaluations of all who sent it', () => {
    const story = new Story();
    for (const [hotkey, gain] of [
      ['A', 100_000],
      ['B', 200_000],
      ['A', 300_000],
    ] as const)
      story.judged({ hotkey, architecture: 'gpt' }, about(gain));
    expect(ideaIn(story, 'family')).toMatchObject([
      {
        subject: familyOf('gpt'),
        hotkeys: 2,
        evaluations: [
          { hotkey: 'A', round: 0, place: 'own', gainMicrobits: { n: 3, mean: 100_000, lower: 75_154 } },
          { hotkey: 'B', gainMicrobits: { mean: 200_000 } },
          { hotkey: 'A', gainMicrobits: { mean: 300_000 } },
        ],
        // Three of three; Wilson's lower end is 3 / (3 + 1.96^2).
        positivePpm: { n: 3, mean: 1_000_000, lower: 438_494, upper: 1_000_000 },
        // Evaluations spread by 100,000, however well their seeds agree.
        gainMicrobits: { n: 3, mean: 200_000, standardError: 57_735, lower: -48_434, upper: 448_434 },
        repeats: false,
      },
    ]);
  });

  test('that was evaluated once has not been repeated', () => {
    const story = new Story();
    story.judged({ hotkey: 'A', architecture: 'gpt' }, about(100_000));
    expect(ideaIn(story, 'family')).toMatchObject([
      { gainMicrobits: { n: 1, lower: null, upper: null }, repeats: false },
    ]);
  });

  test('is repeated where it is tried for the recipe of another', () => {
    const story = new Story();
    story.judged({ hotkey: 'A', architecture: 'gpt' }, about(100_000));
    story.judged({ hotkey: 'B', architecture: 'rnn', others: ['gpt'] }, [
      ...about(50_000),
      ...seeds(0, [4_900_000, 4_900_000, 4_900_000], 'other'),
    ]);
    const gpt = ideaIn(story, 'family').find(({ subject }) => subject === familyOf('gpt'));
    expect(gpt).toMatchObject({
      hotkeys: 2,
      evaluations: [{ place: 'own' }, { place: 'other', gainMicrobits: { mean: 100_000 } }],
      gainMicrobits: { n: 2, mean: 100_000, standardError: 1_000, lower: 87_294, upper: 112_706 },
      repeats: true,
    });
  });
});

describe('a recipe', () => {
  const sent = { hotkey: 'A', architecture: 'gpt', training: 'adam', others: ['rnn'] };
  const tried = [
    ...references(0, 2),
    ...seeds(0, [4_500_000, 4_500_000], 'architecture'),
    ...seeds(0, [4_400_000, 4_400_000], 'recipe'),
    ...seeds(0, [4_960_000, 4_960_000], 'recipe-on-reference'),
    ...seeds(0, [4_300_000, 4_300_000], 'other'),
    ...seeds(0, [4_350_000, 4_350_000], 'recipe-on-other'),
  ];

  test('is tried on its own architecture, on the reference and on those of others', () => {
    const story = new Story();
    story.judged(sent, tried);
    const [row] = ideaIn(story, 'recipe');
    expect(row).toMatchObject({ subject: sha256('adam'), hotkeys: 1, positivePpm: { n: 3, mean: 666_667 } });
    expect(row?.evaluations.map(({ place, gainMicrobits }) => [place, gainMicrobits.mean])).toEqual([
      ['own', 100_000],
      ['reference', 40_000],
      ['other', -50_000],
    ]);
    expect(row?.gainMicrobits.mean).toBe(30_000);
  });

  test('is not ranked against families, which gain over something else', () => {
    const story = new Story();
    story.judged(sent, tried);
    // Each family was evaluated once, so that its interval has no bounds and overlaps with everything.
    const rows = withTies(repeats, repeats.rows(story.evidence));
    expect(rows.map(({ rank, idea, ties }) => [rank, idea, ties])).toEqual([
      [1, 'family', { gainMicrobits: [familyOf('gpt')] }],
      [2, 'family', { gainMicrobits: [familyOf('rnn')] }],
      [3, 'recipe', { gainMicrobits: [] }],
    ]);
  });

  test('is tried again by confirmations, its own and those that it is the incumbent of', () => {
    const story = new Story();
    const { id } = story.judged(sent, tried);
    const fresh = [
      ...references(3, 2),
      ...seeds(3, [4_500_000, 4_500_000], 'architecture'),
      ...seeds(3, [4_410_000, 4_410_000], 'recipe'),
    ];
    story.confirmed(id, null, fresh);
    const rival = story.judged({ hotkey: 'B', architecture: 'gpt', training: 'sgd' }, tried.slice(0, 6));
    story.confirmed(rival.id, id, [...fresh, ...seeds(3, [4_420_000, 4_420_000], 'incumbent')]);
    const adam = ideaIn(story, 'recipe').find(({ subject }) => subject === sha256('adam'));
    expect(
      adam?.evaluations.map(({ hotkey, round, place, gainMicrobits: { mean } }) => [
        hotkey,
        round,
        place,
        mean,
      ]),
    ).toEqual([
      ['A', 0, 'own', 100_000],
      ['A', 0, 'reference', 40_000],
      ['A', 0, 'other', -50_000],
      ['A', 1, 'own', 90_000],
      ['B', 1, 'incumbent', 80_000],
    ]);
    expect(adam?.hotkeys).toBe(2);
    // The architecture ran again as well, each time on seeds of its own.
    const gpt = ideaIn(story, 'family').find(({ subject }) => subject === familyOf('gpt'));
    expect(gpt?.evaluations.map(({ round }) => round)).toEqual([0, 1, 0, 1]);
  });

  test('whose confirmation is under way, or was given up, stands on what it had', () => {
    const story = new Story();
    const { id } = story.judged(sent, tried);
    const before = repeats.rows(story.evidence);
    story.measure(id, [...references(3, 1), ...seeds(3, [4_000_000], 'recipe')]);
    expect(repeats.rows(story.evidence)).toEqual(before);
    story.say(`submission-${id}`, {
      type: 'EvaluationAbandoned',
      data: { stage: 'evaluation', attempts: 9, reason: 'given up' },
    });
    expect(repeats.rows(story.evidence)).toEqual(before);
  });
});
