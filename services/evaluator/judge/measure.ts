/** The judge: measures one run from outside the containers that learn in it. */
import { completedCurve } from '../../../domain/evaluation/curve.ts';
import { MAX_TENSORS_TOLD, type Measurement } from '../../../domain/evaluation/measurement.ts';
import { quantilesOf } from '../../../domain/evaluation/signals/latency.ts';
import { Conductor, type Findings, noFindings } from './conduct.ts';
import { Fleet } from './fleet.ts';
import { instrumentedOf } from './instrumented.ts';
import { LearnerFailure } from './learner-failure.ts';
import { type JudgeParts, joinsTwo, type MeasuredRun, type RunSpec } from './run.ts';
import { RunText } from './text.ts';

/** How the run ended. Throws what is not the learner's doing. */
async function endingOf(conducted: Promise<void>, signal?: AbortSignal): Promise<LearnerFailure | null> {
  try {
    await conducted;
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LearnerFailure) return error;
    throw error;
  }
}

/** Standard error of all containers, the trace of the exception that ended the run, and what the log does not tell of its end: for the operator. */
function standardErrorOf(fleet: Fleet, { project }: RunSpec, failure: LearnerFailure | null): string {
  const untold = joinsTwo(project) ? (failure?.message ?? '') : '';
  return [...fleet.standardErrors, ['exception', failure?.trace ?? ''] as const, ['ending', untold] as const]
    .filter(([, text]) => text.trim() !== '')
    .map(([title, text]) => `--- ${title}\n${text.trimEnd()}\n`)
    .join('')
    .toWellFormed();
}

/** What was found of a run that broke a rule counts for nothing: its curve is not the learner's. */
function curveOf(run: RunSpec, findings: Findings, failure: LearnerFailure | null): Measurement['curve'] {
  const broken = failure?.kind === 'impure' || failure?.kind === 'unlearned-state';
  return completedCurve(run.plan, broken ? [] : findings.points);
}

/** Of the first seed at each point: another one's say the same. */
function toldTensors({ key }: RunSpec, { tensors }: Findings): Measurement['tensors'] {
  const isTold = key.pair === 'architecture' && key.seed === 0 && tensors.length <= MAX_TENSORS_TOLD;
  return isTold ? tensors.map(({ dtype, shape }) => ({ dtype, shape })) : [];
}

/**
 * Runs `run` once, in containers of its own, and measures it.
 *
 * A run that its learner ended (exception, exit, silence, wrong or non-finite answers, limits, another answer in a fresh container) is a
 * measurement too: what it did not reach is completed at 8 bits per byte, and `ending` says why. Throws `SandboxError` of kind `our-fault` where
 * our machinery failed, `CorpusTooSmallError` where the plan needs more text, and the signal's reason where it was cancelled; all containers are
 * gone by then.
 */
export async function measure(run: RunSpec, parts: JudgeParts): Promise<MeasuredRun> {
  const startedAt = parts.clock.now();
  parts.signal?.throwIfAborted();
  const text = new RunText(parts.corpus, run.plan, run.seed);
  const fleet = new Fleet(run.plan, parts);
  const cancel = () => void fleet.close();
  parts.signal?.addEventListener('abort', cancel, { once: true });

  const findings = noFindings();
  let failure: LearnerFailure | null;
  try {
    const conductor = new Conductor(run, parts, fleet, text, findings);
    failure = await endingOf(conductor.conduct(), parts.signal);
  } finally {
    parts.signal?.removeEventListener('abort', cancel);
    await fleet.close();
  }

  const [trainer, predictor] = [fleet.used('trainer'), fleet.used('predictor')];
  return {
    ...run.key,
    ending: failure?.endingIn(run.project) ?? { kind: 'completed', detail: '' },
    curve: curveOf(run, findings, failure),
    norms: findings.norms,
    payloadBytes: run.payloadBytes,
    stateBytes: findings.stateBytes,
    trainerCpuUs: trainer.cpuUs,
    predictorCpuUs: predictor.cpuUs,
    gpuBusyUs: trainer.gpuBusyUs,
    durationUs: Math.max(0, Math.round((parts.clock.now() - startedAt) * 1_000)),
    trainerPeakBytes: trainer.peakMemoryBytes,
    predictorPeakBytes: predictor.peakMemoryBytes,
    device: `${parts.device.kind} ${parts.device.class}`,
    latency: quantilesOf(findings.predictUs),
    hook: findings.hook,
    checks: findings.checks,
    sandboxes: { trainer: fleet.effective('trainer'), predictor: fleet.effective('predictor') },
    instrumented: instrumentedOf(findings),
    tensors: toldTensors(run, findings),
    standardError: standardErrorOf(fleet, run, failure),
  };
}
