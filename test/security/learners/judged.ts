/** Runs of the real judge: real containers, real PyTorch, on a plan as short as it can be. */
import { planSchema } from '../../../domain/evaluation/plan.ts';
import { figureOf } from '../../../domain/scoring/gains.ts';
import { readingOf } from '../../../domain/scoring/measured-runs.ts';
import { currentCorpus } from '../../../infra/corpus/index.ts';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';
import { systemClock } from '../../../infra/system/index.ts';
import { measure } from '../../../services/evaluator/judge/measure.ts';
import type { MeasuredRun, Project, ProjectPart } from '../../../services/evaluator/judge/run.ts';
import { payloadBytes } from '../../../services/runtime/payload.ts';
import { shortPolicy } from '../../support/real-engine.ts';
import type { Sources, Submitted } from './case.ts';

const MEMORY_BYTES = 512 << 20;

/** 24 steps of 8 windows of 33 bytes: what counting statistics can learn from 6 KB is learnt, and a case takes seconds. */
const plan = planSchema.parse({
  ...shortPolicy.plan,
  steps: 24,
  checkpoints: [
    { step: 4, windows: 64 },
    { step: 24, windows: 256 },
  ],
  trainer: { ...shortPolicy.plan.trainer, memoryBytes: MEMORY_BYTES },
  predictor: { ...shortPolicy.plan.predictor, memoryBytes: MEMORY_BYTES },
});

const HURRIED_MS = 3_000;
/** For those that are silent: an honest run on a busy machine must not be late. */
const hurried = planSchema.parse({
  ...plan,
  timeouts: {
    ...plan.timeouts,
    buildMs: HURRIED_MS,
    stepMs: HURRIED_MS,
    snapshotMs: HURRIED_MS,
    predictMs: HURRIED_MS,
  },
});

export const CHECKPOINTS = plan.checkpoints.length;
export const sandbox = openDockerSandbox();
const device = { kind: 'cpu', class: 'test' } as const;
const labels = { 'prism.test': `learners-${process.pid}` };
export const corpus = currentCorpus();

function part(entrypoint: string, sources: Sources): ProjectPart {
  const files = Object.entries(sources).map(([path, python]) => [path, Buffer.from(python)] as const);
  return { entrypoint, files: new Map(files) };
}

/** The project as the judge gets it: past admission and review. */
function projectOf({
  sources,
  entrypoint = 'model.py',
  recipeEntrypoint,
  rival,
  recipe,
}: Submitted): Project {
  const architecture = part(entrypoint, sources);
  if (recipe !== 'submission') return { architecture, training: null, sameRoot: false, recipe: 'reference' };
  const training =
    rival === undefined ? part(recipeEntrypoint ?? entrypoint, sources) : part('recipe.py', rival);
  return { architecture, training, sameRoot: rival === undefined, recipe };
}

/** What is repeated in a fresh container, where that is what a case is about: a third container costs its time. */
const CHECKS = { steps: 2, predictions: 2 };
const UNCHECKED = { steps: 0, predictions: 0 };

interface Options {
  /** It is expected to stay silent. */
  readonly late?: boolean;
  /** Steps and predictions are repeated in a fresh container. */
  readonly checked?: boolean;
}

/** Measures one run of a project, always on the same streams. */
export async function judged(submitted: Submitted, { late, checked }: Options = {}): Promise<MeasuredRun> {
  const project = projectOf(submitted);
  const submits = project.recipe === 'submission';
  return measure(
    {
      plan: late ? hurried : plan,
      key: { pair: submits ? 'recipe' : 'architecture', variant: 0, point: 0, seed: 0 },
      seed: 'c3'.repeat(32),
      project,
      payloadBytes: await payloadBytes(project.architecture.files),
      replays: 1,
      checks: checked ? { ...CHECKS, ...(submits && { steps: 0 }) } : UNCHECKED,
      hook: submitted.hook ? project : null,
    },
    { sandbox, corpus, clock: systemClock, labels, device },
  );
}

/** A run's figure in microbits per byte; lower is better. @param counted the bits of what was delivered are part of it, as in a score */
export const figure = (run: MeasuredRun, counted = false): number =>
  counted ? readingOf(run, 'figure') : figureOf(run.curve);

/** Removes what is left of this process's containers; returns how many there were. */
export const leftOver = (): Promise<number> => sandbox.sweep(labels);

/** Does `works` side by side, `width` at a time: asking for one starts those that come next. */
export function lookingAhead<T>(
  works: readonly (() => Promise<T>)[],
  width: number,
): (index: number) => Promise<T> {
  const started = new Map<number, Promise<T>>();
  const start = (index: number): Promise<T> | undefined => {
    const known = started.get(index);
    if (known !== undefined) return known;
    const begun = works[index]?.();
    // Whoever asks for it gets the error; nobody asks for it where the test before it was the last.
    begun?.catch(() => {});
    if (begun !== undefined) started.set(index, begun);
    return begun;
  };
  return async (index) => {
    const wanted = start(index);
    for (let next = index + 1; next < index + width; next += 1) start(next);
    if (wanted === undefined) throw new RangeError(`there is no work ${index}`);
    return await wanted;
  };
}
