/** Submissions whose files are in blobs, so that reviewers and evaluators can work on them. */
import type { Decided } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { BlobStore } from '../../domain/ports.ts';
import { contentOf, putProject } from '../../services/runtime/project-files.ts';
import type { Script as Behaviour } from '../doubles/script.ts';
import { shortPlan } from '../doubles/short-plan.ts';
import { handedOver, idOf, reviewedOf, type Script, smallPolicy } from './history.ts';
import type { LedgerBuilder } from './ledger-builder.ts';

/** What containers can run in milliseconds: two seeds of a short plan. */
export const shortPolicy: Policy = { ...smallPolicy, name: 'short', plan: shortPlan };

/** Hands over a project that behaves so in the scripted sandbox; returns the submission's id. */
export async function submit(
  builder: LedgerBuilder,
  blobs: BlobStore,
  script: Script,
  behaviour: Partial<Behaviour> = {},
): Promise<string> {
  const index = builder.state.submissions.size;
  const files = new Map([
    ['model.py', Buffer.from(`# ${script.hotkey}'s ${script.architecture}\n`)],
    ['recipe.py', Buffer.from(`# ${script.hotkey}'s ${script.training}\n`)],
    ['script.json', Buffer.from(JSON.stringify(behaviour))],
  ]);
  const stored = {
    filesBlob: await putProject(blobs, files),
    contentDigest: contentOf(files).contentDigest,
  };
  const decided = handedOver(script, index, builder.ledger).map(
    (one): Decided =>
      one.type === 'SubmissionAdmitted' ? { ...one, data: { ...one.data, ...stored } } : one,
  );
  const id = idOf(builder.ledger, script, index);
  builder.append(streamOf.submission(id), id, 'platform', ...decided);
  return id;
}

/** The same, reviewed. */
export async function submitReviewed(
  builder: LedgerBuilder,
  blobs: BlobStore,
  script: Script,
  behaviour: Partial<Behaviour> = {},
): Promise<string> {
  const id = await submit(builder, blobs, script, behaviour);
  const reviewed: Decided = { type: 'SubmissionReviewed', data: reviewedOf(script) };
  builder.append(streamOf.submission(id), id, 'service:reviewer', reviewed);
  return id;
}
