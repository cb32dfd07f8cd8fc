/**
 * The evaluator: holds one evaluation at a time by a lease in the ledger, measures its outstanding runs side by side, and records each as it
 * ends. Whatever is recorded stands; a later attempt goes on with what is missing, on the same streams.
 */
import type { Decided } from '../../domain/events/catalogue.ts';
import { drawOthers } from '../../domain/ledger/others.ts';
import { planOf } from '../../domain/ledger/planning.ts';
import { admissionOf } from '../../domain/ledger/randomness.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import { decideSubmission } from '../../domain/submission/decide.ts';
import { awaitsRuns } from '../../domain/submission/state.ts';
import type { Service } from '../runtime/loop.ts';
import { runAttempt } from './attempt.ts';
import { type EvaluatorParts, evaluatorLabels, presentState, writingFor } from './parts.ts';
import { drawFor } from './seeds.ts';
import { type EvaluatorItem, evaluatorTodo } from './todo.ts';

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
  if (awaitsRuns(entry.state.phase)) return true;
  const { plan: wantedPlan } = entry.policy;
  const admission = admissionOf(parts.client.state, entry);
  const drawn = await drawFor(wantedPlan.randomness, admission, wantedPlan.seeds, parts.randomness);
  // Thrown, so that it is asked for again a while later.
  if (drawn === 'not-yet') throw new Error(`the randomness of submission ${entry.id} is not out yet`);
  const decide = (state: LedgerState): readonly Decided[] => {
    const present = state.submissions.get(entry.id);
    if (present?.state.phase !== 'reviewed') return [];
    const others = drawOthers(state, present, drawn.seeds);
    const wanted = planOf(state, present, others.length);
    if (wanted === null) return [];
    if (wanted === 'unknown') return [unknownFamily(present)];
    const { randomness } = drawn;
    const planned = { ...wanted, corpus: parts.corpus.digest, randomness, seeds: [...drawn.seeds], others };
    return decideSubmission(present.state, { type: 'plan', planned });
  };
  await parts.client.commit(writingFor(entry, parts, 'plan', 1, entry.lastEventId), decide);
  return awaitsRuns(presentState(parts.client.state, entry).phase);
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
    if (!awaitsRuns(present.phase) || present.open !== null) return [];
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
  await runAttempt(entry, parts, token);
}
