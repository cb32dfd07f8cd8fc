/** The judge: measures one run from outside the containers that learn in it. */
import { completedCurve } from '../../../domain/evaluation/curve.ts';
import type { Measurement, Plan } from '../../../domain/evaluation/plan.ts';
import type { SandboxLimits, SandboxSession, SandboxUsage } from '../../../domain/ports.ts';
import { both, type Containers, conduct, type Findings } from './conduct.ts';
import { Learner } from './learner.ts';
import { LearnerFailure } from './learner-failure.ts';
import type { JudgeParts, MeasuredRun, RunSpec } from './run.ts';
import { RunText } from './text.ts';

type Role = keyof Containers<unknown>;

function limitsOf(limits: Plan['trainer']): SandboxLimits {
  const { memoryBytes, milliCpus, pids, tmpBytes, wallMs } = limits;
  return { memoryBytes, cpus: milliCpus / 1_000, pids, tmpBytes, wallMs };
}

async function openContainers(run: RunSpec, parts: JudgeParts): Promise<Containers<SandboxSession>> {
  const open = (role: Role) =>
    parts.sandbox.open({ image: 'runner', role, labels: parts.labels, limits: limitsOf(run.plan[role]) });
  const opening = [open('trainer'), open('predictor')] as const;
  try {
    return await both(...opening);
  } catch (error) {
    for (const session of opening) await session.then((opened) => opened.close()).catch(() => {});
    throw error;
  }
}

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

/** Standard error of both containers and the trace of the exception that ended the run, for the miner. */
function standardErrorOf(usage: Containers<SandboxUsage>, failure: LearnerFailure | null): string {
  const sections = [
    ['trainer', usage.trainer.standardError],
    ['predictor', usage.predictor.standardError],
    ['exception', failure?.trace ?? ''],
  ] as const;
  return sections
    .filter(([, text]) => text.trim() !== '')
    .map(([title, text]) => `--- ${title}\n${text.trimEnd()}\n`)
    .join('')
    .toWellFormed();
}

/**
 * Runs `run` once, in a trainer and a predictor of its own, and measures it.
 *
 * A run that its learner ended (exception, exit, silence, wrong or non-finite answers, limits) is a measurement too: what it did not reach is
 * completed at 8 bits per byte, and `ending` says why. Throws `SandboxError` of kind `our-fault` where our machinery failed,
 * `CorpusTooSmallError` where the plan needs more text, and the signal's reason where it was cancelled; both containers are gone by then.
 */
export async function measure(run: RunSpec, parts: JudgeParts): Promise<MeasuredRun> {
  const startedAt = parts.clock.now();
  parts.signal?.throwIfAborted();
  const text = new RunText(parts.corpus, run.plan, run.seed);
  const sessions = await openContainers(run, parts);
  const close = () => both(sessions.trainer.close(), sessions.predictor.close());
  const cancel = () => void close();
  parts.signal?.addEventListener('abort', cancel, { once: true });

  const findings: Findings = { points: [], stateBytes: 0, parameters: null, hooksUsed: [] };
  let failure: LearnerFailure | null;
  let usage: Containers<SandboxUsage>;
  try {
    const learners = {
      trainer: new Learner(sessions.trainer, run.plan),
      predictor: new Learner(sessions.predictor, run.plan),
    };
    failure = await endingOf(conduct(run, parts, learners, text, findings), parts.signal);
  } finally {
    parts.signal?.removeEventListener('abort', cancel);
    usage = await close();
  }

  const ending: Measurement['ending'] = failure?.ending ?? { kind: 'completed', detail: '' };
  return {
    pair: run.pair,
    seed: run.seedIndex,
    ending,
    curve: completedCurve(run.plan, findings.points),
    stateBytes: findings.stateBytes,
    trainerCpuUs: usage.trainer.cpuUs,
    predictorCpuUs: usage.predictor.cpuUs,
    durationUs: Math.max(0, Math.round((parts.clock.now() - startedAt) * 1_000)),
    sandboxes: { trainer: sessions.trainer.effective, predictor: sessions.predictor.effective },
    instrumented: { parameters: findings.parameters, hooksUsed: [...findings.hooksUsed] },
    standardError: standardErrorOf(usage, failure),
  };
}
