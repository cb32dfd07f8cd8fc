/** A judged curve, also of a run that its learner did not finish. */
import { mean, standardError } from '../scoring/statistics.ts';
import type { CurvePoint } from './measurement.ts';
import type { Plan } from './plan.ts';
import { IGNORANCE_MICROBITS } from './units.ts';

type Plans = Pick<Plan, 'batch' | 'sequenceLength' | 'checkpoints'>;

/** Training bytes revealed when `step` steps are done. A window has one byte more than the model reads. */
export function bytesRevealedAt(plan: Plans, step: number): number {
  return step * plan.batch * (plan.sequenceLength + 1);
}

/** The point of a checkpoint from the losses of its windows (at least one), in microbits: their mean and its standard error. */
export function judgedPoint(plan: Plans, step: number, losses: readonly number[]): CurvePoint {
  return {
    step,
    bytesRevealed: bytesRevealedAt(plan, step),
    lossMicrobits: mean(losses),
    standardErrorMicrobits: standardError(losses),
    windows: losses.length,
  };
}

/**
 * The whole curve of the plan: the points that were judged, then 8 bits per byte with no window judged at every checkpoint that the learner
 * did not reach. Those stand at the bytes that the plan would have revealed, so that every run is averaged over the same span.
 */
export function completedCurve(plan: Plans, judged: readonly CurvePoint[]): CurvePoint[] {
  return plan.checkpoints.map(
    ({ step }, index) =>
      judged[index] ?? {
        step,
        bytesRevealed: bytesRevealedAt(plan, step),
        lossMicrobits: IGNORANCE_MICROBITS,
        standardErrorMicrobits: 0,
        windows: 0,
      },
  );
}
