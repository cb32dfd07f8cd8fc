/** The shipped image under its real confinement: two fresh containers, the same inputs, the same bits. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { SandboxSession } from '../../../domain/ports.ts';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';
import { CONTEXT, projectFrame } from './learners.ts';

const MIB = 1_048_576;
const LABELS = { test: 'learner-determinism' };
const sandbox = openDockerSandbox();
const open: SandboxSession[] = [];
afterAll(() => Promise.all(open.map((session) => session.close())));

/** Dropout, a random fixed table outside the state, and a set whose order depends on how strings are hashed. */
const SOURCE = `
import random

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, 32)
        self.gru = nn.GRU(32, 32, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.output = nn.Linear(32, 256)
        self.register_buffer("shift", torch.randn(256) * random.random(), persistent=False)
        for name in {"alpha", "beta", "gamma", "delta"}:
            self.register_parameter(name, nn.Parameter(torch.randn(256)))

    def forward(self, tokens):
        hidden, _ = self.gru(self.embedding(tokens))
        return self.output(self.dropout(hidden)) + self.shift + self.alpha


def build_model(ctx):
    return Net()


def get_recipe(ctx):
    torch.randn(17)
    return {"learning_rate": 1e-2, "batch_size": 3}
`;

async function session(
  role: 'trainer' | 'predictor' | 'replayer',
  recipe: 'reference' | 'submission',
  seed: number,
): Promise<SandboxSession> {
  const limits = { memoryBytes: 1_024 * MIB, cpus: 1, pids: 64, tmpBytes: 16 * MIB, wallMs: 120_000 };
  const opened = await sandbox.open({ image: 'runner', role, labels: LABELS, limits });
  open.push(opened);
  await ask(opened, projectFrame({ files: { 'model.py': SOURCE } }));
  await ask(opened, {
    header: { op: 'build', context: { ...CONTEXT, seed }, recipe },
    body: EMPTY,
  });
  return opened;
}

async function ask(
  to: SandboxSession,
  { header, body }: { header: { readonly [key: string]: unknown }; body: Buffer },
) {
  const answer = await to.request({ header, body }, { timeoutMs: 60_000, maxBytes: 8 * MIB });
  expect(answer.header).toMatchObject({ ok: true });
  return answer;
}

const WINDOWS = Buffer.from(Array.from({ length: 8 * 17 }, (_, index) => (index * index + 7 * index) % 251));
const EMPTY = Buffer.alloc(0);

function train(to: SandboxSession, step: number) {
  return ask(to, { header: { op: 'train', step, batch: 8, length: 17 }, body: WINDOWS });
}

/** The model after 12 steps of 8 windows, and what a fresh predictor says to some of the text. */
async function run(recipe: 'reference' | 'submission', seed: number) {
  const [trainer, predictor] = await Promise.all([
    session('trainer', recipe, seed),
    session('predictor', recipe, seed),
  ]);
  for (let step = 0; step < 12; step += 1) await train(trainer, step);
  const state = await ask(trainer, { header: { op: 'snapshot' }, body: EMPTY });
  await ask(predictor, { header: { op: 'load', tensors: state.header.tensors }, body: state.body });
  const logits = await ask(predictor, {
    header: { op: 'predict', count: 4, length: 9 },
    body: WINDOWS.subarray(0, 36),
  });
  await Promise.all([trainer.close(), predictor.close()]);
  return { state: state.body, logits: logits.body };
}

/** A container starts in seconds on an idle machine, and in half a minute on a busy one. */
const PATIENCE_MS = 240_000;

describe('two fresh containers', () => {
  const firstRuns = new Map<string, ReturnType<typeof run>>();
  /** The run that others are compared with, made once for each recipe. */
  function firstRun(recipe: 'reference' | 'submission'): ReturnType<typeof run> {
    const first = firstRuns.get(recipe) ?? run(recipe, 11);
    firstRuns.set(recipe, first);
    return first;
  }

  test.each(['reference', 'submission'] as const)(
    'train and predict the same bits under the %s recipe',
    async (recipe) => {
      const first = await firstRun(recipe);
      const second = await run(recipe, 11);
      expect(second.state.equals(first.state)).toBe(true);
      expect(second.logits.equals(first.logits)).toBe(true);
    },
    PATIENCE_MS,
  );

  test(
    'repeat a step of each other',
    async () => {
      const [trainer, replayer] = await Promise.all([
        session('trainer', 'reference', 11),
        session('replayer', 'reference', 11),
      ]);
      const snapshot = { header: { op: 'snapshot', optimizer: true }, body: EMPTY };
      for (let step = 0; step < 3; step += 1) await train(trainer, step);
      const { header, body } = await ask(trainer, snapshot);
      await ask(replayer, {
        header: { op: 'load', tensors: header.tensors, optimizer: header.optimizer },
        body,
      });
      const after: Buffer[] = [];
      for (const one of [trainer, replayer]) {
        await train(one, 3);
        after.push((await ask(one, snapshot)).body);
        await one.close();
      }
      expect(after[1]?.equals(after[0] ?? EMPTY)).toBe(true);
      expect(after[0]?.equals(body)).toBe(false);
    },
    PATIENCE_MS,
  );

  test(
    'differ where the seed differs',
    async () => {
      const { state } = await run('reference', 12);
      const first = await firstRun('reference');
      expect(state.length).toBe(first.state.length);
      expect(state.equals(first.state)).toBe(false);
    },
    PATIENCE_MS,
  );
});
