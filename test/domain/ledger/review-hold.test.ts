/** What the policy wants of a model, and when a hold may expire. */
import { describe, expect, test } from '@jest/globals';
import type { Decided } from '../../../domain/events/catalogue.ts';
import { addMs } from '../../../domain/events/time.ts';
import { replay } from '../../../projections/replay.ts';
import { awaitedReview, heldReview, heldScript } from '../../support/held-review.ts';
import { reviewedOf, smallPolicy } from '../../support/history.ts';
import { opinionOf, semanticPolicy } from '../../support/opinion.ts';

const { holdMs } = semanticPolicy.ownership;
const reviewed: Decided = { type: 'SubmissionReviewed', data: reviewedOf(heldScript) };
const expired: Decided = { type: 'ReviewHoldExpired', data: {} };
const admit: Decided = { type: 'ReviewHoldResolved', data: { outcome: 'admit', reason: 'looked' } };
const entryOf = ({ builder, id }: ReturnType<typeof heldReview>) => builder.state.submissions.get(id);

describe('a policy that wants the opinion of a model', () => {
  test('accepts nothing without one', () => {
    expect(() => awaitedReview().say(reviewed)).toThrow('its policy wants the opinion of a model first');
  });

  test.each([
    ['once it is clear', heldReview('clear'), []],
    ['once a person has looked', heldReview('failed'), [admit]],
  ])('accepts %s', (_name, held, events) => {
    held.say(...events, reviewed);
    expect(entryOf(held)?.state.phase).toBe('reviewed');
  });

  test('rejects by its rules without one', () => {
    const held = awaitedReview();
    const data = {
      stage: 'review' as const,
      code: 'forbidden-import',
      message: 'x',
      findings: [],
      findingsBlob: null,
    };
    held.say({ type: 'SubmissionRejected', data });
    expect(entryOf(held)?.state.phase).toBe('rejected');
  });
});

test('a policy that wants none takes none', () => {
  const held = awaitedReview(smallPolicy);
  const digest = entryOf(held)?.state.admitted?.contentDigest ?? '';
  expect(() => held.say({ type: 'SemanticReviewed', data: opinionOf(digest, 'clear') })).toThrow(
    'its policy wants no opinion of a model',
  );
  held.say(reviewed);
  expect(entryOf(held)?.state.phase).toBe('reviewed');
});

describe('a hold', () => {
  test('runs from the event that made it, for as long as the policy says', () => {
    const held = heldReview();
    const event = held.builder.events.at(-1);
    expect(entryOf(held)?.reviewHeldUntil).toBe(addMs(event?.time ?? '', holdMs));
    held.say(admit);
    expect(entryOf(held)?.reviewHeldUntil).toBeNull();
  });

  test('expires then, and not a millisecond before', () => {
    const held = heldReview();
    const { builder } = held;
    // The event that made it is a second old.
    builder.wait(holdMs - 1_001);
    expect(() => held.say(expired)).toThrow('the hold of its review runs until');
    const late = heldReview();
    late.builder.wait(holdMs - 1_000);
    late.say(expired, reviewed);
    expect(entryOf(late)?.state.phase).toBe('reviewed');
  });

  test('is part of what a verifier replays', async () => {
    const held = heldReview();
    held.say(admit, reviewed);
    const entries = held.builder.entries().map((bytes, index) => ({ index, bytes }));
    async function* log() {
      yield* entries;
    }
    const { ledger } = await replay(log());
    expect(ledger.submissions.get(held.id)?.state).toMatchObject({ phase: 'reviewed', reviewHold: 'admit' });
  });
});
