/** A run of a table model: what conducting a run in containers is for any other learner. */
import type { Windows } from '../corpus.ts';
import { judgedPoint } from '../curve.ts';
import type { CurvePoint } from '../measurement.ts';
import type { Plan } from '../plan.ts';
import type { Streams } from '../streams.ts';
import { codeLengthMicrobits, type TableModel } from './table-model.ts';

/** Windows revealed between two turns. */
const TURN = 64;

type Plans = Pick<Plan, 'batch' | 'sequenceLength' | 'checkpoints'>;

/**
 * Reveals a run's training windows to `model`, in their order, and judges it at each checkpoint on the blind prefixes of that checkpoint: the
 * curve that any learner on these streams has, which it returns. It yields every so often, so that others can have a turn. The alphabet is
 * left out, as table models are the same under all of them.
 *
 * @param model that nothing was revealed to; it has learnt all training windows afterwards
 * @param windows of `plan.sequenceLength + 1` bytes, those that `streams` were derived for. Throws `RangeError` where they are not.
 */
export function* tableSteps(
  model: TableModel,
  plan: Plans,
  streams: Pick<Streams, 'training' | 'judged'>,
  windows: Pick<Windows, 'length' | 'at'>,
): Generator<void, CurvePoint[]> {
  if (windows.length !== plan.sequenceLength + 1) {
    throw new RangeError(`windows of ${windows.length} bytes for a plan that reads ${plan.sequenceLength}`);
  }
  const points: CurvePoint[] = [];
  let revealed = 0;
  for (const [checkpoint, { step }] of plan.checkpoints.entries()) {
    for (; revealed < step * plan.batch; revealed += 1) {
      const window = streams.training[revealed];
      if (window !== undefined) model.reveal(windows.at(window));
      if (revealed % TURN === 0) yield;
    }
    const losses: number[] = [];
    for (const { windows: asked, prefixLength } of streams.judged[checkpoint] ?? []) {
      for (const index of asked) {
        const window = windows.at(index);
        const prefix = window.subarray(0, prefixLength);
        losses.push(codeLengthMicrobits(model, prefix, window[prefixLength] ?? 0));
      }
      yield;
    }
    points.push(judgedPoint(plan, step, losses));
  }
  return points;
}

/** The same at once. */
export function tableCurve(...given: Parameters<typeof tableSteps>): CurvePoint[] {
  const steps = tableSteps(...given);
  for (let turn = steps.next(); ; turn = steps.next()) if (turn.done) return turn.value;
}
