/** Whoever folds the same history has the same answers, whatever else it holds and wherever the fold was taken up. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventType } from '../../../domain/events/catalogue.ts';
import { parseEvent } from '../../../domain/events/codec.ts';
import { digestOfModel, emptyReadModels, project, type ReadModels } from '../../../projections/index.ts';
import { applyEvidence, noEvidence } from '../../../projections/questions/evidence.ts';
import { answerTo, QUESTION_NAMES } from '../../../projections/questions/index.ts';
import { learningSpeed } from '../../../projections/questions/learning-speed.ts';
import { recipes } from '../../../projections/questions/recipes.ts';
import { repeats } from '../../../projections/questions/repeats.ts';
import { scaling } from '../../../projections/questions/scaling.ts';
import { everyQuestion } from '../../support/evidence-story.ts';
import { type Choice, closeEpoch, type Script, tell } from '../../support/history.ts';

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  training: 'a',
  gain: 301_000,
  recipeGain: 51_000,
};
const scripts: readonly Script[] = [
  gpt,
  { ...gpt, hotkey: 'B', kind: 'training_for_arch', training: 'b', recipeGain: 201_000 },
  { ...gpt, hotkey: 'C', architecture: 'rnn', training: 'c', gain: 101_000, lapses: 1 },
  { ...gpt, hotkey: 'D', architecture: 'x', fate: 'abandoned' },
  { ...gpt, hotkey: 'E', architecture: 'y', fate: 'rejected-in-review' },
];
const events = closeEpoch(tell(scripts))
  .settle()
  .events.map((event) => parseEvent(event));

const digestsOf = (models: ReadModels) => QUESTION_NAMES.map((name) => digestOfModel(models, name));

describe('a fold', () => {
  const whole = emptyReadModels();
  for (const event of events) project(whole, event);

  test('has an answer of its own for each question of a real history', () => {
    expect(new Set(digestsOf(whole)).size).toBe(QUESTION_NAMES.length);
    expect(recipes.rows(whole.evidence).map(({ hotkey }) => hotkey)).toEqual(
      expect.arrayContaining(['A', 'B', 'C']),
    );
    expect(learningSpeed.rows(whole.evidence)).toHaveLength(2);
  });

  test('that goes on from a copy of any earlier state ends the same', () => {
    fc.assert(
      fc.property(fc.nat(events.length), (at) => {
        const models = emptyReadModels();
        for (const event of events.slice(0, at)) project(models, event);
        // Asked in between, so that what was remembered of an earlier state would show.
        digestsOf(models);
        const copy = structuredClone(models);
        for (const event of events.slice(at)) project(copy, event);
        for (const event of events.slice(at)) project(models, event);
        expect([digestsOf(copy), digestsOf(models)]).toEqual([digestsOf(whole), digestsOf(whole)]);
      }),
      { numRuns: 30 },
    );
  });

  test('knows only the events that an answer rests on', () => {
    const read: ReadonlySet<EventType> = new Set([
      'LedgerOpened',
      'PolicyAdopted',
      'SubmissionReceived',
      'SubmissionAdmitted',
      'SubmissionReviewed',
      'SubmissionRejected',
      'EvaluationPlanned',
      'EvaluationAbandoned',
      'ConfirmationCalled',
      'RunMeasured',
      'SubmissionScored',
      'SubmissionConfirmed',
      'ArchitectureClaimDecided',
    ] as const);
    const evidence = noEvidence();
    let skipped = 0;
    for (const [index, event] of events.entries()) {
      if (read.has(event.type)) applyEvidence(evidence, event, index);
      else skipped += 1;
    }
    expect(skipped).toBeGreaterThan(5);
    expect(evidence).toEqual(whole.evidence);
  });
});

test('the order in which services happen to work changes no answer', () => {
  /** Rows without where in the log their measurements are, in an order of their own. */
  const told = (choices: readonly Choice[]) => {
    const models = emptyReadModels();
    for (const event of tell(scripts, { choices }).events) project(models, parseEvent(event));
    return [learningSpeed, recipes, scaling, repeats].map((question) =>
      question
        .rows(models.evidence)
        .map(({ events: _, ...row }) => JSON.stringify(row))
        .sort(),
    );
  };
  const choices = fc.array(fc.tuple(fc.nat(40), fc.constantFrom(1, 2, 10)), { maxLength: 120 });
  fc.assert(
    fc.property(choices, (some) => {
      expect(told(some)).toEqual(told([]));
    }),
    { numRuns: 15 },
  );
});

test('answers are integers throughout, and every row says what it rests on', () => {
  const { evidence } = everyQuestion();
  for (const name of QUESTION_NAMES) {
    const numbers = [...JSON.stringify(answerTo(evidence, name)).matchAll(/:(-?\d[\d.e+-]*)/g)];
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers.map(([, text]) => Number(text)).filter((value) => !Number.isSafeInteger(value))).toEqual(
      [],
    );
    expect(answerTo(evidence, name)).toMatchObject({
      rows: expect.arrayContaining([
        expect.objectContaining({ events: expect.arrayContaining([expect.any(Number)]) }),
      ]),
    });
  }
});
