/**
 * A whole plan with the judge, runs side by side, against the same training loops one after another with no judge: no snapshot, no prediction,
 * nothing repeated. Both in containers of the same image, on the same batches, in one process.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem } from 'node:os';
import { join } from 'node:path';
import { type Plan, planAt, planSchema } from '../domain/evaluation/plan.ts';
import { type RunKey, runName, runsOf } from '../domain/evaluation/runs.ts';
import { sha256 } from '../domain/events/canonical.ts';
import { tinyPlan } from '../domain/policy/default.ts';
import { currentCorpus } from '../infra/corpus/index.ts';
import { openDockerSandbox } from '../infra/sandbox/docker/index.ts';
import { withWarmPool } from '../infra/sandbox/warm-pool.ts';
import { systemClock } from '../infra/system/index.ts';
import { Fleet } from '../services/evaluator/judge/fleet.ts';
import { measure } from '../services/evaluator/judge/measure.ts';
import type { JudgeParts, MeasuredRun, Project, RunSpec } from '../services/evaluator/judge/run.ts';
import { RunText } from '../services/evaluator/judge/text.ts';
import { MemoryGate } from '../services/evaluator/memory-gate.ts';
import { forEachInParallel } from '../services/evaluator/parallel.ts';

const ROOT = join(import.meta.dirname, '..');
const plan: Plan = planSchema.parse({ ...tinyPlan, seeds: 2, futilityMicrobits: null });
const RUNS = runsOf({ plan, recipe: true, others: 0 });

const filesOf = (folder: string, ...names: readonly string[]) =>
  new Map(names.map((name) => [name, readFileSync(join(ROOT, folder, name))]));

const reference = filesOf('gpu-runner/reference/bigram', 'model.py');
const gpt = filesOf('examples/small-gpt', 'model.py', 'blocks.py', 'attention.py', 'recipe.py');

function projectOf({ pair }: RunKey): Project {
  const files = pair === 'reference' ? reference : gpt;
  const own = pair === 'recipe';
  return {
    architecture: { entrypoint: 'model.py', files },
    training: own ? { entrypoint: 'recipe.py', files } : null,
    sameRoot: true,
    recipe: own ? 'submission' : 'reference',
  };
}

function specOf(key: RunKey): RunSpec {
  const checked = key.seed < plan.checks.seeds && key.pair !== 'reference';
  return {
    plan: planAt(plan, key.point),
    key,
    seed: sha256(`bench ${key.seed}`),
    project: projectOf(key),
    payloadBytes: 0,
    replays: 1,
    checks: {
      steps: checked && key.pair === 'architecture' ? plan.checks.steps : 0,
      predictions: checked ? plan.checks.predictions : 0,
    },
    hook: null,
  };
}

async function judged(parts: JudgeParts, width: number): Promise<readonly MeasuredRun[]> {
  const measured: MeasuredRun[] = [];
  const gate = new MemoryGate(freemem() * 0.85);
  await forEachInParallel(RUNS, width, new AbortController().signal, async (key) => {
    const release = await gate.reserve(gate.expect(key, plan));
    const run = await measure(specOf(key), parts);
    release();
    gate.learn(key, run);
    if (run.ending.kind !== 'completed') throw new Error(`${runName(key)}: ${run.ending.detail}`);
    measured.push(run);
  });
  return measured;
}

/** The loop alone: files, model, every batch. */
async function bare(parts: JudgeParts, key: RunKey): Promise<void> {
  const { project, seed } = specOf(key);
  const text = new RunText(parts.corpus, plan, seed);
  const fleet = new Fleet(plan, parts);
  try {
    const trainer = await fleet.open('trainer');
    await trainer.project(project);
    await trainer.build(text.torchSeed, { recipe: project.recipe });
    for (let step = 0; step < plan.steps; step += 1) await trainer.train(step, text.batch(step));
  } finally {
    await fleet.close();
  }
}

const seconds = (from: number): number => (performance.now() - from) / 1_000;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export async function benchEvaluation(): Promise<readonly string[]> {
  const width = availableParallelism();
  const sandbox = withWarmPool(openDockerSandbox(), { size: width });
  const parts: JudgeParts = {
    sandbox,
    corpus: currentCorpus(),
    clock: systemClock,
    labels: { 'prism.bench': String(process.pid) },
    device: { kind: 'cpu', class: cpus()[0]?.model ?? 'unknown' },
  };
  const began = process.cpuUsage();
  const whole = performance.now();
  const measured = await judged(parts, width);
  const withJudge = seconds(whole);
  const { user, system } = process.cpuUsage(began);
  await sandbox.close();

  const plain = { ...parts, sandbox: openDockerSandbox() };
  const alone = performance.now();
  for (const key of RUNS) await bare(plain, key);
  const without = seconds(alone);

  const trainer = sum(measured.map(({ trainerCpuUs }) => trainerCpuUs));
  const predictor = sum(measured.map(({ predictorCpuUs }) => predictorCpuUs));
  const share = (user + system + predictor) / (user + system + predictor + trainer);
  return [
    `plan: ${RUNS.length} runs of ${plan.steps} steps; ${width} side by side on ${parts.device.class}`,
    `with the judge, side by side: ${withJudge.toFixed(1)} s`,
    `the same loops, one after another, no judge: ${without.toFixed(1)} s`,
    `ratio: ${(without / withJudge).toFixed(2)} (above 1: the judge's plan is faster)`,
    `the judge's part of all processor time (predictors and this process): ${(100 * share).toFixed(1)} %`,
  ];
}
