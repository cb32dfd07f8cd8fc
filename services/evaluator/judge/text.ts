/** What a run reveals and asks, as the containers get it: every byte through the secret alphabet. */
import type { Corpus, Windows } from '../../../domain/evaluation/corpus.ts';
import { lossMicrobits, VOCABULARY } from '../../../domain/evaluation/loss.ts';
import type { CurvePoint } from '../../../domain/evaluation/measurement.ts';
import { tableSteps } from '../../../domain/evaluation/panel/conduct.ts';
import type { TableModel } from '../../../domain/evaluation/panel/table-model.ts';
import type { Plan } from '../../../domain/evaluation/plan.ts';
import { deriveStreams, type JudgedRequest, type Streams } from '../../../domain/evaluation/streams.ts';
import type { Clock } from '../../../domain/ports.ts';
import { LearnerFailure } from './learner-failure.ts';

export class RunText {
  readonly #windows: Windows;
  readonly #streams: Streams;
  readonly #plan: Plan;

  /** Throws `CorpusTooSmallError`. */
  constructor(corpus: Corpus, plan: Plan, seed: string) {
    this.#windows = corpus.windows(plan.sequenceLength + 1);
    this.#streams = deriveStreams(seed, plan, this.#windows.perDocument);
    this.#plan = plan;
  }

  get torchSeed(): number {
    return this.#streams.torchSeed;
  }

  #encoded(windows: readonly number[], length: number): Buffer {
    const bytes = Buffer.alloc(windows.length * length);
    for (const [row, window] of windows.entries()) {
      for (const [i, byte] of this.#windows.at(window).subarray(0, length).entries()) {
        bytes[row * length + i] = this.#streams.alphabet[byte] ?? 0;
      }
    }
    return bytes;
  }

  /** The batch of a step. @param step from 0 */
  batch(step: number): Buffer {
    const { batch } = this.#plan;
    const from = step * batch;
    return this.#encoded(this.#streams.training.slice(from, from + batch), this.#windows.length);
  }

  /** What is asked at a checkpoint. */
  requests(checkpoint: number): readonly JudgedRequest[] {
    return this.#streams.judged[checkpoint] ?? [];
  }

  /** The blind prefixes of a request: the byte after them stays here. */
  prefixes({ windows, prefixLength }: JudgedRequest): Buffer {
    return this.#encoded(windows, prefixLength);
  }

  /** Losses of a request's windows in microbits. Throws `LearnerFailure` of kind `non-finite`. */
  losses({ windows, prefixLength }: JudgedRequest, logits: Float32Array, step: number): number[] {
    return windows.map((window, row) => {
      const next = this.#windows.at(window)[prefixLength] ?? 0;
      const answer = logits.subarray(row * VOCABULARY, (row + 1) * VOCABULARY);
      const loss = lossMicrobits(answer, this.#streams.alphabet[next] ?? 0);
      if (loss === 'non-finite') {
        throw new LearnerFailure('non-finite', `predict, step ${step}`, 'a logit is NaN or infinite');
      }
      return loss;
    });
  }

  /**
   * The curve of a table model on this text and the processor time of its turns, in turns with whatever else the process has to do: a lease is
   * renewed meanwhile. Throws the signal's reason where it was cancelled.
   */
  async tableCurve(
    model: TableModel,
    clock: Clock,
    signal?: AbortSignal,
  ): Promise<{ readonly curve: CurvePoint[]; readonly cpuUs: number }> {
    const steps = tableSteps(model, this.#plan, this.#streams, this.#windows);
    let cpuUs = 0;
    for (;;) {
      const before = process.cpuUsage();
      const turn = steps.next();
      const { user, system } = process.cpuUsage(before);
      cpuUs += user + system;
      if (turn.done) return { curve: turn.value, cpuUs };
      signal?.throwIfAborted();
      await clock.sleep(0, signal);
    }
  }
}
