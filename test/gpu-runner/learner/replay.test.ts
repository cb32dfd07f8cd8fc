/** What a fresh container repeats: training and predictions, to the bit. */
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  type Answer,
  CONTEXT,
  errorOf,
  type Learner,
  Learners,
  projectOf,
  type TestProject,
  tableProject,
} from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

type Role = Parameters<Learners['learner']>[0];

async function built(
  role: Role,
  project: TestProject,
  more: object = {},
  recipe: 'reference' | 'submission' = 'reference',
) {
  const learner = learners.learner(role);
  await learner.project(project);
  expect((await learner.build(recipe, CONTEXT, more)).header).toMatchObject({ ok: true });
  return learner;
}

/** Windows that differ from step to step. */
function batch(step: number): string[] {
  const byte = (index: number) => String.fromCharCode(97 + ((index * index + 3 * step * index + step) % 23));
  return Array.from({ length: 4 }, (_, row) =>
    Array.from({ length: 17 }, (_unused, column) => byte(17 * row + column)).join(''),
  );
}

async function train(learner: Learner, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step += 1) {
    expect((await learner.train(step, batch(step))).header).toEqual({ ok: true, step });
  }
}

const withOptimizer = { optimizer: true };

/** Trains five steps; a replayer gets the state after three and repeats the other two. */
async function replayed(project: TestProject): Promise<{ trained: Answer; repeated: Answer }> {
  const trainer = await built('trainer', project);
  await train(trainer, 0, 3);
  const before = await trainer.snapshot(withOptimizer);
  await train(trainer, 3, 5);
  const replayer = await built('replayer', project);
  expect((await replayer.load(before)).header).toEqual({ ok: true });
  await train(replayer, 3, 5);
  return { trained: await trainer.snapshot(withOptimizer), repeated: await replayer.snapshot(withOptimizer) };
}

const net = (init: string, forward: string) =>
  projectOf(`
import random
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, 16)
        ${init}

    def forward(self, tokens):
        x = self.embedding(tokens)
        ${forward}

def build_model(ctx):
    return Net()
`);

describe('a replayer repeats steps to the bit', () => {
  test.each<[string, TestProject]>([
    [
      'under AdamW with a GRU',
      net(
        'self.gru = nn.GRU(16, 16, batch_first=True); self.out = nn.Linear(16, 256)',
        'return self.out(self.gru(x)[0])',
      ),
    ],
    [
      'with dropout',
      net('self.drop = nn.Dropout(0.5); self.out = nn.Linear(16, 256)', 'return self.out(self.drop(x))'),
    ],
    [
      "with Python's own random numbers",
      net('self.out = nn.Linear(16, 256)', 'return self.out(x * (1 + random.random()))'),
    ],
    [
      'with tied weights',
      net(
        'self.head = nn.Linear(16, 256, bias=False); self.head.weight = self.embedding.weight',
        'return self.head(x)',
      ),
    ],
    [
      'with batch normalisation',
      net(
        'self.norm = nn.BatchNorm1d(16); self.out = nn.Linear(16, 256)',
        'return self.out(self.norm(x.transpose(1, 2)).transpose(1, 2))',
      ),
    ],
    [
      'with a parameter that never has a gradient',
      net('self.idle = nn.Parameter(torch.ones(3)); self.out = nn.Linear(16, 256)', 'return self.out(x)'),
    ],
    [
      'with parameters in bfloat16',
      net('self.out = nn.Linear(16, 256).bfloat16()', 'return self.out(x.bfloat16())'),
    ],
  ])('%s', async (_, project) => {
    const { trained, repeated } = await replayed(project);
    expect(repeated.header.tensors).toEqual(trained.header.tensors);
    expect(repeated.header.optimizer).toEqual(trained.header.optimizer);
    expect(repeated.body.equals(trained.body)).toBe(true);
  });

  test('which is no accident: other dropout, another state', async () => {
    const project = net(
      'self.drop = nn.Dropout(0.5); self.out = nn.Linear(16, 256)',
      'return self.out(self.drop(x))',
    );
    const state = async (step: number) => {
      const learner = await built('replayer', project);
      await learner.train(step, batch(0));
      return (await learner.snapshot()).body;
    };
    // After the warm-up the step's number matters only to its seed.
    expect((await state(30)).equals(await state(31))).toBe(false);
    expect((await state(30)).equals(await state(30))).toBe(true);
  });

  test("but not a miner's own counters", async () => {
    const { trained, repeated } = await replayed(
      net(
        'self.out = nn.Linear(16, 256); self.calls = 0',
        'self.calls += 1; return self.out(x) * self.calls',
      ),
    );
    expect(repeated.body.equals(trained.body)).toBe(false);
  });

  test('under a submitted recipe with seeds of its own', async () => {
    const project = tableProject(`
def train_step(model, batch, optimizer, ctx):
    with torch.no_grad():
        model.table.weight.add_(torch.randn(256, 256))
`);
    const trainer = await built('trainer', project, {}, 'submission');
    await train(trainer, 0, 2);
    const before = await trainer.snapshot(withOptimizer);
    expect(before.header.optimizer).toEqual([]);
    await train(trainer, 2, 3);
    const replayer = await built('replayer', project, {}, 'submission');
    await replayer.load({ header: { tensors: before.header.tensors }, body: before.body });
    await train(replayer, 2, 3);
    expect((await replayer.snapshot()).body.equals((await trainer.snapshot()).body)).toBe(true);
    expect(errorOf(await replayer.load(before))).toMatch(
      /^ProtocolError: an optimizer's state .* only in a replayer under the reference/,
    );
  });
});

describe("the optimiser's state", () => {
  test('is two moments and a count for each parameter that has moved, after the model', async () => {
    const trainer = await built(
      'trainer',
      net(
        'self.idle = nn.Parameter(torch.ones(3)); self.head = nn.Linear(16, 256, bias=False); self.head.weight = self.embedding.weight',
        'return self.head(x)',
      ),
    );
    expect((await trainer.snapshot()).header).not.toHaveProperty('optimizer');
    expect((await trainer.snapshot(withOptimizer)).header.optimizer).toEqual([]);
    await train(trainer, 0, 2);
    const { header, body } = await trainer.snapshot(withOptimizer);
    expect(header.optimizer).toEqual([
      { name: 'exp_avg/embedding.weight', dtype: 'float32', shape: [256, 16] },
      { name: 'exp_avg_sq/embedding.weight', dtype: 'float32', shape: [256, 16] },
      { name: 'step/embedding.weight', dtype: 'float32', shape: [] },
    ]);
    expect(body.length).toBe(3 * 4 * 256 * 16 + 4 * 3 + 4);
    expect(body.readFloatLE(body.length - 4)).toBe(2);
  });

  test('is refused where it does not fit', async () => {
    const trainer = await built('trainer', tableProject());
    await train(trainer, 0, 1);
    const { header, body } = await trainer.snapshot(withOptimizer);
    const tensors = header.optimizer as { name: string; dtype: string; shape: number[] }[];
    const [first, second, count] = tensors;
    const replayer = await built('replayer', tableProject());
    const load = async (optimizer: unknown[], bytes = body) =>
      errorOf(await replayer.load({ header: { ...header, optimizer }, body: bytes }));
    expect(await load([{ ...first, name: 'exp_avg/other' }])).toMatch(
      /'exp_avg\/other' belongs to no parameter/,
    );
    expect(await load([{ ...first, name: 'momentum/table.weight' }])).toMatch(/belongs to no parameter/);
    expect(await load([first, count])).toMatch(
      /state of parameter 'table.weight' lacks some of exp_avg, exp_avg_sq, step/,
    );
    expect(await load([first, { ...second, shape: [65_536] }, count])).toMatch(/the model built here has/);
    expect(await load(tensors, body.subarray(1))).toMatch(/but only .* came/);
    expect((await replayer.load({ header, body })).header).toEqual({ ok: true });
    const predictor = await built('predictor', tableProject());
    expect(errorOf(await predictor.load({ header, body }))).toMatch(/only in a replayer/);
  });
});

describe('a replayer that is looked at after every step', () => {
  const project = net(
    'self.gru = nn.GRU(16, 16, batch_first=True); self.norm = nn.BatchNorm1d(16); self.out = nn.Linear(16, 256)',
    'return self.out(self.norm(self.gru(x)[0].transpose(1, 2)).transpose(1, 2))',
  );

  test('comes out where the trainer does, another one having taken over in between', async () => {
    const trainer = await built('trainer', project);
    const start = await trainer.snapshot(withOptimizer);
    await train(trainer, 0, 6);
    let state = start;
    for (const [from, to] of [
      [0, 2],
      [2, 6],
    ] as const) {
      const replayer = await built('replayer', project);
      await replayer.load(state);
      for (let step = from; step < to; step += 1) {
        await train(replayer, step, step + 1);
        state = await replayer.snapshot(withOptimizer);
      }
    }
    const end = await trainer.snapshot(withOptimizer);
    expect(state.body.equals(end.body)).toBe(true);
    expect(state.header.optimizer).toEqual(end.header.optimizer);
  });

  test('has nothing to tell that the trainer has not told', async () => {
    const replayer = await built('replayer', project);
    await train(replayer, 0, 1);
    expect((await replayer.snapshot()).header).not.toHaveProperty('telemetry');
  });
});

describe('the reference at k times the cost', () => {
  const norms = async (learner: Learner) =>
    ((await learner.snapshot()).header.telemetry as { gradientNorms: number[] }).gradientNorms.length;

  test('makes k optimiser steps per batch, from the second batch on', async () => {
    const trainer = await built('trainer', tableProject(), { replays: 3 });
    await train(trainer, 0, 1);
    expect(await norms(trainer)).toBe(1);
    await train(trainer, 1, 3);
    expect(await norms(trainer)).toBe(6);
  });

  test('replays earlier batches, the same ones each time', async () => {
    const stateFrom = async (earlier: number) => {
      const learner = await built('trainer', tableProject(), { replays: 2 });
      await learner.train(0, batch(earlier));
      await learner.train(1, batch(1));
      return (await learner.snapshot()).body;
    };
    expect((await stateFrom(0)).equals(await stateFrom(0))).toBe(true);
    expect((await stateFrom(0)).equals(await stateFrom(2))).toBe(false);
    const [twice, once] = [
      await built('trainer', tableProject(), { replays: 2 }),
      await built('trainer', tableProject()),
    ];
    for (const learner of [twice, once]) await train(learner, 0, 2);
    expect((await twice.snapshot()).body.equals((await once.snapshot()).body)).toBe(false);
  });

  test('is repeated where the earlier batches were revealed too, and refused where they were not', async () => {
    const trainer = await built('trainer', tableProject(), { replays: 2 });
    const replayer = await built('replayer', tableProject(), { replays: 2 });
    for (const learner of [trainer, replayer]) await train(learner, 0, 4);
    expect((await replayer.snapshot()).body.equals((await trainer.snapshot()).body)).toBe(true);
    const other = await built('replayer', tableProject(), { replays: 2 });
    expect(errorOf(await other.train(1, batch(1)))).toBe(
      'ProtocolError: step 1 replays the batch of step 0, which was not revealed in this container',
    );
  });

  test('is not for submitted recipes', async () => {
    const trainer = learners.learner('trainer');
    await trainer.project(tableProject());
    expect(errorOf(await trainer.build('submission', CONTEXT, { replays: 2 }))).toMatch(
      /not 'submission' with 2/,
    );
  });
});

test('a prediction is the same wherever it is repeated, drawn numbers and all', async () => {
  const project = net('self.out = nn.Linear(16, 256)', 'return self.out(x + torch.randn_like(x))');
  const predictor = await built('predictor', project);
  const first = await predictor.predict(['abc']);
  await predictor.predict(['defg']);
  const replayer = await built('replayer', project);
  expect((await replayer.predict(['abc'])).body).toEqual(first.body);
  expect((await predictor.predict(['abc'])).body).toEqual(first.body);
});

test('a GPU that is not there is said to be our fault', async () => {
  const trainer = learners.learner('trainer');
  await trainer.project(tableProject());
  expect(errorOf(await trainer.build('reference', CONTEXT, { device: 'cuda' }))).toMatch(
    /^DeviceError: device 'cuda' was asked for, but torch .* sees no GPU in this container$/,
  );
  expect(errorOf(await trainer.build('reference', CONTEXT, { device: 'tpu' }))).toMatch(
    /must be 'cpu' or 'cuda', not 'tpu'/,
  );
  expect((await trainer.build('reference', CONTEXT, { device: 'cpu' })).header).toMatchObject({ ok: true });
});
