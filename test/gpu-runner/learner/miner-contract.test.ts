/** docs/miner-contract.md says what is so. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { AB_WINDOWS, CONTEXT, Learners } from './learners.ts';

const PAGE = readFileSync(new URL('../../../docs/miner-contract.md', import.meta.url), 'utf8');
const learners = new Learners();
afterAll(() => learners.close());

function smallestProject(): string {
  const source = /```python\n(.*?)```/s.exec(PAGE)?.[1];
  if (source === undefined) throw new Error('the page shows no project');
  return source;
}

test('the smallest project runs as it stands', async () => {
  const trainer = learners.learner('trainer');
  await trainer.project({ files: { 'model.py': smallestProject() } });
  const { header } = await trainer.build('submission');
  expect(header.recipe).toEqual({
    learning_rate: 6e-3,
    batch_size: 16,
    optimizer: 'adamw',
    scheduler: 'constant',
    weight_decay: 0.01,
  });
  expect((await trainer.train(0, AB_WINDOWS)).header).toEqual({ ok: true, step: 0 });
});

test("the judge's recipe is the one that is described", async () => {
  const trainer = learners.learner('trainer');
  await trainer.project({ files: { 'model.py': smallestProject() } });
  const { header } = await trainer.build('reference', CONTEXT);
  expect(header.recipe).toEqual({
    learning_rate: 4e-3,
    betas: [0.9, 0.95],
    weight_decay: 0.01,
    warmup_steps: 20,
    optimizer: 'adamw',
    scheduler: 'warm-up',
    clip_norm: 1,
  });
  expect(PAGE).toContain(
    'learning rate 4e-3 after a linear warm-up of 20 steps, then constant, betas\n(0.9, 0.95), weight decay 0.01',
  );
});
