/** The reviewer: every admitted submission gets a verdict, or a fault of ours that is tried again. */

import { streamOf } from '../../domain/events/ids.ts';
import { awaitsModel } from '../../domain/ledger/review-hold.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import type { BlobStore, Sandbox } from '../../domain/ports.ts';
import type { SemanticReviewer } from '../../domain/semantic-review/port.ts';
import { decideSubmission, type SubmissionCommand } from '../../domain/submission/decide.ts';
import { isReviewHeld } from '../../domain/submission/review-hold.ts';
import type { LedgerClient, Writing } from '../runtime/ledger-client.ts';
import type { Service } from '../runtime/loop.ts';
import { getProject } from '../runtime/project-files.ts';
import { opinionOn } from './opinion.ts';
import { review } from './review.ts';
import { verdictOf } from './verdict.ts';

const ACTOR = 'service:reviewer';

export interface ReviewerParts {
  readonly client: LedgerClient;
  readonly blobs: BlobStore;
  readonly sandbox: Sandbox;
  /** The model that is asked where a policy wants its opinion (default: none). */
  readonly semantic?: SemanticReviewer | null;
  /** Unique among all reviewers of the ledger. */
  readonly worker: string;
}

/** Tells this worker's containers from those of other workers and other ledgers on the same machine. */
export function reviewerLabels(ledger: string, worker: string): { readonly [label: string]: string } {
  return { 'prism.service': 'reviewer', 'prism.ledger': ledger, 'prism.worker': worker };
}

/** Submissions that wait for a verdict, and holds that nobody resolved in time; oldest submission first. */
export function reviewerTodo(state: LedgerState, now: string): readonly SubmissionEntry[] {
  return state.pending.filter(({ state: { phase, reviewHold }, reviewHeldUntil }) => {
    if (phase !== 'admitted' || reviewHold === 'reject') return false;
    return reviewHeldUntil === null || reviewHeldUntil <= now;
  });
}

async function verdict(
  entry: SubmissionEntry,
  image: string,
  { client, blobs, sandbox, worker, semantic = null }: ReviewerParts,
): Promise<SubmissionCommand> {
  const admitted = entry.state.admitted;
  if (admitted === null) throw new Error(`submission ${entry.id} is not admitted`);
  const files = await getProject(blobs, admitted.filesBlob);
  const labels = { ...reviewerLabels(client.ledger, worker), 'prism.submission': entry.id };
  const found = await review(admitted.layout, files, { sandbox, labels });
  if (!found.ok) {
    const { code, message } = found;
    return { type: 'reject', rejected: { stage: 'review', code, message, findings: [], findingsBlob: null } };
  }
  const findingsBlob = await blobs.put(Buffer.from(JSON.stringify(found.result), 'utf8'));
  const decided = verdictOf(client.ledger, admitted.layout, found.result, findingsBlob, image);
  if (decided.type === 'SubmissionRejected') return { type: 'reject', rejected: decided.data };
  const reviewed = decided.data;
  if (!awaitsModel(entry)) return { type: 'accept-review', reviewed };
  // Last, since it costs money and time: what the rules reject is never sent anywhere.
  const opinion = await opinionOn(admitted.contentDigest, files, { semantic, blobs });
  return { type: 'hear-model', opinion, reviewed };
}

async function expireHold(entry: SubmissionEntry, writing: Writing, client: LedgerClient): Promise<void> {
  await client.commit({ ...writing, step: 'expire' }, (state) => {
    const present = state.submissions.get(entry.id);
    // Looked at again: somebody may have resolved it, and a clock may have been set back since.
    const until = present?.reviewHeldUntil ?? null;
    if (present === undefined || until === null || until > client.now()) return [];
    return decideSubmission(present.state, { type: 'expire-review-hold' });
  });
}

export function reviewer(parts: ReviewerParts): Service<SubmissionEntry> {
  const { client } = parts;
  return {
    name: 'reviewer',
    todo: reviewerTodo,
    keyOf: (entry) => `${isReviewHeld(entry.state) ? 'expire' : 'review'} ${entry.id}`,
    async handle(entry) {
      const attempt = entry.state.reviewFaults + 1;
      const writing: Writing = {
        stream: streamOf.submission(entry.id),
        actor: ACTOR,
        correlationId: entry.id,
        cause: entry.lastEventId,
        step: 'review',
        attempt,
      };
      if (isReviewHeld(entry.state)) {
        await expireHold(entry, writing, client);
        return;
      }
      // Without a container engine this throws, and the loop waits: an outage must not use up anyone's attempts.
      const image = await parts.sandbox.imageDigest('reviewer');
      let outcome: SubmissionCommand;
      try {
        outcome = await verdict(entry, image, parts);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        outcome = { type: 'fault-review', reason, work: entry.policy.work };
      }
      await client.commit(writing, (state) => {
        const present = state.submissions.get(entry.id);
        // Someone else was faster, or something was recorded meanwhile: nothing of ours counts any more.
        if (present?.lastEventId !== writing.cause) return [];
        return decideSubmission(present.state, outcome);
      });
    },
  };
}
