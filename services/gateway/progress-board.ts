/** The last that was heard of the runs under way. In memory only, from the bus and not from the log: it may be lacking, and proves nothing. */
import type { RunProgress } from '../../domain/evaluation/progress.ts';

/** Evaluations and runs of each that are remembered; those heard of longest ago are forgotten first. */
const MAX_EVALUATIONS = 256;
const MAX_RUNS = 64;
/** A run that is silent for so long while others of its evaluation are heard of, in milliseconds, was broken off. */
const SILENT_MS = 120_000;

/** One message, and what all listeners to the feed are sent of it. */
export interface ProgressNews {
  readonly progress: RunProgress;
  /** A server-sent event without `id`: it does not move a reader's position in the log. */
  readonly frame: string;
}

interface Heard extends ProgressNews {
  readonly heardAt: number;
}

interface Evaluation {
  last: Heard;
  /** Runs that have not ended, by name; the one heard of last at the end. */
  readonly runs: Map<string, Heard>;
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

function runsUnderWay({ last, runs }: Evaluation): readonly ProgressNews[] {
  return [...runs.values()].filter(({ heardAt }) => last.heardAt - heardAt < SILENT_MS);
}

export class ProgressBoard {
  readonly #evaluations = new Map<string, Evaluation>();
  readonly #listeners = new Set<(news: ProgressNews) => void>();
  readonly #now: () => number;

  /** @param now a clock in milliseconds that is never set back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Remembers it and tells all listeners. */
  note(progress: RunProgress): void {
    const { submission, run, ended } = progress;
    const frame = `event: progress\ndata: ${JSON.stringify(progress)}\n\n`;
    const heard = { progress, frame, heardAt: this.#now() };
    const evaluation = this.#evaluations.get(submission) ?? { last: heard, runs: new Map() };
    evaluation.last = heard;
    evaluation.runs.delete(run);
    if (!ended) evaluation.runs.set(run, heard);
    forgetOldest(evaluation.runs, MAX_RUNS);
    this.#evaluations.delete(submission);
    this.#evaluations.set(submission, evaluation);
    forgetOldest(this.#evaluations, MAX_EVALUATIONS);
    for (const listener of this.#listeners) listener(heard);
  }

  /** The last of each run under way, of every evaluation that is remembered. */
  underWay(): readonly ProgressNews[] {
    return [...this.#evaluations.values()].flatMap(runsUnderWay);
  }

  /** The evaluation of a submission as it was last heard of, runs by their names; null where nothing was. */
  of(submission: string) {
    const evaluation = this.#evaluations.get(submission);
    if (evaluation === undefined) return null;
    const { runsDone, runsPlanned, at } = evaluation.last.progress;
    const runs = runsUnderWay(evaluation)
      .map(({ progress: { run, step, steps, lossMicrobits, at } }) => ({
        run,
        step,
        steps,
        lossMicrobits,
        at,
      }))
      .sort((a, b) => (a.run < b.run ? -1 : 1));
    return { runsDone, runsPlanned, at, runs };
  }

  /** Returns how to stop. */
  listen(listener: (news: ProgressNews) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
