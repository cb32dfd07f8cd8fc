/** What of a run is done again in fresh containers: secret segments of its training, and the judged requests. */
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { repeatRequests, type SeenRequest } from './repeat-requests.ts';
import { type Replaying, repeatSegment, type SeenSegment } from './repeat-steps.ts';
import type { RunSpec } from './run.ts';
import { watchOf } from './segments.ts';
import { Unlearned } from './unlearned.ts';

/** What there is to repeat. */
export interface Seen {
  readonly segments: readonly SeenSegment[];
  readonly requests: readonly SeenRequest[];
}

/**
 * Repeats what was seen. Throws `LearnerFailure`: `impure` where it comes out otherwise, `unlearned-state` where more than the plan's share of
 * the state moves otherwise than by the judge's recipe.
 */
export async function repeat(
  run: RunSpec,
  seen: Seen,
  replaying: Omit<Replaying, 'unlearned'>,
): Promise<Measurement['checks']> {
  const { fresh, device } = replaying;
  const predictions =
    seen.requests.length === 0 ? 0 : await repeatRequests(await fresh(), seen.requests, { run, device });
  const unlearned = new Unlearned(run.plan.checks.unlearnedPpm, device);
  let steps = 0;
  for (const segment of seen.segments) {
    const { end, from, to } = segment;
    const bytes = end.state.body.length + end.optimizer.body.length;
    await repeatSegment({ ...replaying, unlearned }, segment, watchOf(run.seed, segment, bytes));
    steps += to - from;
  }
  const unlearnedBytes = seen.segments.length === 0 ? null : unlearned.bytes;
  return { steps, predictions, unlearnedBytes };
}
