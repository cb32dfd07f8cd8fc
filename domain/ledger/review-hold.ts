/** What a submission's policy wants of a model, and how long a person has time to look. */
import type { PrismEvent } from '../events/catalogue.ts';
import { addMs } from '../events/time.ts';
import { ensure } from '../refused.ts';
import { isReviewHeld } from '../submission/review-hold.ts';
import type { SubmissionEntry } from './state.ts';

/** Its policy wants a model's opinion, and there is none yet. */
export function awaitsModel({ policy, state }: SubmissionEntry): boolean {
  return policy.review.semantic === 'hold' && state.semantic === null;
}

/**
 * Throws `RefusedError` for an acceptance without the opinion that the policy wants, for an opinion that it does not want, and for a hold that
 * expires before its time.
 */
export function ensureReviewRules(entry: SubmissionEntry, event: PrismEvent): void {
  if (event.type === 'SubmissionReviewed')
    ensure(!awaitsModel(entry), 'not-yet', 'its policy wants the opinion of a model first');
  if (event.type === 'SemanticReviewed')
    ensure(entry.policy.review.semantic === 'hold', 'not-owed', 'its policy wants no opinion of a model');
  if (event.type === 'ReviewHoldExpired') {
    const until = entry.reviewHeldUntil;
    // Both are RFC 3339 in one form, so that text order is time order.
    ensure(until === null || event.time >= until, 'too-early', `the hold of its review runs until ${until}`);
  }
}

/** Until when what `event` has just held is held. It counts from the event's own time, so that no writer can make it shorter or longer. */
export function heldUntil(entry: SubmissionEntry, event: PrismEvent): string | null {
  if (!isReviewHeld(entry.state)) return null;
  return event.type === 'SemanticReviewed'
    ? addMs(event.time, entry.policy.ownership.holdMs)
    : entry.reviewHeldUntil;
}
