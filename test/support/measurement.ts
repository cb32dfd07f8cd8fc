/** Measurements with nothing but the losses that a test is about. */
import { bytesRevealedAt } from '../../domain/evaluation/curve.ts';
import { type CurvePoint, type Measurement, NOTHING_TOLD } from '../../domain/evaluation/measurement.ts';
import { type Plan, planAt } from '../../domain/evaluation/plan.ts';
import type { Pair, RunKey } from '../../domain/evaluation/runs.ts';

/** The run of a pair at the base point. */
export function baseRun(pair: Pair, seed = 0, variant = 0): RunKey {
  return { pair, variant, point: 0, seed };
}

/** @param lossAt the judged loss at a checkpoint, by its place in the plan */
export function curveOf(plan: Plan, lossAt: (checkpoint: number) => number): CurvePoint[] {
  return plan.checkpoints.map(({ step, windows }, checkpoint) => ({
    step,
    bytesRevealed: bytesRevealedAt(plan, step),
    lossMicrobits: lossAt(checkpoint),
    standardErrorMicrobits: 0,
    windows,
  }));
}

export function completed(
  run: RunKey,
  plan: Plan,
  lossAt: (checkpoint: number) => number,
  changes: Partial<Measurement> = {},
): Measurement {
  return {
    ...run,
    ending: { kind: 'completed', detail: '' },
    curve: curveOf(planAt(plan, run.point), lossAt),
    norms: [],
    payloadBytes: 0,
    stateBytes: 1_000,
    trainerCpuUs: 1,
    predictorCpuUs: 1,
    gpuBusyUs: 0,
    durationUs: 1,
    trainerPeakBytes: 0,
    predictorPeakBytes: 0,
    device: 'cpu test',
    latency: { medianUs: 100, p95Us: 100 },
    hook: null,
    checks: { steps: 0, predictions: 0, unlearnedBytes: null },
    sandboxes: { trainer: null, predictor: null },
    instrumented: NOTHING_TOLD,
    tensors: [],
    standardErrorBlob: null,
    ...changes,
  };
}
