/** A held review as others see it. */
import { expect, test } from '@jest/globals';
import { heldReview } from '../../support/held-review.ts';
import { openHarness } from './harness.ts';

test('is shown as held, with a reason that has none of the words of a model', async () => {
  const { builder, id } = heldReview();
  const harness = await openHarness(builder.entries());
  const answer = await harness.json('/v1/submissions?status=held');
  expect(answer).toMatchObject({
    submissions: [
      { id, status: 'held', phase: 'admitted', error: null, reason: { code: 'review-held', findings: [] } },
    ],
  });
  expect(JSON.stringify(answer)).not.toContain('a table of weights');
  expect((await harness.app.inject('/v1/events?limit=10')).body).toContain('a table of weights');
  await harness.close();
});
