/** What a trainer says about its training, against closed forms, and that saying it changes nothing. */
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  AB_WINDOWS,
  CONTEXT,
  type Learner,
  Learners,
  projectOf,
  type TestProject,
  tableProject,
} from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

interface Telemetry {
  readonly gradientNorms: readonly (number | null)[];
  readonly noise: readonly { small: number; big: number; smallSquared: number; bigSquared: number }[];
  readonly activations: { readonly ratios: readonly (number | null)[]; readonly nonFinite: number };
}

async function trainer(
  project: TestProject,
  recipe: 'reference' | 'submission' = 'reference',
): Promise<Learner> {
  const learner = learners.learner('trainer');
  await learner.project(project);
  expect((await learner.build(recipe, CONTEXT)).header).toMatchObject({ ok: true });
  return learner;
}

async function telemetry(learner: Learner): Promise<Telemetry> {
  return (await learner.snapshot()).header.telemetry as unknown as Telemetry;
}

/** A model with one number as its parameter, whose logit of `b` it is; all other logits are 0. */
const ONE = (forward: string) =>
  projectOf(`
import torch
from torch import nn

class Watched(nn.Module):
    def forward(self, x):
        ${forward}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.logit = nn.Parameter(torch.zeros(1))
        self.register_buffer("column", (torch.arange(256) == 98).float())
        self.register_buffer("replaced", torch.zeros(2))
        self.watched = Watched()

    def forward(self, tokens):
        self.watched(tokens)
        self.replaced = self.replaced + 1
        return (self.logit * self.column).expand(*tokens.shape, 256)

def build_model(ctx):
    return Net()
`);

/** The gradient of the loss by that number at 0: its probability less the share of `b` among the targets. */
const gradient = (shareOfB: number) => 1 / 256 - shareOfB;

describe('gradient norms', () => {
  test('are those of the steps since the last snapshot, before clipping', async () => {
    const learner = await trainer(ONE('return x.float()'));
    expect(await telemetry(learner)).toEqual({
      gradientNorms: [],
      noise: [],
      activations: { ratios: [], nonFinite: 0 },
    });
    await learner.train(0, AB_WINDOWS);
    const first = await telemetry(learner);
    expect(first.gradientNorms).toHaveLength(1);
    expect(first.gradientNorms[0]).toBeCloseTo(Math.abs(gradient(0.5)), 5);
    await learner.train(1, AB_WINDOWS);
    await learner.train(2, AB_WINDOWS);
    expect((await telemetry(learner)).gradientNorms).toHaveLength(2);
    expect((await telemetry(learner)).gradientNorms).toEqual([]);
  });

  test('are 512 at even distances at most', async () => {
    const learner = await trainer(
      tableProject(`
def get_recipe(ctx): return {"batch_size": 1, "learning_rate": 0.0}
def compute_loss(model, batch, ctx): return model.table.weight[0, 0] * batch.tokens[0, 0].float()
`),
      'submission',
    );
    const windows = Array.from({ length: 1_024 }, (_, row) => String.fromCharCode(row % 256).padEnd(17, 'x'));
    await learner.train(0, windows);
    const { gradientNorms, noise } = await telemetry(learner);
    expect(gradientNorms).toEqual(Array.from({ length: 512 }, (_, index) => (2 * index) % 256));
    expect(noise).toEqual([]);
  });

  test('that are not finite are null', async () => {
    const learner = await trainer(
      tableProject('def compute_loss(model, batch, ctx): return model.table.weight.sum() * float("inf")'),
      'submission',
    );
    await learner.train(0, AB_WINDOWS);
    expect((await telemetry(learner)).gradientNorms).toEqual([null]);
  });
});

test("noise is measured from the batch's halves and from both together", async () => {
  const learner = await trainer(ONE('return x.float()'));
  // At a fraction of the learning rate the one step moves the logit by 0.0002: the gradient stays what it is at 0.
  await learner.train(0, ['b'.repeat(17), 'a'.repeat(17), 'a'.repeat(17), 'a'.repeat(17), 'c'.repeat(17)]);
  const [noise] = (await telemetry(learner)).noise;
  expect(noise).toMatchObject({ small: 2, big: 4 });
  expect(noise?.smallSquared).toBeCloseTo((gradient(0.5) ** 2 + gradient(0) ** 2) / 2, 4);
  expect(noise?.bigSquared).toBeCloseTo(gradient(0.25) ** 2, 4);
});

describe('activations', () => {
  test.each<[string, readonly (number | null)[], number]>([
    ['return torch.tensor([3.0, -4.0])', [4 / Math.sqrt(12.5)], 0],
    ['return torch.zeros(5), torch.tensor([2.0])', [1], 0],
    ['return torch.zeros(5)', [0], 0],
    ['return torch.tensor([1.0, float("nan"), float("inf")])', [null], 2],
    ['return x', [], 0],
  ])('of a layer with `%s` are %j', async (forward, ratios, nonFinite) => {
    const learner = await trainer(ONE(forward));
    await learner.train(0, AB_WINDOWS);
    const { activations } = await telemetry(learner);
    expect(activations.nonFinite).toBe(nonFinite);
    expect(activations.ratios).toHaveLength(ratios.length);
    for (const [index, ratio] of ratios.entries()) {
      const found = activations.ratios[index];
      if (ratio === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(ratio, 6);
    }
  });
});

test('a model without gradients in eval mode has no noise to tell, and trains on', async () => {
  const learner = await trainer(
    projectOf(`
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(256, 256)

    def forward(self, tokens):
        return self.table(tokens) if self.training else self.table(tokens).detach()

def build_model(ctx):
    return Net()
`),
  );
  await learner.train(0, AB_WINDOWS);
  expect((await telemetry(learner)).noise).toEqual([]);
  expect((await learner.train(1, AB_WINDOWS)).header).toEqual({ ok: true, step: 1 });
});

test('a scripted model is looked at as a whole: it takes no hooks', async () => {
  const learner = await trainer(
    projectOf(`
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(256, 256)
        self.drop = nn.Dropout(0.1)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, tokens):
        self.calls = self.calls + 1
        return self.drop(self.table(tokens))

def build_model(ctx):
    return torch.jit.script(Net())
`),
  );
  await learner.train(0, AB_WINDOWS);
  const { header, body } = await learner.snapshot();
  expect(header).toMatchObject({ ok: true, telemetry: { activations: { ratios: [], nonFinite: 0 } } });
  expect(body.readFloatLE(0)).toBe(1);
  expect((await learner.snapshot()).body.readFloatLE(0)).toBe(1);
});

test.each([
  ['reference', ''],
  ['submission', 'def get_recipe(ctx): return {"learning_rate": 0.01}'],
] as const)('looking does not disturb training under the %s recipe', async (recipe, more) => {
  const project = projectOf(`
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, 16)
        self.norm = nn.BatchNorm1d(16)
        self.drop = nn.Dropout(0.3)
        self.out = nn.Linear(16, 256)
        self.register_buffer("seen", torch.zeros(256))
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, tokens):
        self.seen.index_add_(0, tokens.flatten(), torch.ones(tokens.numel()))
        self.calls = self.calls + 1
        x = self.norm(self.embedding(tokens).transpose(1, 2)).transpose(1, 2)
        return self.out(self.drop(x)) + self.seen * 0.01

def build_model(ctx):
    return Net()

${more}
`);
  const run = async (looks: boolean) => {
    const learner = await trainer(project, recipe);
    for (let step = 0; step < 4; step += 1) {
      await learner.train(step, AB_WINDOWS);
      if (looks) await learner.snapshot();
    }
    return (await learner.snapshot()).body;
  };
  expect((await run(true)).equals(await run(false))).toBe(true);
});

test('uses of hooks are counted', async () => {
  const learner = await trainer(
    tableProject('def compute_loss(model, batch, ctx): return model.table.weight.sum()'),
    'submission',
  );
  await learner.train(0, AB_WINDOWS);
  await learner.train(1, AB_WINDOWS);
  expect((await learner.snapshot()).header).toMatchObject({
    hooksUsed: ['compute_loss'],
    hookUses: { compute_loss: 2 },
  });
  const plain = await trainer(tableProject());
  expect((await plain.snapshot()).header).toMatchObject({ hooksUsed: [], hookUses: {} });
});
