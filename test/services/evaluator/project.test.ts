/** Whose code stands in the containers of each kind of run. */
import { describe, expect, test } from '@jest/globals';
import type { Pair } from '../../../domain/evaluation/runs.ts';
import { type EvaluationSources, specOf } from '../../../services/evaluator/project.ts';
import { testReferences } from '../../support/evaluator-parts.ts';
import { admittedOf, advance, handOver, openLedger, type Script } from '../../support/history.ts';
import { baseRun } from '../../support/measurement.ts';

const full: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt', training: 'a' };

/** What was admitted of one submission. */
function sourceOf(name: string): EvaluationSources['own'] {
  const { layout } = admittedOf(full, 0, '5b0c6a4e-9d7c-4c56-9a0e-000000000000');
  return { layout, files: new Map([['model.py', Buffer.from(name)]]), payloadBytes: 1 };
}

const own = sourceOf('own');
const discoverer = sourceOf('discoverer');
const other = sourceOf('other');

/** The submission's own project, with everything that it can be run beside. */
const ofItsOwn: EvaluationSources = {
  own,
  architecture: own,
  others: [other],
  incumbent: { own: other, architecture: other, hasHook: true },
  near: other,
  references: testReferences,
};
/** A recipe for an architecture that another has discovered, against another such recipe. */
const forAnother: EvaluationSources = {
  ...ofItsOwn,
  architecture: discoverer,
  incumbent: { own: other, architecture: discoverer, hasHook: true },
};

/** @param hooks whether it has an inference hook, and no other recipe than the judge's */
function specIn(sources: EvaluationSources, pair: Pair, hooks = false) {
  const builder = openLedger();
  const id = handOver(builder, full, 0);
  advance(builder, { ...full, fate: 'planned-only' }, 0);
  const entry = builder.state.submissions.get(id);
  if (entry === undefined || entry.state.plan === null) throw new Error('it is planned');
  if (hooks) entry.state = { ...entry.state, plan: { ...entry.state.plan, hookWith: 'architecture' } };
  const variant =
    pair === 'reference' ? entry.policy.plan.panel.findIndex(({ model }) => model === 'bigram') : 0;
  const spec = specOf(baseRun(pair, 0, variant), entry, sources);
  if (!('project' in spec)) throw new Error(`${pair} runs in no container`);
  return spec;
}

describe('the code of two submissions is in one container, and is said to be', () => {
  test.each([
    ['reference', true, true],
    ['architecture', true, true],
    ['recipe', true, false],
    ['recipe-on-reference', false, false],
    ['other', true, true],
    ['recipe-on-other', false, false],
    ['incumbent', true, false],
    ['near', true, true],
  ] as const)('%s: one root of its own project %p, of a recipe for another %p', (pair, alone, beside) => {
    expect(specIn(ofItsOwn, pair).project.sameRoot).toBe(alone);
    expect(specIn(forAnother, pair).project.sameRoot).toBe(beside);
  });

  test.each([ofItsOwn, forAnother])('wherever files of two come together, run %#', (sources) => {
    for (const pair of ['recipe', 'recipe-on-reference', 'recipe-on-other', 'incumbent'] as const) {
      const { architecture, training, sameRoot } = specIn(sources, pair).project;
      expect([pair, sameRoot]).toEqual([pair, training?.files === architecture.files]);
    }
  });

  test('also where a hook alone comes from elsewhere', () => {
    expect(specIn(ofItsOwn, 'architecture', true).hook).toMatchObject({ sameRoot: true });
    const { hook } = specIn(forAnother, 'architecture', true);
    expect(hook).toMatchObject({ sameRoot: false, training: { files: own.files } });
    expect(hook?.architecture.files).toBe(discoverer.files);
  });
});
