/** `prism review`: reviews that are held for a person, and what a person decides of them. */
import { streamOf } from '../../domain/events/ids.ts';
import type { LedgerState } from '../../domain/ledger/state.ts';
import { decideSubmission } from '../../domain/submission/decide.ts';
import { isReviewHeld } from '../../domain/submission/review-hold.ts';
import type { Writing } from '../runtime/ledger-client.ts';
import type { Settings } from '../settings.ts';
import { actor, withClient } from './operator.main.ts';
import { CommandError, EXIT, printable } from './output.ts';

export type ReviewOutcome = 'admit' | 'reject';

/** What the flags say. Throws `CommandError` unless exactly one is given. */
export function outcomeOf({
  admit = false,
  reject = false,
}: {
  admit?: boolean;
  reject?: boolean;
}): ReviewOutcome {
  if (admit === reject) throw new CommandError('say either --admit or --reject', EXIT.usage);
  return admit ? 'admit' : 'reject';
}

/** Held reviews, oldest submission first. Words of models and miners are shown as data. */
function heldIn(state: LedgerState): readonly object[] {
  return state.pending
    .filter((entry) => isReviewHeld(entry.state))
    .map(({ id, hotkey, reviewHeldUntil, state: { semantic, admitted } }) => ({
      submission: id,
      hotkey: printable(hotkey),
      until: reviewHeldUntil,
      verdict: semantic?.verdict,
      model: semantic?.model,
      reason: semantic?.reason,
      findings: semantic?.findings.map((finding) => ({
        ...finding,
        path: printable(finding.path),
        message: printable(finding.message),
      })),
      answerBlob: semantic?.answerBlob,
      filesBlob: admitted?.filesBlob,
    }));
}

export async function heldReviews(settings: Settings): Promise<readonly object[]> {
  return withClient(settings, async ({ state }) => heldIn(state));
}

/**
 * Lets the review of a held submission go on, or rejects the submission. Throws `CommandError` where it is not held, or where another
 * decision was faster.
 */
export async function resolveReview(
  settings: Settings,
  submission: string,
  outcome: ReviewOutcome,
  reason: string,
): Promise<void> {
  if (reason === '' || reason.length > 500)
    throw new CommandError('the reason must have 1 to 500 characters', EXIT.usage);
  await withClient(settings, async (client) => {
    const held = client.state.submissions.get(submission);
    if (held === undefined || !isReviewHeld(held.state))
      throw new CommandError(`the review of submission ${submission} is not held`);
    const writing: Writing = {
      stream: streamOf.submission(submission),
      actor: actor(),
      correlationId: submission,
      cause: held.lastEventId,
      step: 'resolve review',
      attempt: 1,
    };
    await client.commit(writing, (state) => {
      const present = state.submissions.get(submission)?.state;
      if (present === undefined || !isReviewHeld(present)) return [];
      return decideSubmission(present, {
        type: 'resolve-review-hold',
        outcome,
        reason: reason.toWellFormed(),
      });
    });
    const stands = client.state.submissions.get(submission)?.state.reviewHold;
    if (stands !== outcome) throw new CommandError(`another decision was faster: ${stands}`, EXIT.no);
  });
}
