/** What the read model of submissions shows of a held review. */
import { expect, test } from '@jest/globals';
import type { Decided } from '../../domain/events/catalogue.ts';
import { parseEvent } from '../../domain/events/codec.ts';
import { emptyReadModels, project } from '../../projections/index.ts';
import { type HeldReview, heldReview, heldScript } from '../support/held-review.ts';
import { rejected, reviewedOf } from '../support/history.ts';

function viewOf({ builder, id }: HeldReview) {
  const models = emptyReadModels();
  for (const event of builder.events) project(models, parseEvent(event));
  return models.submissions.byId.get(id);
}

const resolved = (outcome: 'admit' | 'reject'): Decided => ({
  type: 'ReviewHoldResolved',
  data: { outcome, reason: 'looked' },
});
const reviewed: Decided = { type: 'SubmissionReviewed', data: reviewedOf(heldScript) };

test.each(['suspicious', 'failed'] as const)('what is %s is held, in our words', (verdict) => {
  const view = viewOf(heldReview(verdict));
  expect(view).toMatchObject({ status: 'held', phase: 'admitted', reason: { code: 'review-held' } });
  expect(JSON.stringify(view)).not.toMatch(/table of weights|as scripted/);
});

test('what is clear is not', () => {
  const held = heldReview('clear');
  expect(viewOf(held)).toMatchObject({ status: 'pending', reason: null });
  held.say(reviewed);
  expect(viewOf(held)).toMatchObject({ status: 'pending', phase: 'reviewed', reason: null });
});

test('it is pending again once a person or the time has let it go on', () => {
  const admitted = heldReview();
  admitted.say(resolved('admit'));
  expect(viewOf(admitted)).toMatchObject({ status: 'pending', reason: null });
  const expired = heldReview();
  expired.builder.wait(600_000);
  expired.say({ type: 'ReviewHoldExpired', data: {} });
  expect(viewOf(expired)).toMatchObject({ status: 'pending', reason: null });
});

test('and rejected with the reason of the person who rejected it', () => {
  const held = heldReview();
  held.say(resolved('reject'), rejected('review', 'review-hold', 'weights in a docstring'));
  expect(viewOf(held)).toMatchObject({
    status: 'rejected',
    reason: { code: 'review-hold', message: 'weights in a docstring' },
  });
});
