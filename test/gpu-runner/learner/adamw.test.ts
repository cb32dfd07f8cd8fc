/** The judge does the arithmetic of its recipe over again: it has to be torch's, whatever the model is made of. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { REFERENCE_RECIPE } from '../../../services/evaluator/judge/adamw.ts';
import { snapshotSchema } from '../../../services/evaluator/judge/answers.ts';
import { momentsOf } from '../../../services/evaluator/judge/moments.ts';
import { stateBytes } from '../../../services/evaluator/judge/tensors.ts';
import { movedOtherwise } from '../../../services/evaluator/judge/unlearned.ts';
import { type Answer, CONTEXT, Learners, projectOf, type TestProject } from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

/** Past the warm-up. */
const STEPS = 24;

function modelOf({ header, body }: Answer) {
  const { tensors, optimizer } = snapshotSchema.parse(header);
  const size = stateBytes(tensors);
  const state = { tensors, body: body.subarray(0, size) };
  return { state, moments: momentsOf(state, { tensors: optimizer, body: body.subarray(size) }, 'snapshot') };
}

/** Windows that differ from step to step. */
const batch = (step: number): string[] =>
  Array.from({ length: 4 }, (_, row) =>
    Array.from({ length: 17 }, (_unused, at) =>
      String.fromCharCode(97 + ((at * at + step * (row + at)) % 23)),
    ).join(''),
  );

/** Tensors that do not move as the judge reckons, over all steps. */
async function movedInSteps(
  project: TestProject,
  device: 'cpu' | 'cuda' = 'cpu',
): Promise<readonly string[]> {
  const trainer = learners.learner('trainer');
  await trainer.project(project);
  expect((await trainer.build()).header).toMatchObject({ ok: true });
  const moved = new Set<string>();
  let before = modelOf(await trainer.snapshot({ optimizer: true }));
  for (let step = 0; step < STEPS; step += 1) {
    await trainer.train(step, batch(step));
    const after = modelOf(await trainer.snapshot({ optimizer: true }));
    for (const name of movedOtherwise(before, after, step, device)) moved.add(name);
    before = after;
  }
  expect(before.moments.size).toBeGreaterThan(0);
  return [...moved];
}

const net = (output: string, more = '', made = 'Net()') =>
  projectOf(`
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, 16)
        self.gru = nn.GRU(16, 16, batch_first=True)
        self.out = nn.Linear(16, 256)
        self.idle = nn.Parameter(torch.ones(3))
        self.frozen = nn.Parameter(torch.ones(3), requires_grad=False)
        self.calls = 0
        ${more || 'pass'}

    def forward(self, tokens):
        self.calls += 1
        logits = self.out(self.gru(self.embedding(tokens))[0])
        ${output}

def build_model(ctx):
    return ${made}
`);

describe('the judge agrees with torch', () => {
  test('on the recipe', async () => {
    const trainer = learners.learner('trainer');
    await trainer.project(net('return logits'));
    const { header } = await trainer.build('reference', CONTEXT);
    expect(header.recipe).toEqual({
      learning_rate: REFERENCE_RECIPE.learningRate,
      betas: REFERENCE_RECIPE.betas,
      weight_decay: REFERENCE_RECIPE.weightDecay,
      warmup_steps: REFERENCE_RECIPE.warmupSteps,
      clip_norm: REFERENCE_RECIPE.clipNorm,
      optimizer: 'adamw',
      scheduler: 'warm-up',
    });
  });

  test.each<[string, TestProject]>([
    ['single precision', net('return logits')],
    ['double precision', net('return logits', '', 'Net().double()')],
    ['bfloat16', net('return logits', '', 'Net().bfloat16()')],
    ['gradients that are clipped', net('return 1000 * logits')],
    ["gradients below the optimiser's epsilon", net('return 1e-12 * logits')],
    ['gradients whose squares underflow', net('return 1e-22 * logits')],
    [
      'a parameter that has its first gradient late',
      net('return logits + (self.idle.sum() if self.calls > 9 else 0)'),
    ],
    [
      'a parameter that has a gradient now and then',
      net('return logits + (self.idle.sum() if self.calls % 3 else 0)'),
    ],
    [
      'tied weights',
      net(
        'return logits',
        'self.out = nn.Linear(16, 256, bias=False); self.out.weight = self.embedding.weight',
      ),
    ],
  ])('on every weight of a model with %s', async (_, project) => {
    expect(await movedInSteps(project)).toEqual([]);
  });

  test('within what a GPU may do in another order', async () => {
    expect(await movedInSteps(net('return logits'), 'cuda')).toEqual([]);
  });
});

test.each<[string, string, string, string[]]>([
  [
    'counts in a buffer',
    'self.seen[0] += 1; return logits',
    'self.register_buffer("seen", torch.zeros(2))',
    ['seen'],
  ],
  ['changes a weight in forward', 'self.out.bias.data[7] += 1e-6; return logits', '', ['out.bias']],
  [
    'changes a weight by its lowest bit',
    'self.idle.data.view(torch.int32)[1] += 1; return logits + self.idle.sum()',
    '',
    ['idle'],
  ],
  ['changes a frozen parameter', 'self.frozen.data += 1; return logits', '', ['frozen']],
])('a model that %s moves otherwise there, and there only', async (_, output, more, names) => {
  expect(await movedInSteps(net(output, more))).toEqual(names);
});
