/** The neural members of the reference panel, as the judge sends them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { GPU_RUNNER } from '../../../infra/sandbox/image-tag.ts';
import { CONTEXT, floats, Learners, projectOf, type TestProject } from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

function member(name: string): TestProject {
  return projectOf(readFileSync(join(GPU_RUNNER, 'reference', name, 'model.py'), 'utf8'));
}

/** Builds it at a budget; returns how many parameters and how many blocks it has. */
async function built(project: TestProject, wishes: object) {
  const trainer = learners.learner('trainer');
  await trainer.project(project);
  const { header } = await trainer.build('reference', { ...CONTEXT, ...wishes });
  expect(header).toMatchObject({ ok: true });
  const snapshot = await trainer.snapshot();
  const names = (snapshot.header.tensors as { name: string }[]).map(({ name }) => name);
  const blocks = new Set(names.flatMap((name) => /^blocks\.\d+/.exec(name)?.[0] ?? []));
  return { trainer, parameters: Number(header.parameters), blocks: blocks.size, body: snapshot.body };
}

describe('the bigram model', () => {
  test('has 107,936 parameters where 300,000 are allowed', async () => {
    expect((await built(member('bigram'), { max_parameters: 300_000 })).parameters).toBe(107_936);
  });

  test.each([1_000, 75_000, 1_200_000])('keeps to its share of %d parameters', async (budget) => {
    const { parameters } = await built(member('bigram'), { max_parameters: budget });
    expect(parameters).toBeLessThanOrEqual(budget);
    if (budget > 1_000) expect(parameters).toBeGreaterThan(0.34 * budget);
  });
});

describe('the transformer', () => {
  test.each([
    [2_000, 1],
    [20_000, 1],
    [75_000, 1],
    [300_000, 2],
    [1_200_000, 3],
  ])('of at most %d parameters uses them well, in %d blocks', async (budget, expected) => {
    const { parameters, blocks } = await built(member('transformer'), { max_parameters: budget });
    expect(parameters).toBeLessThanOrEqual(budget);
    expect(parameters).toBeGreaterThan(0.6 * budget);
    expect(blocks).toBe(expected);
  });

  test.each([1, 2, 4, 8])('has the depth of %d that the probe wishes, at the same budget', async (depth) => {
    const { parameters, blocks } = await built(member('transformer'), { depth, max_parameters: 300_000 });
    expect(parameters).toBeLessThanOrEqual(300_000);
    expect(parameters).toBeGreaterThan(0.9 * 300_000);
    expect(blocks).toBe(depth);
  });

  test('is not deeper than the probe allows', async () => {
    expect((await built(member('transformer'), { max_layers: 1, max_parameters: 1_200_000 })).blocks).toBe(1);
  });

  test('learns what no bigram can: which byte follows depends on the one before the last', async () => {
    const { trainer } = await built(member('transformer'), { max_parameters: 20_000 });
    for (let step = 0; step < 40; step += 1) {
      await trainer.train(step, ['aabaabaabaabaabaa', 'abaabaabaabaabaab', 'baabaabaabaabaaba']);
    }
    const predictor = learners.learner('predictor');
    await predictor.project(member('transformer'));
    await predictor.build('reference', { ...CONTEXT, max_parameters: 20_000 });
    await predictor.load(await trainer.snapshot());
    const logits = floats((await predictor.predict(['aabaa', 'abaab', 'baaba'])).body);
    const best = [0, 1, 2].map((row) => {
      const own = logits.slice(256 * row, 256 * (row + 1));
      return String.fromCharCode(own.indexOf(Math.max(...own)));
    });
    expect(best).toEqual(['b', 'a', 'a']);
  });
});
