/** A message of an evaluator. */
import type { RunProgress } from '../../../domain/evaluation/progress.ts';

export function progressOf(submission: string, changes: Partial<RunProgress> = {}): RunProgress {
  return {
    submission,
    run: 'architecture seed 1',
    step: 25,
    steps: 300,
    lossMicrobits: null,
    ended: false,
    runsDone: 4,
    runsPlanned: 9,
    at: '2026-01-01T00:00:12.345Z',
    ...changes,
  };
}
