/**
 * The evaluator: holds one evaluation at a time by a lease in the ledger, measures its outstanding runs side by side, and records each as it
 * ends. Whatever is recorded stands; a later attempt goes on with what is missing, on the same streams.
 */

import type { Corpus } from '../../domain/evaluation/corpus.ts';
import type { Decided } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import { planOf } from '../../domain/ledger/claims.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import type { BlobStore, Clock, Sandbox } from '../../domain/ports.ts';
import { RefusedError } from '../../domain/refused.ts';
import { decideSubmission } from '../../domain/submission/decide.ts';
import { measurementOf, outstandingRuns, type SubmissionState } from '../../domain/submission/state.ts';
import type { LedgerClient, Writing } from '../runtime/ledger-client.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/loop.ts';
import type { ProjectFiles } from '../runtime/project-files.ts';
import { measure } from './judge/measure.ts';
import { forEachInParallel } from './parallel.ts';
import { loadSources, projectOf } from './project.ts';
import { drawSeeds } from './seeds.ts';
import { type EvaluatorItem, evaluatorTodo } from './todo.ts';

export interface EvaluatorParts {
  readonly client: LedgerClient;
  readonly blobs: BlobStore;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly log: Logger;
  readonly corpus: Corpus;
  readonly secret: Uint8Array;
  /** Files of the judge's own model. */
  readonly reference: ProjectFiles;
  /** Unique among all evaluators of the ledger. */
  readonly worker: string;
  /** Runs that go side by side. */
  readonly parallel: number;
  /** Ends the attempt under way and its containers at once; a later life of this worker lapses it and goes on with what is missing. */
  readonly signal?: AbortSignal;
}

/** Tells this worker's containers from those of other workers and other ledgers on the same machine. */
export function evaluatorLabels(ledger: string, worker: string): { readonly [label: string]: string } {
  return { 'prism.service': 'evaluator', 'prism.ledger': ledger, 'prism.worker': worker };
}

/** Thrown inside an attempt that has lost its lease. */
class FencedError extends Error {}

export function evaluator(parts: EvaluatorParts): Service<EvaluatorItem> {
  const active = new Set<string>();
  return {
    name: 'evaluator',
    todo: (state, now) => evaluatorTodo(state, now, parts.worker, active),
    keyOf: (item) => `${item.type} ${item.entry.id}`,
    async handle(item) {
      if (item.type === 'lapse') {
        await lapse(item.entry, parts);
        return;
      }
      active.add(item.entry.id);
      try {
        await evaluate(item.entry, parts);
      } finally {
        active.delete(item.entry.id);
      }
    },
  };
}

function writingFor(
  entry: SubmissionEntry,
  { worker }: EvaluatorParts,
  step: string,
  attempt: number,
  cause: string,
): Writing {
  return {
    stream: streamOf.submission(entry.id),
    actor: `service:evaluator/${worker}`,
    correlationId: entry.id,
    cause,
    step,
    attempt,
  };
}

function presentState(state: LedgerState, entry: SubmissionEntry): SubmissionState {
  const present = state.submissions.get(entry.id);
  if (present === undefined) throw new Error(`submission ${entry.id} is not in the ledger`);
  return present.state;
}

async function lapse(entry: SubmissionEntry, parts: EvaluatorParts): Promise<void> {
  const open = entry.state.open;
  if (open === null) return;
  // Its containers may still run here; nothing that they say counts any more.
  if (open.worker === parts.worker)
    await parts.sandbox.sweep(evaluatorLabels(parts.client.ledger, parts.worker));
  const { work } = entry.policy;
  await parts.client.commit(writingFor(entry, parts, 'lapse', open.attempt, entry.lastEventId), (state) => {
    const present = presentState(state, entry);
    if (present.open?.token !== open.token) return [];
    return decideSubmission(present, {
      type: 'lapse',
      by: parts.worker,
      restarted: true,
      now: parts.client.now(),
      work,
    });
  });
}

/** Plans where that is still to be done. False where there is nothing to evaluate. */
async function plan(entry: SubmissionEntry, parts: EvaluatorParts): Promise<boolean> {
  if (entry.state.phase === 'planned') return true;
  const decide = (state: LedgerState): readonly Decided[] => {
    const present = state.submissions.get(entry.id);
    if (present?.state.phase !== 'reviewed') return [];
    const wanted = planOf(state, present);
    if (wanted === null) return [];
    if (wanted === 'unknown') return [unknownFamily(present)];
    const seeds = [...drawSeeds(parts.secret, entry.id, present.policy.plan.seeds)];
    return decideSubmission(present.state, {
      type: 'plan',
      planned: { ...wanted, corpus: parts.corpus.digest, seeds },
    });
  };
  await parts.client.commit(writingFor(entry, parts, 'plan', 1, entry.lastEventId), decide);
  return presentState(parts.client.state, entry).phase === 'planned';
}

function unknownFamily(entry: SubmissionEntry): Decided {
  const family = entry.state.admitted?.layout.architectureId ?? 'none';
  const message = `architecture_id ${family}: nobody who was admitted before this has discovered such a family; see the list of owners`;
  return {
    type: 'SubmissionRejected',
    data: { stage: 'evaluation', code: 'unknown-family', message, findings: [], findingsBlob: null },
  };
}

/** Begins an attempt; null where another evaluator holds it or none is left. */
async function start(entry: SubmissionEntry, parts: EvaluatorParts): Promise<number | null> {
  const { worker, client } = parts;
  const before = presentState(client.state, entry);
  const writing = writingFor(entry, parts, `start ${worker}`, before.attempts + 1, entry.lastEventId);
  await client.commit(writing, (state) => {
    const present = presentState(state, entry);
    if (present.phase !== 'planned' || present.open !== null) return [];
    return decideSubmission(present, { type: 'start', worker, now: client.now(), work: entry.policy.work });
  });
  const { open } = presentState(client.state, entry);
  return open?.worker === worker ? open.token : null;
}

async function evaluate(entry: SubmissionEntry, parts: EvaluatorParts): Promise<void> {
  // Without a container engine this throws, and the loop waits: an outage must not use up anyone's attempts.
  await parts.sandbox.imageDigest('runner');
  if (!(await plan(entry, parts))) return;
  const token = await start(entry, parts);
  if (token === null) return;
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

async function measureAll(
  entry: SubmissionEntry,
  parts: EvaluatorParts,
  token: number,
  signal: AbortSignal,
): Promise<void> {
  const { client, blobs, sandbox, clock, corpus, worker } = parts;
  const state = presentState(client.state, entry);
  const seeds = state.plan?.seeds ?? [];
  if (state.plan?.corpus !== corpus.digest) {
    throw new Error(`planned on corpus ${state.plan?.corpus}, but this worker has ${corpus.digest}`);
  }
  const sources = await loadSources(client.state, blobs, entry, parts.reference);
  const labels = { ...evaluatorLabels(client.ledger, worker), 'prism.submission': entry.id };
  await forEachInParallel(outstandingRuns(state), parts.parallel, signal, async ({ pair, seed }, abort) => {
    const run = {
      plan: entry.policy.plan,
      seed: seeds[seed] ?? '',
      seedIndex: seed,
      pair,
      project: projectOf(pair, sources),
    };
    const { standardError, ...measurement } = await measure(run, {
      sandbox,
      corpus,
      clock,
      labels,
      signal: abort,
    });
    const standardErrorBlob =
      standardError === '' ? null : await blobs.put(Buffer.from(standardError, 'utf8'));
    await record(entry, parts, token, { ...measurement, standardErrorBlob });
  });
}

async function record(
  entry: SubmissionEntry,
  parts: EvaluatorParts,
  token: number,
  measurement: SubmissionState['measurements'][number],
): Promise<void> {
  const { pair, seed } = measurement;
  const writing = writingFor(entry, parts, `measure ${pair} ${seed}`, token, entry.receivedId);
  try {
    await parts.client.commit(writing, (state) => {
      const present = presentState(state, entry);
      // Its acknowledgement was lost: it stands already.
      if (present.open?.token === token && measurementOf(present, pair, seed) !== undefined) return [];
      if (present.phase === 'measured' || present.phase === 'scored') return [];
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
        if (present.phase !== 'planned') over.abort();
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
