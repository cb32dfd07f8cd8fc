/** An inference hook, judged on the models that the run trains: the same prefixes as plain `forward`, in a container of its own. */
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { quantilesOf } from '../../../domain/evaluation/signals/latency.ts';
import { mean } from '../../../domain/scoring/statistics.ts';
import type { Fleet } from './fleet.ts';
import type { Learner } from './learner.ts';
import { LearnerFailure } from './learner-failure.ts';
import { repeatRequests, type SeenRequest } from './repeat-requests.ts';
import type { Project, RunSpec } from './run.ts';
import type { ModelState } from './tensors.ts';
import type { RunText } from './text.ts';

type Hook = NonNullable<Measurement['hook']>;

export class HookJudge {
  readonly #run: RunSpec;
  readonly #project: Project;
  readonly #fleet: Fleet;
  readonly #text: RunText;
  readonly #points: Hook['points'] = [];
  readonly #predictUs: number[] = [];
  readonly #seen: SeenRequest[] = [];
  #learner: Learner | null = null;
  #failure: LearnerFailure | null = null;

  constructor(run: RunSpec, project: Project, fleet: Fleet, text: RunText) {
    this.#run = run;
    this.#project = project;
    this.#fleet = fleet;
    this.#text = text;
  }

  /** Judges the hook at a checkpoint in the last fifth of the steps. What it does wrong ends its part, never the run. */
  async judge(checkpoint: number, state: ModelState, seed: number): Promise<void> {
    const { checkpoints, steps } = this.#run.plan;
    const step = checkpoints[checkpoint]?.step ?? 0;
    if (step * 5 < steps * 4) return;
    await this.#attempt(async () => {
      const learner = await this.#forCheckpoint(seed);
      await learner.load(state, step);
      const losses: number[] = [];
      for (const [request, asked] of this.#text.requests(checkpoint).entries()) {
        const [count, length] = [asked.windows.length, asked.prefixLength];
        const before = learner.busyUs;
        const prefixes = this.#text.prefixes(asked);
        const logits = await learner.predict(prefixes, count, length, step, true);
        this.#predictUs.push(Math.round((learner.busyUs - before) / count));
        losses.push(...this.#text.losses(asked, logits, step));
        if (this.#run.checks.predictions > 0) {
          this.#seen.push({ checkpoint, request, step, state, prefixes, count, length, logits });
        }
      }
      this.#points.push({ step, lossMicrobits: mean(losses), windows: losses.length });
    });
  }

  /** Asks it again in a fresh container, where the run's predictions are repeated; after the last checkpoint. */
  async repeat(seed: number, device: 'cpu' | 'cuda'): Promise<void> {
    if (this.#run.checks.predictions === 0) return;
    await this.#attempt(async () => {
      await repeatRequests(await this.#fresh(seed), this.#seen, { run: this.#run, device, hook: true });
    });
  }

  /** Does `work` unless the hook has failed already. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== null) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LearnerFailure)) throw error;
      this.#failure = error;
    }
  }

  async #forCheckpoint(seed: number): Promise<Learner> {
    if (this.#learner === null || this.#run.plan.freshPredictors) this.#learner = await this.#fresh(seed);
    return this.#learner;
  }

  async #fresh(seed: number): Promise<Learner> {
    await this.#fleet.retire('hook');
    const learner = await this.#fleet.open('hook');
    await learner.project(this.#project);
    await learner.build(seed, { recipe: this.#project.recipe, hooks: true });
    return learner;
  }

  get measured(): Hook {
    const ending = this.#failure?.endingIn(this.#project) ?? { kind: 'completed' as const, detail: '' };
    return { points: this.#points, latency: quantilesOf(this.#predictUs), ending };
  }
}
