/**
 * The hold of a review: a submission that a model found suspicious, or that no model could be asked about, waits for a person. No model rejects:
 * whatever it says, only `ReviewHoldResolved` leads from a hold to a rejection.
 */
import type { DataOf, Decided } from '../events/catalogue.ts';
import { ensure } from '../refused.ts';
import type { SubmissionState } from './state.ts';

/** Waits for a person: nothing else happens to it meanwhile. */
export function isReviewHeld({ reviewHold }: Pick<SubmissionState, 'reviewHold'>): boolean {
  return reviewHold === 'open';
}

type HoldEvent = Extract<Decided, { type: 'SemanticReviewed' | 'ReviewHoldResolved' | 'ReviewHoldExpired' }>;

export function evolveReviewHold(state: SubmissionState, event: HoldEvent): SubmissionState {
  if (event.type === 'SemanticReviewed') {
    ensure(state.phase === 'admitted', 'not-yet', `no review is due when ${state.phase}`);
    ensure(state.semantic === null, 'already-done', 'a model has given its opinion');
    const { codeDigest, verdict, findings, reason } = event.data;
    ensure(
      codeDigest === state.admitted?.contentDigest,
      'wrong-content',
      'the opinion is on other code than was admitted',
    );
    ensure(
      (verdict === 'suspicious') === findings.length > 0 && (verdict === 'clear') === (reason === null),
      'wrong-content',
      'suspicions have findings, whatever is held has a reason, and what is clear has neither',
    );
    return { ...state, semantic: event.data, reviewHold: verdict === 'clear' ? null : 'open' };
  }
  ensure(state.reviewHold !== null, 'unknown', 'its review is not held');
  ensure(isReviewHeld(state), 'already-done', `the hold of its review is over: ${state.reviewHold}`);
  return { ...state, reviewHold: event.type === 'ReviewHoldExpired' ? 'expired' : event.data.outcome };
}

/** Throws `RefusedError` where a verdict of the review has to wait, or where a person has decided otherwise. */
export function ensureVerdictMayFollow(state: SubmissionState, verdict: 'accepted' | 'rejected'): void {
  ensure(!isReviewHeld(state), 'not-yet', 'its review is held for a person');
  ensure(state.reviewHold !== 'reject' || verdict === 'rejected', 'already-done', 'a person has rejected it');
}

/** Why a person rejected it, as its miner is told. */
export function rejectionOf(reason: string): DataOf<'SubmissionRejected'> {
  return { stage: 'review', code: 'review-hold', message: reason, findings: [], findingsBlob: null };
}
