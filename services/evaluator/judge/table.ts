/** A run of one of the judge's own tables: no container, no foreign code, the same streams as everyone on this seed. */
import { NOTHING_TOLD } from '../../../domain/evaluation/measurement.ts';
import { ContextMixer } from '../../../domain/evaluation/panel/mixer.ts';
import { NgramTable } from '../../../domain/evaluation/panel/ngram.ts';
import type { TableModel } from '../../../domain/evaluation/panel/table-model.ts';
import type { JudgeParts, MeasuredRun, TableSpec } from './run.ts';
import { RunText } from './text.ts';

const BYTES_PER_PARAMETER = 4;

/** As much state as the largest model that the plan allows: nobody is beaten by a table for being small. */
function modelOf({ model, plan }: TableSpec): TableModel {
  const stateBytes = BYTES_PER_PARAMETER * plan.context.maxParameters;
  return model === 'mixer' ? new ContextMixer(stateBytes) : new NgramTable(stateBytes);
}

/** Throws `CorpusTooSmallError`, and the signal's reason where it was cancelled. */
export async function measureTable(
  run: TableSpec,
  parts: Pick<JudgeParts, 'corpus' | 'clock' | 'device' | 'signal'>,
): Promise<MeasuredRun> {
  const startedAt = parts.clock.now();
  const text = new RunText(parts.corpus, run.plan, run.seed);
  const model = modelOf(run);
  const { curve, cpuUs } = await text.tableCurve(model, parts.clock, parts.signal);
  return {
    ...run.key,
    ending: { kind: 'completed', detail: '' },
    curve,
    norms: [],
    payloadBytes: 0,
    stateBytes: model.stateBytes,
    trainerCpuUs: cpuUs,
    predictorCpuUs: 0,
    gpuBusyUs: 0,
    durationUs: Math.max(0, Math.round((parts.clock.now() - startedAt) * 1_000)),
    trainerPeakBytes: 0,
    predictorPeakBytes: 0,
    device: `judge ${parts.device.class}`,
    latency: { medianUs: 0, p95Us: 0 },
    hook: null,
    checks: { steps: 0, predictions: 0, unlearnedBytes: null },
    sandboxes: { trainer: null, predictor: null },
    instrumented: NOTHING_TOLD,
    tensors: [],
    standardError: '',
  };
}
