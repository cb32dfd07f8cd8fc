/** A recipe that brings along "the family's" architecture, changed: read by the real reviewer, and refused with what it is instead. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { familyId } from '../../domain/events/ids.ts';
import type { ReviewResult } from '../../services/reviewer/review-result.ts';
import { verdictOf } from '../../services/reviewer/verdict.ts';
import { Reviewer, type Sources } from '../gpu-runner/reviewer/reviewer.ts';
import { idOf, type Script, tell } from '../support/history.ts';
import { Figures, idea, paying } from './support.ts';

const figures = new Figures('architectures shipped with a recipe');
const reviewer = new Reviewer();
afterAll(() => {
  reviewer.close();
  figures.print();
});

const LEDGER = '00000000-0000-0000-0000-000000000001';
const EXAMPLE = join(import.meta.dirname, '../../examples/small-gpt');
const original: { readonly [path: string]: string } = Object.fromEntries(
  ['attention.py', 'blocks.py', 'model.py', 'recipe.py'].map((path) => [
    path,
    readFileSync(join(EXAMPLE, path), 'utf8'),
  ]),
);

const read = (files: Sources) => reviewer.review(files, { training: 'recipe.py' });
const component = (entrypoint: string) => ({ entrypoint, files: [entrypoint] });

let family = '';
beforeAll(async () => {
  const { architecture, findings } = await read(original);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  family = familyId(LEDGER, architecture?.digest ?? '');
});

function verdict(result: ReviewResult) {
  const layout = {
    kind: 'training_for_arch' as const,
    architectureId: family,
    architecture: component('model.py'),
    training: component('recipe.py'),
  };
  return verdictOf(LEDGER, layout, result, '0'.repeat(64), 'sha256:reviewer');
}

/** The example with one text for another in one file; throws where it is not there. */
function changed(path: string, from: string, to: string): Sources {
  const text = original[path] ?? '';
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { ...original, [path]: text.replaceAll(from, to) };
}

describe('a copy', () => {
  test.each<[string, () => Sources]>([
    ['as it is', () => original],
    ['with other names', () => changed('model.py', 'places', 'where')],
    [
      'with code that nothing reaches',
      () => changed('model.py', 'def init_weights', 'def unused():\n    return 1\n\n\ndef init_weights'),
    ],
    ['beside another recipe', () => changed('recipe.py', 'def get_recipe', '# mine\ndef get_recipe')],
  ])('%s: accepted', async (name, files) => {
    expect(verdict(await read(files())).type).toBe('SubmissionReviewed');
    figures.add(name, 'accepted');
  });
});

describe('a changed copy', () => {
  test.each<[string, () => Sources]>([
    ['one layer more', () => changed('model.py', 'LAYERS = 2', 'LAYERS = 3')],
    ['another initialisation', () => changed('model.py', 'std=0.05', 'std=0.02')],
    ['a term left out', () => changed('model.py', ' + self.previous(before)', '')],
    ['a change in a file that it imports', () => changed('blocks.py', 'x + ', 'x - ')],
  ])('%s', async (name, files) => {
    const result = await read(files());
    const other = familyId(LEDGER, result.architecture?.digest ?? '');
    expect(other).not.toBe(family);
    expect(verdict(result)).toMatchObject({
      type: 'SubmissionRejected',
      data: {
        stage: 'review',
        code: 'architecture-differs',
        message: expect.stringContaining(
          `has the digest ${result.architecture?.digest}, which is family ${other}, not ${family}`,
        ),
        findings: [{ path: 'model.py' }],
      },
    });
    figures.add(name, 'refused: architecture-differs');
  });
});

test("what is run is the discoverer's, whatever is shipped", () => {
  const owner = idea('owner', 'idea', { gain: 100_000 });
  const recipe: Script = {
    ...idea('rival', 'idea'),
    kind: 'training_for_arch',
    gain: 100_000,
    recipeGain: 30_000,
  };
  const builder = tell([owner, recipe], { policy: paying });
  const plan = builder.state.submissions.get(idOf(builder.ledger, recipe, 1))?.state.plan;
  expect(plan?.architectureFrom).toBe(idOf(builder.ledger, owner, 0));
  figures.add("runs under the rival's recipe", "on the discoverer's sources");
});
