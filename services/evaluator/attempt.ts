/** One attempt, from its start to its end: the outstanding runs side by side, under a lease that is renewed as long as they take. */

import { type RunKey, runName } from '../../domain/evaluation/runs.ts';
import type { SubmissionEntry } from '../../domain/ledger/state.ts';
import { RefusedError } from '../../domain/refused.ts';
import { decideSubmission } from '../../domain/submission/decide.ts';
import {
  awaitsRuns,
  measurementOf,
  outstandingRuns,
  plannedRuns,
  type SubmissionState,
} from '../../domain/submission/state.ts';
import { measure } from './judge/measure.ts';
import type { JudgeParts, MeasuredRun, RunSpec } from './judge/run.ts';
import { measureTable } from './judge/table.ts';
import { forEachInParallel } from './parallel.ts';
import { type EvaluatorParts, evaluatorLabels, presentState, writingFor } from './parts.ts';
import { throttledProgress } from './progress.ts';
import { loadSources, specOf } from './project.ts';

/** Thrown inside an attempt that has lost its lease. */
class FencedError extends Error {}

/** Runs the attempt that holds `token`. Whatever ends it is in the ledger, or is left to whoever lapses it. */
export async function runAttempt(
  entry: SubmissionEntry,
  parts: EvaluatorParts,
  token: number,
): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort(new Error('this evaluator is ending'));
  if (parts.signal?.aborted) end();
  parts.signal?.addEventListener('abort', end, { once: true });
  const renewing = renew(entry, parts, token, over);
  try {
    await measureAll(entry, parts, token, over.signal);
  } catch (error) {
    if (error instanceof FencedError || over.signal.aborted)
      parts.log.error(`attempt ${token} at ${entry.id} is broken off`, error);
    else await fault(entry, parts, token, error);
  } finally {
    parts.signal?.removeEventListener('abort', end);
    over.abort();
    await renewing;
  }
}

/** Measures stage by stage: what is due after the first stage depends on what came out of it. */
async function measureAll(
  entry: SubmissionEntry,
  parts: EvaluatorParts,
  token: number,
  signal: AbortSignal,
): Promise<void> {
  const { client, blobs } = parts;
  const before = presentState(client.state, entry);
  const digest = before.plan?.corpus ?? '';
  const corpus = digest === parts.corpus.digest ? parts.corpus : parts.earlierCorpus(digest);
  const current = { ...entry, state: before };
  const sources = await loadSources(client.state, blobs, current, parts.references);
  const labels = { ...evaluatorLabels(client.ledger, parts.worker), 'prism.submission': entry.id };
  const total = plannedRuns(before).length;
  const done = before.measurements.length;
  const watch = throttledProgress(parts.bus, parts.clock, entry.id, { done, planned: total });
  const measureOne = async (run: RunKey, abort: AbortSignal): Promise<void> => {
    const watched = watch(runName(run));
    const spec = specOf(run, current, sources);
    const judge = { ...parts, corpus, labels, signal: abort, onProgress: watched.onProgress };
    const measured = 'model' in spec ? measureTable(spec, judge) : measureInTurn(spec, judge, parts);
    const { standardError, ...measurement } = await measured;
    const standardErrorBlob =
      standardError === '' ? null : await blobs.put(Buffer.from(standardError, 'utf8'));
    await record(entry, parts, token, { ...measurement, standardErrorBlob });
    watched.ended();
  };
  for (;;) {
    const due = outstandingRuns(presentState(client.state, entry));
    if (due.length === 0) return;
    await forEachInParallel(due, parts.parallel, signal, measureOne);
  }
}

/** Measures once memory and a device are free. */
async function measureInTurn(spec: RunSpec, judge: JudgeParts, parts: EvaluatorParts): Promise<MeasuredRun> {
  const { memory, devices } = parts;
  const release = await memory.reserve(memory.expect(spec.key, spec.plan));
  try {
    const { device, release: giveBack } = await devices.take();
    try {
      const measured = await measure(spec, { ...judge, device });
      memory.learn(spec.key, measured);
      return measured;
    } finally {
      giveBack();
    }
  } finally {
    release();
  }
}

async function record(
  entry: SubmissionEntry,
  parts: EvaluatorParts,
  token: number,
  measurement: SubmissionState['measurements'][number],
): Promise<void> {
  const writing = writingFor(entry, parts, `measure ${runName(measurement)}`, token, entry.receivedId);
  try {
    await parts.client.commit(writing, (state) => {
      const present = presentState(state, entry);
      // Its acknowledgement was lost: it stands already.
      if (present.open?.token === token && measurementOf(present, measurement) !== undefined) return [];
      if (!awaitsRuns(present.phase)) return [];
      return decideSubmission(present, { type: 'measure', token, measurement });
    });
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'fenced') throw new FencedError(error.message);
    throw error;
  }
}

/** Renews the lease at a third of its length until `over`; aborts `over` where the lease is lost or there is nothing left to hold. */
async function renew(
  entry: SubmissionEntry,
  parts: EvaluatorParts,
  token: number,
  over: AbortController,
): Promise<void> {
  const { client, clock } = parts;
  const { work } = entry.policy;
  for (let renewal = 1; ; renewal += 1) {
    await clock.sleep(Math.floor(work.leaseMs / 3), over.signal);
    if (over.signal.aborted) return;
    try {
      await client.commit(writingFor(entry, parts, `renew ${renewal}`, token, entry.receivedId), (state) => {
        const present = presentState(state, entry);
        // The last run has been recorded, by this attempt or by one that came after it.
        if (!awaitsRuns(present.phase)) over.abort();
        if (over.signal.aborted) return [];
        const deadline = present.open?.deadline;
        if (deadline !== undefined && client.now() > deadline)
          throw new FencedError(`ran past its deadline ${deadline}`);
        return decideSubmission(present, { type: 'renew', token, now: client.now(), work });
      });
    } catch (error) {
      parts.log.error(`lease of ${entry.id} is lost`, error);
      over.abort();
      return;
    }
  }
}

async function fault(
  entry: SubmissionEntry,
  parts: EvaluatorParts,
  token: number,
  error: unknown,
): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  parts.log.error(`attempt ${token} at ${entry.id} failed`, error);
  await parts.client.commit(writingFor(entry, parts, 'fault', token, entry.receivedId), (state) => {
    const present = presentState(state, entry);
    if (present.open?.token !== token) return [];
    return decideSubmission(present, { type: 'fault', token, reason, work: entry.policy.work });
  });
}
