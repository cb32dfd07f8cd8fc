/** The examples of docs/questions.md are what the questions answer. */
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { answerTo, QUESTION_NAMES } from '../../projections/questions/index.ts';
import { groupsOf, scaling } from '../../projections/questions/scaling.ts';
import { everyQuestion } from '../support/evidence-story.ts';
import { read } from './markdown.ts';

const { evidence } = everyQuestion();
const answer = z.looseObject({ rows: z.array(z.looseObject({})) });

/** The JSON after `<!-- test: name -->`. */
function example(name: string): unknown {
  const after = read('docs/questions.md').split(`<!-- test: ${name} -->`)[1] ?? '';
  return JSON.parse(/^\s*```json\n([\s\S]*?)```/.exec(after)?.[1] ?? 'no example');
}

test.each(QUESTION_NAMES)('the first row of %s', (name) => {
  const { rows } = answer.parse(answerTo(evidence, name));
  expect(rows[0]).toMatchObject(z.looseObject({ rank: z.literal(1) }).parse(example(name)));
});

test('groups of recipes by their hooks', () => {
  expect(groupsOf(scaling.rows(evidence))).toEqual(example('groups'));
});

test('every question has a section, and its query is named', () => {
  const text = read('docs/questions.md');
  for (const name of QUESTION_NAMES) expect(text).toContain(`| \`${name}\` |`);
});
