/** Projects written for the public reference of May 2026 run as they are. */
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  AB_WINDOWS,
  CONTEXT,
  errorOf,
  floats,
  type Learner,
  Learners,
  type TestProject,
} from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

const ARCHITECTURE = `
from dataclasses import dataclass

import torch
from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe
from torch import nn

from layers import Mixer


@dataclass
class Config:
    width: int = 16


class TinyLM(nn.Module):
    def __init__(self, vocab_size, config):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, config.width)
        self.mixer = Mixer(config.width)
        self.head = nn.Linear(config.width, vocab_size)

    def forward(self, tokens):
        return self.head(self.mixer(self.embedding(tokens)))


def build_model(ctx: PrismContext):
    return TinyLM(ctx.vocab_size, Config())
`;

const LAYERS = `
from torch import nn


class Mixer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.rnn = nn.GRU(width, width, batch_first=True)

    def forward(self, x):
        return x + self.rnn(x)[0]
`;

const RECIPE = `
def get_recipe(ctx: PrismContext):
    return TrainingRecipe(learning_rate=3e-4, batch_size=4, optimizer="adamw", scheduler="cosine", weight_decay=0.01)
`;

const IMPORTS = `
import torch
from prism_challenge.evaluator.interface import PrismBatch, PrismContext, TrainingRecipe
from torch import nn
`;

/** One file with everything in it, or the training in `training.py`. */
function oneFile(more: string): TestProject {
  return { files: { 'model.py': ARCHITECTURE + more, 'layers.py': LAYERS } };
}

function twoFiles(training: string, hooks = ''): TestProject {
  return {
    files: {
      ...{ 'model.py': ARCHITECTURE, 'layers.py': LAYERS },
      ...{ 'training.py': IMPORTS + training, 'hooks.py': hooks },
    },
    trainingEntrypoint: 'training.py',
  };
}

async function trained(project: TestProject): Promise<{ trainer: Learner; built: object }> {
  const trainer = learners.learner('trainer');
  await trainer.project(project);
  const { header: built } = await trainer.build('submission');
  expect(built).toMatchObject({ ok: true });
  for (const step of [0, 1])
    expect((await trainer.train(step, AB_WINDOWS)).header).toEqual({ ok: true, step });
  return { trainer, built };
}

/** A predictor that knows the inference hook of the project and has the trained model. */
async function predictor(project: TestProject, trainer?: Learner): Promise<Learner> {
  const learner = learners.learner('predictor');
  await learner.project(project);
  expect((await learner.build('submission', CONTEXT, { hooks: true })).header).toMatchObject({ ok: true });
  if (trainer !== undefined) await learner.load(await trainer.snapshot());
  return learner;
}

const HOOKS = `
def configure_optimizer(model, recipe, ctx):
    return torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)


def compute_loss(model, batch, ctx):
    logits = inference_logits(model, batch, ctx)
    return nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), batch.targets.reshape(-1))


def train_step(model, batch, optimizer, ctx):
    model.train()
    optimizer.zero_grad(set_to_none=True)
    loss = compute_loss(model, batch, ctx)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.detach()


def inference_logits(model, batch, ctx):
    return model(batch.tokens) * 2
`;

const CALLED = ['configure_optimizer', 'train_step'];
const PRESENT = ['configure_optimizer', 'inference_logits', 'compute_loss', 'train_step'];

describe('a project with every hook', () => {
  test.each([
    ['in the architecture', oneFile(RECIPE + HOOKS)],
    ['in the training entrypoint', twoFiles(RECIPE + HOOKS)],
    ['re-exported by the training entrypoint', twoFiles('from hooks import *', IMPORTS + RECIPE + HOOKS)],
  ])('%s', async (_, project) => {
    const { trainer, built } = await trained(project);
    expect(built).toMatchObject({
      recipe: {
        learning_rate: 3e-4,
        batch_size: 4,
        optimizer: 'adamw',
        scheduler: 'cosine',
        weight_decay: 0.01,
      },
      hooksPresent: PRESENT,
    });
    expect((await trainer.snapshot()).header).toMatchObject({
      hooksUsed: CALLED,
      hookUses: { configure_optimizer: 1, train_step: 2 },
    });
    const learner = await predictor(project, trainer);
    const plain = floats((await learner.predict(['abc', 'bab'])).body);
    const hooked = floats((await learner.predict(['abc', 'bab'], { hook: true })).body);
    expect(hooked).toEqual(plain.map((logit) => Math.fround(logit * 2)));
  });
});

describe('an inference hook', () => {
  const answering = (name: string, value: number) =>
    `def ${name}(model, batch, ctx): return torch.full((*batch.tokens.shape, 256), ${value}.0)\n`;

  test.each([
    ['infer', answering('infer', 3), 3],
    ['inference_logits before infer', answering('infer', 3) + answering('inference_logits', 4), 4],
  ])('%s', async (_, hooks, expected) => {
    const learner = await predictor(twoFiles(RECIPE + hooks));
    const { body } = await learner.predict(['abc'], { hook: true });
    expect(new Set(floats(body))).toEqual(new Set([expected]));
  });

  test('gets tokens, no targets, a model in eval mode and the context', async () => {
    const learner = await predictor(
      twoFiles(`${RECIPE}
def infer(model, batch, ctx):
    assert type(batch) is PrismBatch and not torch.is_grad_enabled()
    raise ValueError(f"{batch.tokens.tolist()} {batch.targets} {batch.metadata} {model.training} {ctx.sequence_length}")
`),
    );
    expect(errorOf(await learner.predict(['ab'], { hook: true }))).toBe(
      'ValueError: [[97, 98]] None {} False 16',
    );
  });

  test('is held to the same shapes', async () => {
    const learner = await predictor(
      twoFiles(`${RECIPE}\ndef infer(model, batch, ctx): return torch.zeros(3)`),
    );
    expect(errorOf(await learner.predict(['ab'], { hook: true }))).toMatch(
      /^ContractError: infer\(model, batch, ctx\) with tokens \[1, 2\] returned a torch.float32 tensor \[3\]/,
    );
  });

  test('that is not there is said not to be', async () => {
    const learner = await predictor(twoFiles(RECIPE));
    expect(errorOf(await learner.predict(['ab'], { hook: true }))).toMatch(
      /^ContractError: the project has no inference hook/,
    );
  });

  test("of a family's own architecture does not answer for another's recipe", async () => {
    const { files } = oneFile(answering('infer', 3));
    const learner = await predictor({ files, training: { 'recipe.py': IMPORTS + RECIPE } });
    expect(errorOf(await learner.predict(['ab'], { hook: true }))).toMatch(/no inference hook/);
  });

  test('is out of reach where hooks were not asked for, and for trainers', async () => {
    const project = twoFiles(RECIPE + answering('infer', 3));
    const learner = learners.learner('predictor');
    await learner.project(project);
    expect((await learner.build('submission')).header).toMatchObject({ hooksPresent: [] });
    expect(errorOf(await learner.predict(['ab'], { hook: true }))).toMatch(/no inference hook/);
    const trainer = learners.learner('trainer');
    await trainer.project(project);
    expect(errorOf(await trainer.build('reference', CONTEXT, { hooks: true }))).toMatch(
      /hooks is for predictors and replayers/,
    );
  });

  test('answers in a replayer as in the predictor', async () => {
    const project = oneFile(RECIPE + HOOKS);
    const learner = await predictor(project);
    const replayer = learners.learner('replayer');
    await replayer.project(project);
    await replayer.build('reference', CONTEXT, { hooks: true });
    const first = await learner.predict(['abc'], { hook: true });
    expect((await replayer.predict(['abc'], { hook: true })).body).toEqual(first.body);
  });
});

test('a recipe may be a dict of some of the keys', async () => {
  const { built } = await trained(oneFile('def get_recipe(ctx): return {"learning_rate": 1e-3}'));
  expect(built).toMatchObject({
    recipe: { learning_rate: 1e-3, batch_size: 4, optimizer: 'adamw', scheduler: 'cosine' },
  });
});

test('checkpoint functions may be there; they are never called', async () => {
  const checkpoints = `
def save_checkpoint(model, checkpoint_dir, ctx): raise RuntimeError("called")
def load_checkpoint(model, checkpoint_dir, ctx): raise RuntimeError("called")
`;
  const { trainer } = await trained(oneFile(RECIPE + checkpoints));
  expect((await trainer.snapshot()).header).toMatchObject({ ok: true, hooksUsed: [] });
});

test("the context's later fields are those of one process on one device with nothing to resume", async () => {
  const learner = learners.learner('trainer');
  const names = [
    ...[
      'checkpoint_dir',
      'resume_checkpoint_dir',
      'checkpoint_api_version',
      'attempt',
      'is_resume',
      'rank',
      'local_rank',
    ],
    ...['world_size', 'distributed_backend', 'device', 'checkpoint_metadata'],
  ];
  await learner.project({
    files: {
      'model.py': `def build_model(ctx): raise ValueError([ctx.${names.join(', ctx.')}, hash(ctx) == hash(ctx)])`,
    },
  });
  expect(errorOf(await learner.build())).toBe(
    "ValueError: [None, None, 1, 1, False, 0, 0, 1, None, 'cpu', {}, True]",
  );
});

test("the probe's wishes reach the model", async () => {
  const learner = learners.learner('trainer');
  await learner.project({
    files: {
      'model.py': 'def build_model(ctx): raise ValueError((ctx.max_layers, ctx.depth, ctx.batch_size))',
    },
  });
  const context = { ...CONTEXT, depth: 3, batch_size: 32 };
  expect(errorOf(await learner.build('reference', context))).toBe('ValueError: (4, 3, 32)');
});
