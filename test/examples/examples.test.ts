/** The example projects on the real parts: intake, reviewer, and PyTorch in the runner's container. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tinyPlan } from '../../domain/policy/default.ts';
import { EXAMPLES, MINERS } from '../../services/cli/demo/miners.ts';
import { packFolder } from '../../services/cli/pack.ts';
import { type Admitted, admit, DEFAULT_ADMISSION_LIMITS } from '../../services/intake/admit.ts';
import type { ReviewResult } from '../../services/reviewer/review-result.ts';
import { Learners, type TestProject } from '../gpu-runner/learner/learners.ts';
import { errorsOf, Reviewer } from '../gpu-runner/reviewer/reviewer.ts';
import { judgedLoss, LENGTH, text } from './judged-loss.ts';

const FAMILY = '00000000-0000-5000-8000-000000000000';
const NAMES = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const RUN = NAMES.filter((name) => name !== 'imports-socket');

const learners = new Learners();
const reviewer = new Reviewer();
const projects = new Map<string, Admitted>();
const reviews = new Map<string, ReviewResult>();

beforeAll(async () => {
  for (const name of NAMES) {
    const admitted = await admit(packFolder(join(EXAMPLES, name), { FAMILY }), DEFAULT_ADMISSION_LIMITS);
    if (!admitted.ok) throw new Error(`${name}: ${admitted.rejection.message}`);
    projects.set(name, admitted);
    const { layout } = admitted;
    const entrypoints = {
      architecture: layout.architecture?.entrypoint,
      training: layout.training?.entrypoint,
    };
    const given = Object.entries(entrypoints).filter(([, entrypoint]) => entrypoint !== undefined);
    const files = Object.fromEntries([...admitted.files].filter(([path]) => path.endsWith('.py')));
    reviews.set(name, await reviewer.review(files, { kind: layout.kind, ...Object.fromEntries(given) }));
  }
});

afterAll(async () => {
  reviewer.close();
  await learners.close();
});

function of<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name);
  if (one === undefined) throw new Error(`no example ${name}`);
  return one;
}

function sources(name: string): { [path: string]: string } {
  return Object.fromEntries(
    [...of(projects, name).files].map(([path, bytes]) => [path, bytes.toString('utf8')]),
  );
}

/** The project as the judge runs it; a recipe without an architecture runs on the GPT that it is for. */
function runnable(name: string): TestProject {
  const { layout } = of(projects, name);
  const training = layout.training?.entrypoint;
  if (layout.architecture === null) {
    return { ...runnable('small-gpt'), training: sources(name), trainingEntrypoint: training ?? '' };
  }
  const entrypoint = layout.architecture.entrypoint;
  return { files: sources(name), entrypoint, trainingEntrypoint: training ?? entrypoint };
}

const context = {
  vocab_size: 256,
  sequence_length: LENGTH,
  max_layers: tinyPlan.context.maxLayers,
  max_parameters: tinyPlan.context.maxParameters,
  seed: 5,
  steps: 100,
};

async function trained(project: TestProject, recipe: 'reference' | 'submission', steps: number) {
  const trainer = learners.learner('trainer');
  expect((await trainer.project(project)).header).toEqual({ ok: true });
  const { header: built } = await trainer.build(recipe, context);
  expect(built).toMatchObject({ ok: true });
  for (let step = 0; step < steps; step += 1) {
    expect((await trainer.train(step, text.batch(step))).header).toEqual({ ok: true, step });
  }
  return { built, snapshot: await trainer.snapshot() };
}

/** Judged bits per byte after `steps`, in a predictor of its own. */
async function loss(project: TestProject, recipe: 'reference' | 'submission', steps = 100): Promise<number> {
  const { snapshot } = await trained(project, recipe, steps);
  const predictor = learners.learner('predictor');
  await predictor.project(project);
  await predictor.build('reference', context);
  expect((await predictor.load(snapshot)).header).toEqual({ ok: true });
  return judgedLoss(predictor);
}

/** Training takes seconds on an idle core, and minutes on a busy machine. */
const PATIENCE_MS = 240_000;

const reference: TestProject = {
  files: { 'model.py': readFileSync(join(EXAMPLES, '../gpu-runner/reference/bigram/model.py'), 'utf8') },
};

let bar: Promise<number> | undefined;
/** What the reference comes to on the same text. */
function referenceLoss(): Promise<number> {
  bar ??= loss(reference, 'reference');
  return bar;
}

describe('each example', () => {
  test('is submitted by the demo', () => {
    expect(MINERS.map(({ project }) => project).sort()).toEqual([...NAMES].sort());
  });

  test.each(RUN)('%s passes the review without a finding', (name) => {
    expect(of(reviews, name).findings).toEqual([]);
  });

  test.each(RUN)('%s runs under every recipe that it is judged under, within the limits', async (name) => {
    const { kind } = of(projects, name).layout;
    for (const recipe of ['reference', 'submission'] as const) {
      if (kind === (recipe === 'reference' ? 'training_for_arch' : 'architecture_only')) continue;
      const { snapshot } = await trained(runnable(name), recipe, 3);
      expect(snapshot.body.length).toBeLessThan(tinyPlan.maxStateBytes);
      const used = ['configure_optimizer', 'compute_loss', 'train_step'].filter((hook) =>
        of(reviews, name).hooks.some((found) => found.name === hook),
      );
      // A train_step that computes its own loss leaves compute_loss uncalled.
      const called = used.filter((hook) => hook !== 'compute_loss' || !used.includes('train_step'));
      expect(snapshot.header.hooksUsed).toEqual(recipe === 'reference' ? [] : called);
    }
  });
});

describe('what becomes of them', () => {
  test(
    'the reference has about 100,000 parameters',
    async () => {
      const { built } = await trained(reference, 'reference', 0);
      expect(built.parameters).toBe(107_936);
    },
    PATIENCE_MS,
  );

  test(
    'the GRU, the convolutions and the two-speed LSTM beat the reference',
    async () => {
      const toBeat = await referenceLoss();
      expect(await loss(runnable('gru'), 'reference')).toBeLessThan(toBeat - 0.1);
      expect(await loss(runnable('conv-architecture-only'), 'reference')).toBeLessThan(toBeat - 0.5);
      expect(await loss(runnable('gru-with-inference-hook'), 'submission')).toBeLessThan(toBeat - 0.1);
    },
    PATIENCE_MS,
  );

  test(
    'the renamed GPT is the same family, the same recipe and the same model to the bit',
    async () => {
      const [original, renamed] = [of(reviews, 'small-gpt'), of(reviews, 'small-gpt-renamed')];
      expect(renamed.architecture?.digest).toBe(original.architecture?.digest);
      expect(renamed.training?.digest).toBe(original.training?.digest);
      const own = await loss(runnable('small-gpt'), 'submission', 10);
      expect(await loss(runnable('small-gpt-renamed'), 'submission', 10)).toBe(own);
    },
    PATIENCE_MS,
  );

  test(
    'the better recipe is better than the reference recipe and than the one that came with the GPT',
    async () => {
      const better = await loss(runnable('gpt-better-recipe'), 'submission');
      expect(better).toBeLessThan((await loss(runnable('small-gpt'), 'reference')) - 0.1);
      expect(better).toBeLessThan((await loss(runnable('small-gpt'), 'submission')) - 0.05);
    },
    PATIENCE_MS,
  );

  test(
    'the table learns too little to pass the reference',
    async () => {
      const toBeat = await referenceLoss();
      expect(await loss(runnable('bigram-table'), 'reference')).toBeGreaterThan(toBeat);
    },
    PATIENCE_MS,
  );

  test(
    'the faked loss is 8 bits per byte, under either recipe',
    async () => {
      expect(await loss(runnable('faked-loss'), 'reference', 5)).toBeCloseTo(8, 6);
      expect(await loss(runnable('faked-loss'), 'submission', 5)).toBeCloseTo(8, 6);
    },
    PATIENCE_MS,
  );

  test(
    'peeking leaves nothing where the next byte is not there',
    async () => {
      const toBeat = await referenceLoss();
      expect(await loss(runnable('peeking'), 'submission')).toBeGreaterThan(toBeat);
    },
    PATIENCE_MS,
  );

  test(
    'the socket is refused by its line',
    () => {
      const { findings } = of(reviews, 'imports-socket');
      expect(errorsOf(of(reviews, 'imports-socket'))).toContain('forbidden-import');
      expect(findings[0]).toMatchObject({ path: 'model.py', line: 3, severity: 'error' });
    },
    PATIENCE_MS,
  );
});
