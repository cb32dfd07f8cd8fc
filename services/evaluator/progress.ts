/** Tells people who watch how far the runs of an evaluation have come: seldom, and never so that a run waits for it. */

import type { RunProgress } from '../../domain/evaluation/progress.ts';
import { formatTime } from '../../domain/events/time.ts';
import type { Bus, Clock } from '../../domain/ports.ts';
import type { Progress } from './judge/run.ts';

/** Between two messages of the same run, in milliseconds. */
const INTERVAL_MS = 1_000;

export interface RunsPlanned {
  /** Of them, those that earlier attempts have recorded. */
  readonly done: number;
  readonly planned: number;
}

export interface WatchedRun {
  /** For the judge: told at most once a second, and with the run's last judged point. Never throws. */
  onProgress(progress: Progress): void;
  /** The run is recorded, however it ended: one more is done, which is always told. */
  ended(): void;
}

/**
 * Returns what makes a run of this evaluation one that can be watched, by its name: `architecture seed 1`. What comes too early is dropped
 * rather than kept for later, so there is no timer, and nothing to clean up after a crash.
 * @param submission id of the submission that is evaluated
 */
export function throttledProgress(
  bus: Pick<Bus, 'tell'>,
  clock: Pick<Clock, 'now'>,
  submission: string,
  { done, planned }: RunsPlanned,
): (run: string) => WatchedRun {
  let runsDone = done;

  return (run) => {
    let last: Pick<RunProgress, 'step' | 'steps' | 'lossMicrobits'> = {
      step: 0,
      steps: 0,
      lossMicrobits: null,
    };
    let judged = 0;
    let toldAt = Number.NEGATIVE_INFINITY;
    const tell = (now: number, ended: boolean): void => {
      toldAt = now;
      bus.tell({ submission, run, ...last, ended, runsDone, runsPlanned: planned, at: formatTime(now) });
    };
    return {
      onProgress({ step, steps, points }) {
        const point = points.at(-1);
        const isLast = point?.step === steps && points.length > judged;
        judged = points.length;
        last = { step, steps, lossMicrobits: point?.lossMicrobits ?? null };
        const now = clock.now();
        // A clock that was set back must not silence the run until it has caught up.
        if (now - toldAt >= INTERVAL_MS || now < toldAt || isLast) tell(now, false);
      },
      ended() {
        runsDone += 1;
        tell(clock.now(), true);
      },
    };
  };
}
