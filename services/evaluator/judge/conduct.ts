/** One run from the first operation to the last: the trainer goes on while predictors judge its last checkpoint. */
import { judgedPoint } from '../../../domain/evaluation/curve.ts';
import type { CurvePoint, Measurement } from '../../../domain/evaluation/measurement.ts';
import {
  placeOf,
  repeat,
  type SecretPlaces,
  type SeenRequest,
  type SeenStep,
  secretPlaces,
} from './checks.ts';
import type { Fleet } from './fleet.ts';
import { HookJudge } from './hook.ts';
import type { Told } from './instrumented.ts';
import type { Learner, Snapshot } from './learner.ts';
import { normsOf } from './norms.ts';
import type { JudgeParts, RunSpec } from './run.ts';
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
  readonly #secret: SecretPlaces;
  readonly #seenSteps: SeenStep[] = [];
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
    const requests = run.plan.checkpoints.map((_, checkpoint) => text.requests(checkpoint).length);
    this.#secret = secretPlaces(run.seed, run.plan, requests, run.checks);
    this.#hook = run.hook === null ? null : new HookJudge(run, run.hook, fleet, text);
  }

  /**
   * Throws `LearnerFailure` where the learner ended the run (of several failures the one of the earliest checkpoint), `SandboxError` where it was
   * our fault.
   */
  async conduct(): Promise<void> {
    const { plan } = this.#run;
    const [trainer] = await both(this.#prepare('trainer'), this.#freshPredictor());
    let judging = Promise.resolve();
    let before: ModelState | null = null;
    for (const [index, checkpoint] of plan.checkpoints.entries()) {
      let taken: Snapshot;
      try {
        await this.#trainUntil(trainer, checkpoint.step);
        if (this.#judgingFailed) await judging;
        taken = await trainer.snapshot(checkpoint.step);
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
      const batch = this.#text.batch(this.#step);
      if (this.#secret.steps.has(this.#step)) await this.#trainSeen(trainer, batch);
      else await trainer.train(this.#step, batch);
      this.#step += 1;
      this.#report();
    }
  }

  /** A step that will be repeated: the model is taken before and after. */
  async #trainSeen(trainer: Learner, batch: Buffer): Promise<void> {
    const step = this.#step;
    const before = await trainer.snapshot(step, true);
    this.#hear(before, step);
    await trainer.train(step, batch);
    const after = await trainer.snapshot(step + 1);
    this.#hear(after, step + 1);
    this.#seenSteps.push({ step, batch, before, after: after.state });
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
      if (this.#secret.requests.has(placeOf(checkpoint, index))) {
        const [count, length] = [windows.length, prefixLength];
        this.#seenRequests.push({ step, state, prefixes, count, length, logits });
      }
    }
    this.#findings.points.push(judgedPoint(plan, step, losses));
    await this.#hook?.judge(checkpoint, state, this.#text.torchSeed);
    this.#report();
  }

  async #check(): Promise<void> {
    if (this.#seenSteps.length + this.#seenRequests.length === 0) return;
    const replayer = await this.#prepare('replayer');
    const seen = { steps: this.#seenSteps, requests: this.#seenRequests };
    this.#findings.checks = await repeat(this.#run, replayer, seen, this.#parts.device.kind);
  }
}
