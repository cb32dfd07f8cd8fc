/**
 * Hostile projects on the real judge, with real containers and PyTorch. They are past review here, which would have stopped most of them: what
 * review misses must not matter. Each ends as it must, none does better than the honest project, and the next honest run is not disturbed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CurvePoint, type Measurement, planSchema } from '../../../domain/evaluation/plan.ts';
import { figureOf } from '../../../domain/scoring/gains.ts';
import { currentCorpus } from '../../../infra/corpus/index.ts';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';
import { systemClock } from '../../../infra/system/index.ts';
import { measure } from '../../../services/evaluator/judge/measure.ts';
import type { MeasuredRun, Project } from '../../../services/evaluator/judge/run.ts';
import { shortPolicy } from '../../support/real-engine.ts';

const MINUTE = 60_000;
const PROJECTS = join(import.meta.dirname, 'projects');
/** Files of these two are in every project. */
const SHARED = ['honest.py', 'tricks.py'];

const plan = planSchema.parse({
  ...shortPolicy.plan,
  trainer: { ...shortPolicy.plan.trainer, memoryBytes: 512 << 20 },
  predictor: { ...shortPolicy.plan.predictor, memoryBytes: 512 << 20 },
});
/** For those that are silent: an honest run on a busy machine must not be late. */
const hurried = planSchema.parse({
  ...plan,
  timeouts: { ...plan.timeouts, buildMs: 3_000, stepMs: 3_000, predictMs: 3_000 },
});

type Kind = Measurement['ending']['kind'];

const EXPECTED: { readonly [project: string]: readonly [Kind, RegExp] } = {
  hangs_at_import: ['late', /^build: .*3000 ms/],
  hangs_in_build: ['late', /^build: .*3000 ms/],
  hangs_in_forward: ['late', /^train, step 5: .*3000 ms/],
  hangs_in_train_step: ['late', /^train, step 5: .*3000 ms/],
  hangs_in_predict: ['late', /^predict, step 4: .*3000 ms/],
  exits: ['learner-ended', /^train, step 5: .*status 0/],
  raises: ['learner-ended', /^train, step 5: ValueError: cannot go on/],
  raises_a_liar: ['learner-ended', /^train, step 5: /],
  segfaults: ['learner-ended', /^train, step 5: .*status 139/],
  hangs_up: ['learner-ended', /^train, step 5: /],
  kills_itself: ['completed', /^$/],
  floods_stdout: ['completed', /^$/],
  floods_stderr: ['over-limit', /^train, step 5: .*standard error/],
  fork_bomb: ['late', /^train, step 5: .*3000 ms/],
  thread_bomb: ['learner-ended', /^train, step 5: RuntimeError: can't start new thread/],
  memory_bomb: ['over-limit', /^train, step 5: .*memory/],
  fills_tmp: ['learner-ended', /^train, step 5: OSError: .*No space left/],
  nan_weights: ['non-finite', /^snapshot, step 8: tensor .* holds NaN/],
  infinite_weights: ['non-finite', /^snapshot, step 8: tensor .* holds NaN/],
  nan_logits: ['non-finite', /^predict, step 4: a logit is NaN or infinite/],
  wrong_shape: ['learner-ended', /^predict, step 4: ContractError: .*255/],
  wrong_type: ['learner-ended', /^predict, step 4: ContractError: .*list/],
  wrong_dtype: ['learner-ended', /^snapshot, step 4: .*complex64/],
  no_model: ['learner-ended', /^build: ContractError: .*str/],
  too_many_parameters: ['learner-ended', /^build: ContractError: .*parameters/],
  too_large: ['over-limit', /^snapshot, step 4/],
  changes_names: ['malformed', /^snapshot, step 8: tensor .*memory/],
  changes_shapes: ['malformed', /^snapshot, step 8: tensor .*\[16\]/],
  answers_garbage: ['malformed', /^train, step 5: /],
  answers_a_gigabyte: ['malformed', /^train, step 5: .*announced/],
  answers_nan: ['malformed', /^train, step 5: /],
  answers_twice: ['malformed', /^(train, step 6|train, step 5): /],
  answers_early: ['malformed', /^train, step [56]: /],
  answers_another_step: ['malformed', /^train, step 5: answered step 99/],
  patches_the_loss: ['completed', /^$/],
  patches_training: ['completed', /^$/],
  patches_predictions: ['completed', /^$/],
  declares_more_than_it_sends: ['malformed', /^snapshot, step 4: \d+ bytes declared, \d+ came/],
  two_tensors_of_one_name: ['malformed', /^snapshot, step 4: two tensors have one name/],
  declares_the_universe: ['over-limit', /^snapshot, step 4/],
  calls_home: ['learner-ended', /ConnectionError: ENETUNREACH ENETUNREACH ENETUNREACH$/],
  spies: ['learner-ended', /PermissionError: processes: 1$/],
  passes_notes: ['completed', /^$/],
};

/** What these try has no effect at all. */
const IN_VAIN = ['kills_itself', 'floods_stdout', 'passes_notes'];

const sandbox = openDockerSandbox();
const corpus = currentCorpus();
const labels = { 'prism.test': `learners-${process.pid}` };

const source = (file: string): Buffer => readFileSync(join(PROJECTS, file));

function projectOf(name: string): Project {
  const entrypoint = `${name}.py`;
  const files = new Map([entrypoint, ...SHARED].map((file) => [file, source(file)] as const));
  const hasRecipe = source(entrypoint).includes('def get_recipe');
  return {
    architecture: { entrypoint, files },
    training: hasRecipe ? { entrypoint, files } : null,
    sameRoot: hasRecipe,
    recipe: hasRecipe ? 'submission' : 'reference',
  };
}

function judged(name: string, kind: Kind = 'completed'): Promise<MeasuredRun> {
  const run = { plan: kind === 'late' ? hurried : plan, seed: 'c3'.repeat(32), seedIndex: 0 } as const;
  return measure(
    { ...run, pair: 'architecture', project: projectOf(name) },
    { sandbox, corpus, clock: systemClock, labels },
  );
}

let honest: readonly CurvePoint[];
beforeAll(async () => {
  const run = await judged('honest');
  expect(run.ending).toEqual({ kind: 'completed', detail: '' });
  honest = run.curve;
}, MINUTE);

test('the honest project learns, and every other one is expected to end in some way', () => {
  expect(figureOf(honest)).toBeLessThan(7_500_000);
  const names = readdirSync(PROJECTS).filter((file) => !SHARED.includes(file) && file.endsWith('.py'));
  expect(names.map((file) => file.slice(0, -'.py'.length)).sort()).toEqual(Object.keys(EXPECTED).sort());
});

test.each(Object.entries(EXPECTED))(
  '%s',
  async (name, [kind, detail]) => {
    const run = await judged(name, kind);
    expect(run.ending).toEqual({ kind, detail: expect.stringMatching(detail) });
    expect(run.curve).toHaveLength(plan.checkpoints.length);
    expect(figureOf(run.curve)).toBeGreaterThanOrEqual(figureOf(honest));
    if (IN_VAIN.includes(name)) expect(run.curve).toEqual(honest);
    expect((await judged('honest')).curve).toEqual(honest);
  },
  MINUTE,
);

afterAll(async () => {
  expect(await sandbox.sweep(labels)).toBe(0);
});
