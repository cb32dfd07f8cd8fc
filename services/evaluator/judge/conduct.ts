/** One run from the first operation to the last: the trainer goes on while predictors judge its last checkpoint. */
import { judgedPoint } from '../../../domain/evaluation/curve.ts';
import type { CurvePoint, Measurement } from '../../../domain/evaluation/measurement.ts';
import type { TensorSpec } from './answers.ts';
import { repeat } from './checks.ts';
import type { Fleet } from './fleet.ts';
import { HookJudge } from './hook.ts';
import type { Told } from './instrumented.ts';
import type { Learner, Snapshot } from './learner.ts';
import { inReplayer, LearnerFailure } from './learner-failure.ts';
import { normsOf } from './norms.ts';
import type { SeenRequest } from './repeat-requests.ts';
import type { SeenSegment } from './repeat-steps.ts';
import type { JudgeParts, RunSpec } from './run.ts';
import { type Segment, secretSegments } from './segments.ts';
import type { ModelState } from './tensors.ts';
import type { RunText } from './text.ts';

/** What has been found so far; stays valid when the run ends early. */
export interface Findings {
  readonly points: CurvePoint[];
  readonly norms: Measurement['norms'][number][];
  /** Processor time of plain predictions, microseconds per window. */
  readonly predictUs: number[];
  /** What the host said, since the snapshot before. */
  readonly told: Told[];
  /** As the trainer declares them at its first snapshot; none until then. */
  tensors: readonly TensorSpec[];
  stateBytes: number;
  parameters: number | null;
  hookUses: { readonly [hook: string]: number };
  hook: Measurement['hook'];
  checks: Measurement['checks'];
}

export function noFindings(): Findings {
  return {
    points: [],
    norms: [],
    predictUs: [],
    told: [],
    tensors: [],
    stateBytes: 0,
    parameters: null,
    hookUses: {},
    hook: null,
    checks: { steps: 0, predictions: 0, unlearnedBytes: null },
  };
}

/** Waits for both; throws the first one's failure first, so that of two the same one counts every time. */
export async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Conducts one run, writing into `findings` as it goes. */
export class Conductor {
  readonly #run: RunSpec;
  readonly #parts: JudgeParts;
  readonly #fleet: Fleet;
  readonly #text: RunText;
  readonly #findings: Findings;
  readonly #segments: readonly Segment[];
  /** Where a segment that will be repeated starts or ends, by steps done. */
  readonly #held = new Map<number, Snapshot>();
  readonly #seenRequests: SeenRequest[] = [];
  readonly #hook: HookJudge | null;
  #predictor: Learner | null = null;
  #judgingFailed = false;
  #step = 0;
  #heardUntil = 0;

  constructor(run: RunSpec, parts: JudgeParts, fleet: Fleet, text: RunText, findings: Findings) {
    this.#run = run;
    this.#parts = parts;
    this.#fleet = fleet;
    this.#text = text;
    this.#findings = findings;
    this.#segments = secretSegments(run.seed, run.plan, run.checks.steps);
    this.#hook = run.hook === null ? null : new HookJudge(run, run.hook, fleet, text);
  }

  /**
   * Throws `LearnerFailure` where the learner ended the run (of several failures the one of the earliest checkpoint), `SandboxError` where it was
   * our fault.
   */
  async conduct(): Promise<void> {
    const { plan } = this.#run;
    const [trainer] = await both(this.#prepare('trainer'), this.#freshPredictor());
    await this.#takeFirst(trainer);
    let judging = Promise.resolve();
    let before: ModelState | null = null;
    for (const [index, checkpoint] of plan.checkpoints.entries()) {
      let taken: Snapshot;
      try {
        await this.#trainUntil(trainer, checkpoint.step);
        if (this.#judgingFailed) await judging;
        taken = await this.#take(trainer, checkpoint.step);
      } catch (error) {
        await judging;
        throw error;
      }
      await judging;
      this.#note(checkpoint.step, taken, before);
      before = taken.state;
      judging = this.#judge(index, taken.state);
      judging.catch(() => {
        this.#judgingFailed = true;
      });
    }
    await judging;
    await this.#check();
    await this.#hook?.repeat(this.#text.torchSeed, this.#parts.device.kind);
    this.#findings.hook = this.#hook?.measured ?? null;
  }

  /** A container with the project's model in it. */
  async #prepare(duty: 'trainer' | 'predictor' | 'replayer'): Promise<Learner> {
    const { project, replays } = this.#run;
    const learner = await this.#fleet.open(duty);
    await learner.project(project);
    // A replayer repeats steps of the judge's recipe, and predictions, which no recipe has a part in.
    const recipe = duty === 'replayer' ? 'reference' : project.recipe;
    const parameters = await learner.build(this.#text.torchSeed, { recipe, replays });
    if (duty === 'trainer') this.#findings.parameters = parameters;
    return learner;
  }

  async #freshPredictor(): Promise<Learner> {
    await this.#fleet.retire('predictor');
    this.#predictor = await this.#prepare('predictor');
    return this.#predictor;
  }

  #report(): void {
    const { points } = this.#findings;
    this.#parts.onProgress?.({ step: this.#step, steps: this.#run.plan.steps, points });
  }

  #note(step: number, taken: Snapshot, before: ModelState | null): void {
    this.#findings.stateBytes = taken.state.body.length;
    this.#findings.hookUses = taken.hookUses;
    this.#hear(taken, step);
    this.#findings.norms.push(normsOf(step, taken.state, before));
  }

  async #trainUntil(trainer: Learner, target: number): Promise<void> {
    while (this.#step < target && !this.#judgingFailed) {
      this.#parts.signal?.throwIfAborted();
      await trainer.train(this.#step, this.#text.batch(this.#step));
      this.#step += 1;
      this.#report();
    }
  }

  /** Under the judge's recipe where every segment starts, the first one too. */
  async #takeFirst(trainer: Learner): Promise<void> {
    if (this.#run.project.recipe === 'reference') await this.#take(trainer, 0);
  }

  /**
   * The same request every time, whether or not anything will be repeated: it tells the trainer nothing. Throws `LearnerFailure` of kind
   * `over-limit` where the judge's optimiser moves more parameters than the plan allows.
   */
  async #take(trainer: Learner, step: number): Promise<Snapshot> {
    const taken = await trainer.snapshot(step, this.#run.project.recipe === 'reference');
    // Every later snapshot repeats the first one's declarations.
    this.#findings.tensors = taken.state.tensors;
    const { maxParameters } = this.#run.plan.context;
    if (taken.parameters > maxParameters) {
      throw new LearnerFailure(
        'over-limit',
        `snapshot, step ${step}`,
        `the optimizer moves ${taken.parameters} parameters; max_parameters is ${maxParameters}`,
      );
    }
    if (this.#segments.some(({ from, to }) => step === from || step === to)) this.#held.set(step, taken);
    return taken;
  }

  /** @param done steps done */
  #hear({ telemetry }: Snapshot, done: number): void {
    this.#findings.told.push({ telemetry, steps: done - this.#heardUntil });
    this.#heardUntil = done;
  }

  /** Judges a model on windows that no container has seen, and whose next bytes no container gets. */
  async #judge(checkpoint: number, state: ModelState): Promise<void> {
    const { plan } = this.#run;
    const step = plan.checkpoints[checkpoint]?.step ?? 0;
    const unused = checkpoint === 0 ? this.#predictor : null;
    const predictor = unused ?? (plan.freshPredictors ? await this.#freshPredictor() : this.#predictor);
    if (predictor === null) throw new Error('a run has a predictor from its start');
    await predictor.load(state, step);
    const losses: number[] = [];
    for (const [index, request] of this.#text.requests(checkpoint).entries()) {
      const { windows, prefixLength } = request;
      const prefixes = this.#text.prefixes(request);
      const before = predictor.busyUs;
      const logits = await predictor.predict(prefixes, windows.length, prefixLength, step);
      this.#findings.predictUs.push(Math.round((predictor.busyUs - before) / windows.length));
      losses.push(...this.#text.losses(request, logits, step));
      if (this.#run.checks.predictions > 0) {
        const [count, length] = [windows.length, prefixLength];
        this.#seenRequests.push({ checkpoint, request: index, step, state, prefixes, count, length, logits });
      }
    }
    this.#findings.points.push(judgedPoint(plan, step, losses));
    await this.#hook?.judge(checkpoint, state, this.#text.torchSeed);
    this.#report();
  }

  async #check(): Promise<void> {
    const segments = this.#segments.flatMap((segment): SeenSegment[] => {
      const [start, end] = [this.#held.get(segment.from), this.#held.get(segment.to)];
      return start === undefined || end === undefined ? [] : [{ ...segment, start, end }];
    });
    const fresh = async (): Promise<Learner> => {
      await this.#fleet.retire('replayer');
      return this.#prepare('replayer');
    };
    try {
      this.#findings.checks = await repeat(
        this.#run,
        { segments, requests: this.#seenRequests },
        { fresh, batch: (step) => this.#text.batch(step), device: this.#parts.device.kind },
      );
    } catch (error) {
      throw inReplayer(error);
    }
  }
}
