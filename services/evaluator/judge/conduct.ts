/** One run from the first operation to the last: the trainer goes on while the predictor judges its last checkpoint. */
import { judgedPoint } from '../../../domain/evaluation/curve.ts';
import type { CurvePoint } from '../../../domain/evaluation/plan.ts';
import type { Learner } from './learner.ts';
import type { JudgeParts, RunSpec } from './run.ts';
import type { ModelState } from './tensors.ts';
import type { RunText } from './text.ts';

/** What has been found so far; stays valid when the run ends early. */
export interface Findings {
  readonly points: CurvePoint[];
  stateBytes: number;
  parameters: number | null;
  hooksUsed: readonly string[];
}

export interface Containers<T> {
  readonly trainer: T;
  readonly predictor: T;
}

/** Waits for both; throws the trainer's failure first, so that of two the same one counts every time. */
export async function both<T>(trainer: Promise<T>, predictor: Promise<T>): Promise<Containers<T>> {
  await Promise.allSettled([trainer, predictor]);
  return { trainer: await trainer, predictor: await predictor };
}

async function prepare(
  run: RunSpec,
  { trainer, predictor }: Containers<Learner>,
  seed: number,
): Promise<number> {
  await both(trainer.project(run.project), predictor.project(run.project));
  const parameters = await both(
    trainer.build(seed, run.project.recipe),
    predictor.build(seed, run.project.recipe),
  );
  return parameters.trainer;
}

/** Judges a model on windows that no container has seen, and whose next bytes no container gets. */
async function judge(
  run: RunSpec,
  predictor: Learner,
  text: RunText,
  checkpoint: number,
  state: ModelState,
): Promise<CurvePoint> {
  const step = run.plan.checkpoints[checkpoint]?.step ?? 0;
  await predictor.load(state, step);
  const losses: number[] = [];
  for (const request of text.requests(checkpoint)) {
    const { windows, prefixLength } = request;
    const logits = await predictor.predict(text.prefixes(request), windows.length, prefixLength, step);
    losses.push(...text.losses(request, logits, step));
  }
  return judgedPoint(run.plan, step, losses);
}

/**
 * Conducts the run, writing into `findings` as it goes. Throws `LearnerFailure` where the learner ended it (of several failures the one of the
 * earliest checkpoint), `SandboxError` where it was our fault.
 */
export async function conduct(
  run: RunSpec,
  parts: JudgeParts,
  containers: Containers<Learner>,
  text: RunText,
  findings: Findings,
): Promise<void> {
  const { trainer, predictor } = containers;
  const { plan } = run;
  findings.parameters = await prepare(run, containers, text.torchSeed);

  let judging = Promise.resolve();
  let judgingFailed = false;
  let step = 0;

  const report = () => parts.onProgress?.({ step, steps: plan.steps, points: findings.points });
  const trainUntil = async (target: number): Promise<void> => {
    while (step < target && !judgingFailed) {
      parts.signal?.throwIfAborted();
      await trainer.train(step, text.batch(step));
      step += 1;
      report();
    }
  };

  for (const [index, checkpoint] of plan.checkpoints.entries()) {
    let taken: Awaited<ReturnType<Learner['snapshot']>>;
    try {
      await trainUntil(checkpoint.step);
      if (judgingFailed) await judging;
      taken = await trainer.snapshot(checkpoint.step);
    } catch (error) {
      await judging;
      throw error;
    }
    await judging;
    findings.stateBytes = taken.state.body.length;
    findings.hooksUsed = taken.hooksUsed;
    judging = judge(run, predictor, text, index, taken.state).then((point) => {
      findings.points.push(point);
      report();
    });
    judging.catch(() => {
      judgingFailed = true;
    });
  }
  await judging;
}
