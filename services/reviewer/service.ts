/** The reviewer: every admitted submission gets a verdict, or a fault of ours that is tried again. */

import type { Decided } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import type { BlobStore, Sandbox } from '../../domain/ports.ts';
import { decideSubmission } from '../../domain/submission/decide.ts';
import type { LedgerClient, Writing } from '../runtime/ledger-client.ts';
import type { Service } from '../runtime/loop.ts';
import { getProject } from '../runtime/project-files.ts';
import { review } from './review.ts';
import { verdictOf } from './verdict.ts';

const ACTOR = 'service:reviewer';

export interface ReviewerParts {
  readonly client: LedgerClient;
  readonly blobs: BlobStore;
  readonly sandbox: Sandbox;
  /** Unique among all reviewers of the ledger. */
  readonly worker: string;
}

/** Tells this worker's containers from those of other workers and other ledgers on the same machine. */
export function reviewerLabels(ledger: string, worker: string): { readonly [label: string]: string } {
  return { 'prism.service': 'reviewer', 'prism.ledger': ledger, 'prism.worker': worker };
}

/** Submissions that wait for a verdict, oldest first. */
export function reviewerTodo(state: LedgerState): readonly SubmissionEntry[] {
  return state.pending.filter((entry) => entry.state.phase === 'admitted');
}

async function verdict(
  entry: SubmissionEntry,
  image: string,
  { client, blobs, sandbox, worker }: ReviewerParts,
): Promise<Decided> {
  const admitted = entry.state.admitted;
  if (admitted === null) throw new Error(`submission ${entry.id} is not admitted`);
  const files = await getProject(blobs, admitted.filesBlob);
  const labels = { ...reviewerLabels(client.ledger, worker), 'prism.submission': entry.id };
  const found = await review(admitted.layout, files, { sandbox, labels });
  if (!found.ok) {
    return {
      type: 'SubmissionRejected',
      data: { stage: 'review', code: found.code, message: found.message, findings: [], findingsBlob: null },
    };
  }
  const findingsBlob = await blobs.put(Buffer.from(JSON.stringify(found.result), 'utf8'));
  return verdictOf(client.ledger, admitted.layout, found.result, findingsBlob, image);
}

export function reviewer(parts: ReviewerParts): Service<SubmissionEntry> {
  const { client } = parts;
  return {
    name: 'reviewer',
    todo: reviewerTodo,
    keyOf: (entry) => `review ${entry.id}`,
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
      // Without a container engine this throws, and the loop waits: an outage must not use up anyone's attempts.
      const image = await parts.sandbox.imageDigest('reviewer');
      let outcome: Decided | { readonly fault: string };
      try {
        outcome = await verdict(entry, image, parts);
      } catch (error) {
        outcome = { fault: error instanceof Error ? error.message : String(error) };
      }
      await client.commit(writing, (state) => {
        const present = state.submissions.get(entry.id);
        // Someone else was faster, or a fault was recorded meanwhile: nothing of ours counts any more.
        if (present?.state.phase !== 'admitted' || present.state.reviewFaults + 1 !== attempt) return [];
        if ('fault' in outcome)
          return decideSubmission(present.state, {
            type: 'fault-review',
            reason: outcome.fault,
            work: present.policy.work,
          });
        return [outcome];
      });
    },
  };
}
