/** The judge on the real Docker Engine and real PyTorch. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Plan, planSchema } from '../../../../domain/evaluation/plan.ts';
import { tinyPlan } from '../../../../domain/policy/default.ts';
import { figureOf } from '../../../../domain/scoring/gains.ts';
import { currentCorpus } from '../../../../infra/corpus/index.ts';
import { openDockerSandbox } from '../../../../infra/sandbox/docker/index.ts';
import { systemClock } from '../../../../infra/system/index.ts';
import { measure } from '../../../../services/evaluator/judge/measure.ts';
import type { JudgeParts, Progress, Project } from '../../../../services/evaluator/judge/run.ts';
import * as learners from './learners.ts';

const plan: Plan = planSchema.parse({
  ...tinyPlan,
  steps: 40,
  sequenceLength: 32,
  checkpoints: [
    { step: 10, windows: 64 },
    { step: 40, windows: 256 },
  ],
  requestsPerCheckpoint: 4,
  timeouts: { ...tinyPlan.timeouts, stepMs: 5_000 },
  trainer: { ...tinyPlan.trainer, memoryBytes: 768 << 20 },
});

const sandbox = openDockerSandbox();
const corpus = currentCorpus();
const labels = { 'prism.test': `judge-${process.pid}` };
afterAll(async () => {
  expect(await sandbox.sweep(labels)).toBe(0);
});

const judge = (project: Project, watching: Pick<JudgeParts, 'signal' | 'onProgress'> = {}) =>
  measure(
    {
      plan,
      key: { pair: 'architecture', variant: 0, point: 0, seed: 0 },
      seed: 'd1'.repeat(32),
      project,
      payloadBytes: 0,
      replays: 1,
      checks: { steps: 0, predictions: 0 },
      hook: null,
    },
    { sandbox, corpus, clock: systemClock, labels, device: { kind: 'cpu', class: 'test' }, ...watching },
  );

const judgeSource = (source: string) => judge(learners.pythonProject(source));

describe('what is measured', () => {
  test('is the same to the bit in fresh containers, and a real model learns', async () => {
    const first = await judge(learners.reference);
    const second = await judge(learners.reference);
    expect(first.ending).toEqual({ kind: 'completed', detail: '' });
    expect(second.curve).toEqual(first.curve);
    expect(first.curve.at(-1)?.lossMicrobits).toBeLessThan(6_000_000);
    expect(first.trainerCpuUs).toBeGreaterThan(0);
    expect(first.sandboxes.predictor).toMatchObject({ network: 'none', readOnlyRoot: true });
  });

  test('a model that peeks, one that keeps its knowledge outside its tensors and one that boasts gain nothing', async () => {
    const reference = figureOf((await judge(learners.reference)).curve);
    for (const source of [learners.peeking, learners.countingOutsideTensors, learners.boasting]) {
      const measured = await judgeSource(source);
      expect(measured.ending.kind).toBe('completed');
      expect(figureOf(measured.curve)).toBeGreaterThan(reference);
      expect(figureOf(measured.curve)).toBeGreaterThanOrEqual(7_900_000);
    }
  });

  test("the submission's recipe trains, and its hooks are counted", async () => {
    const measured = await judge(learners.pythonProject(learners.withRecipe, 'submission'));
    expect(measured.ending.kind).toBe('completed');
    expect(measured.instrumented).toMatchObject({ parameters: 65_536, hookUses: { train_step: 160 } });
    expect(measured.curve.at(-1)?.lossMicrobits).toBeLessThan(8_000_000);
  });
});

describe('how a learner ends its run', () => {
  test.each<[learners.Misbehaviour, string, RegExp]>([
    ['raises', 'learner-ended', /^train, step 5: ValueError: cannot go on/],
    ['exits', 'learner-ended', /^train, step 5: .*status 3/],
    // Its telemetry is taken in eval mode too, in the trainer.
    ['predictorExits', 'learner-ended', /^(snapshot|predict), step 10: .*status 3/],
    ['hangs', 'late', /^train, step 5: .*5000 ms/],
    ['nanWeights', 'non-finite', /^snapshot, step 10: tensor table.weight/],
    ['nanLogits', 'non-finite', /^predict, step 10: a logit/],
    ['largeState', 'over-limit', /^snapshot, step 0/],
    ['eatsMemory', 'over-limit', /^train, step 5: .*memory/],
    ['wrongShape', 'learner-ended', /^predict, step 10: ContractError/],
    ['talksToTheJudge', 'malformed', /^train, step 5: /],
  ])('%s: %s', async (how, kind, detail) => {
    const measured = await judge(learners.thatEnds(how));
    expect(measured.ending).toEqual({ kind, detail: expect.stringMatching(detail) });
    expect(measured.curve.at(-1)).toMatchObject({ windows: 0, lossMicrobits: 8_000_000 });
  });
});

test('a cancelled run is over at once, and its containers are gone', async () => {
  const controller = new AbortController();
  // A second after step 4 was done, step 5 hangs.
  const onProgress = ({ step }: Progress) => {
    if (step === 4) setTimeout(() => controller.abort(new Error('the lease is lost')), 1_000);
  };
  const measured = judge(learners.thatEnds('hangs'), { signal: controller.signal, onProgress });
  await expect(measured).rejects.toThrow('the lease is lost');
});
