/** Families by learning speed: numbers worked out by hand. */
import { describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../domain/events/canonical.ts';
import { learningSpeed } from '../../../projections/questions/learning-speed.ts';
import { withTies } from '../../../projections/questions/question.ts';
import { familyOf, policyWith, type Run, run, Story } from '../../support/evidence-story.ts';

const REFERENCE = 5_000_000;

/** A run of the architecture on each seed with its gain over the reference beside it, at all bytes. */
const gains = (...each: readonly number[]): readonly Run[] =>
  each.flatMap((gain, seed) => [
    run('reference', seed, REFERENCE),
    run('architecture', seed, REFERENCE - gain),
  ]);

describe('the loss averaged over bytes', () => {
  test('of three seeds: mean, standard error, interval, and the measurements that it rests on', () => {
    const story = new Story();
    const { id, events } = story.judged(
      { hotkey: 'A', architecture: 'gpt' },
      gains(100_000, 200_000, 300_000),
    );
    const [row] = learningSpeed.rows(story.evidence);
    // Deviation 100,000; standard error 57,735; quantile for 2 degrees 4.303: margin 248,434.
    expect(row).toMatchObject({
      subject: familyOf('gpt'),
      submissions: 1,
      owner: null,
      areaMicrobits: { n: 3, mean: 200_000, standardError: 57_735, lower: -48_434, upper: 448_434 },
      events,
    });
    story.say(`family-${familyOf('gpt')}`, discovered('A', id));
    expect(learningSpeed.rows(story.evidence)[0]?.owner).toEqual({ hotkey: 'A', submission: id });
  });

  test('of all submissions of a family, and of those that only tried it', () => {
    const story = new Story();
    const gpt = { architecture: 'gpt' };
    story.judged({ ...gpt, hotkey: 'A' }, gains(100_000, 200_000, 300_000));
    story.judged({ ...gpt, hotkey: 'B' }, gains(200_000, 200_000));
    story.judged({ hotkey: 'C', architecture: 'rnn', others: ['gpt'] }, [
      ...gains(50_000),
      run('other', 0, REFERENCE - 200_000),
      run('recipe-on-other', 0, REFERENCE - 900_000),
      run('recipe', 0, REFERENCE - 900_000),
    ]);
    // Six values about 200,000, two of them 100,000 off: deviation 63,246, standard error 25,820, quantile 2.571.
    expect(learningSpeed.rows(story.evidence)).toMatchObject([
      {
        subject: familyOf('gpt'),
        submissions: 3,
        areaMicrobits: { n: 6, mean: 200_000, standardError: 25_820, lower: 133_617, upper: 266_383 },
      },
      { subject: familyOf('rnn'), areaMicrobits: { n: 1, mean: 50_000, lower: null, upper: null } },
    ]);
  });

  test('is over the best of the panel, each member at its plain cost', () => {
    const story = new Story(
      policyWith({
        panel: [
          { model: 'bigram', cost: 1 },
          { model: 'bigram', cost: 2 },
          { model: 'ngram', cost: 1 },
        ],
      }),
    );
    story.judged({ hotkey: 'A', architecture: 'gpt' }, [
      run('reference', 0, 5_000_000),
      run('reference', 0, 3_000_000, { variant: 1 }),
      run('reference', 0, 4_600_000, { variant: 2 }),
      run('architecture', 0, 4_500_000),
    ]);
    expect(learningSpeed.rows(story.evidence)[0]?.areaMicrobits.mean).toBe(100_000);
  });

  test('does not count what was not scored, was rejected or is under way', () => {
    const story = new Story();
    const id = story.submit({ hotkey: 'A', architecture: 'gpt' });
    story.measure(id, gains(100_000, 200_000));
    expect(learningSpeed.rows(story.evidence)).toEqual([]);
    story.say(`submission-${id}`, {
      type: 'EvaluationAbandoned',
      data: { stage: 'evaluation', attempts: 3, reason: 'given up' },
    });
    expect(learningSpeed.rows(story.evidence)).toEqual([]);
  });
});

describe('budgets', () => {
  const story = new Story();
  // 1,040 bytes at the first checkpoint, 2,080 at the second.
  story.judged({ hotkey: 'A', architecture: 'gpt' }, [
    run('reference', 0, [6_000_000, 5_000_000], { trainerCpuUs: 100 }),
    run('architecture', 0, [4_000_000, 3_000_000], { trainerCpuUs: 150, gpuBusyUs: 50 }),
  ]);
  const [row] = learningSpeed.rows(story.evidence);

  test('an eighth, a quarter, a half and all of the bytes, on lines from 8 bits', () => {
    // 260 and 520 of the 1,040 bytes to the first checkpoint: a quarter and a half of the way down from 8 bits.
    expect(
      row?.at.map(({ bytesPpm, lossMicrobits, gainMicrobits }) => [
        bytesPpm,
        lossMicrobits.mean,
        gainMicrobits.mean,
      ]),
    ).toEqual([
      [125_000, 7_000_000, 500_000],
      [250_000, 6_000_000, 1_000_000],
      [500_000, 4_000_000, 2_000_000],
      [1_000_000, 3_000_000, 2_000_000],
    ]);
  });

  test('the device time of the trained reference: half of its bytes for what takes twice as long', () => {
    expect(row?.timeMicrobits?.mean).toBe(5_000_000 - 4_000_000);
  });
});

test('budgets are not mixed: rows of the newest plan come first, and are tied among themselves', () => {
  const story = new Story();
  const gpt = { hotkey: 'A', architecture: 'gpt' };
  story.judged({ ...gpt, plan: 'long' }, gains(400_000, 400_000, 400_000));
  story.judged({ ...gpt, plan: 'short' }, gains(200_000, 200_000, 200_000));
  story.judged({ ...gpt, architecture: 'rnn', plan: 'short' }, gains(201_000, 201_000, 201_000));
  const rows = withTies(learningSpeed, learningSpeed.rows(story.evidence));
  expect(rows.map(({ subject, plan, ties }) => [subject, plan, ties.areaMicrobits])).toEqual([
    [familyOf('rnn'), sha256('short'), [familyOf('gpt')]],
    [familyOf('gpt'), sha256('short'), [familyOf('rnn')]],
    [familyOf('gpt'), sha256('long'), []],
  ]);
});

test('families whose intervals overlap are tied, best first', () => {
  const story = new Story();
  story.judged({ hotkey: 'A', architecture: 'slow' }, gains(100_000, 110_000, 120_000));
  story.judged({ hotkey: 'B', architecture: 'fast' }, gains(800_000, 810_000, 820_000));
  story.judged({ hotkey: 'C', architecture: 'also fast' }, gains(805_000, 815_000, 825_000));
  const rows = withTies(learningSpeed, learningSpeed.rows(story.evidence));
  expect(rows.map(({ rank, subject, ties }) => [rank, subject, ties])).toEqual([
    [1, familyOf('also fast'), { areaMicrobits: [familyOf('fast')] }],
    [2, familyOf('fast'), { areaMicrobits: [familyOf('also fast')] }],
    [3, familyOf('slow'), { areaMicrobits: [] }],
  ]);
});

function discovered(hotkey: string, submission: string) {
  return {
    type: 'ArchitectureClaimDecided',
    data: {
      basis: submission,
      submission,
      hotkey,
      digest: '0'.repeat(64),
      outcome: 'discovered',
      gain: null,
      thresholdMicrobits: 0,
      evidence: null,
      valueMicrobits: 0,
      discoverer: null,
    },
  } as const;
}
