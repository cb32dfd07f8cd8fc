/** Given what was said of a submission, when a person, the time or a reviewer decides, then this follows or is refused. */
import { describe, expect, test } from '@jest/globals';
import type { DataOf, Decided, EventType } from '../../../domain/events/catalogue.ts';
import { type RefusalCode, RefusedError } from '../../../domain/refused.ts';
import { decideSubmission, type SubmissionCommand } from '../../../domain/submission/decide.ts';
import { evolveSubmission } from '../../../domain/submission/evolve.ts';
import { absentSubmission, type SubmissionState } from '../../../domain/submission/state.ts';
import { handedOver, rejected, reviewedOf, type Script, smallPolicy } from '../../support/history.ts';
import { opinionOf } from '../../support/opinion.ts';

const script: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt' };
const [received, admitted] = handedOver(script, 0, '00000000-0000-0000-0000-000000000001');
if (received?.type !== 'SubmissionReceived' || admitted?.type !== 'SubmissionAdmitted')
  throw new Error('a hand-over is a receipt and an admission');
const { contentDigest } = admitted.data;
const reviewed = reviewedOf(script);

const heard = (verdict: DataOf<'SemanticReviewed'>['verdict']): Decided => ({
  type: 'SemanticReviewed',
  data: opinionOf(contentDigest, verdict),
});
const resolved = (outcome: 'admit' | 'reject'): Decided => ({
  type: 'ReviewHoldResolved',
  data: { outcome, reason: 'looked at it' },
});
const expired: Decided = { type: 'ReviewHoldExpired', data: {} };

const given = (...events: readonly Decided[]): SubmissionState =>
  [received, admitted, ...events].reduce(evolveSubmission, absentSubmission);

function when(state: SubmissionState, command: SubmissionCommand): RefusalCode | readonly EventType[] {
  try {
    return decideSubmission(state, command).map(({ type }) => type);
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
}

const accept: SubmissionCommand = { type: 'accept-review', reviewed };
const reject: SubmissionCommand = {
  type: 'reject',
  rejected: rejected('review', 'forbidden-import', 'x').data,
};
const fault: SubmissionCommand = { type: 'fault-review', reason: 'no engine', work: smallPolicy.work };
const expire: SubmissionCommand = { type: 'expire-review-hold' };
const resolve = (outcome: 'admit' | 'reject'): SubmissionCommand => ({
  type: 'resolve-review-hold',
  outcome,
  reason: 'looked at it',
});
const hear = (verdict: DataOf<'SemanticReviewed'>['verdict'], digest = contentDigest): SubmissionCommand => ({
  type: 'hear-model',
  opinion: opinionOf(digest, verdict),
  reviewed,
});

describe('an opinion', () => {
  test('that is clear lets the review end at once', () => {
    expect(when(given(), hear('clear'))).toEqual(['SemanticReviewed', 'SubmissionReviewed']);
  });

  test.each(['suspicious', 'failed'] as const)(
    'that is %s holds the review, and never rejects',
    (verdict) => {
      expect(when(given(), hear(verdict))).toEqual(['SemanticReviewed']);
      expect(given(heard(verdict))).toMatchObject({ phase: 'admitted', reviewHold: 'open', rejected: null });
    },
  );

  test('is on the code that was admitted, given once, and before the review ends', () => {
    expect(when(given(), hear('clear', 'f'.repeat(64)))).toBe('wrong-content');
    expect(when(given(heard('clear')), hear('clear'))).toBe('already-done');
    expect(when(given(heard('clear'), { type: 'SubmissionReviewed', data: reviewed }), hear('clear'))).toBe(
      'not-yet',
    );
  });

  test.each<[string, Partial<DataOf<'SemanticReviewed'>>]>([
    ['clear with findings', { verdict: 'clear', reason: null }],
    ['clear with a reason to hold it', { verdict: 'clear', findings: [] }],
    ['suspicious without findings', { findings: [] }],
    ['suspicious without a reason', { reason: null }],
    ['failed with findings', { verdict: 'failed' }],
  ])('is not %s', (_name, change) => {
    const data = { ...opinionOf(contentDigest, 'suspicious'), ...change };
    expect(() => given({ type: 'SemanticReviewed', data })).toThrow(
      expect.objectContaining({ code: 'wrong-content' }),
    );
  });
});

describe('while it is held', () => {
  test.each<[string, SubmissionCommand]>([
    ['accepted', accept],
    ['rejected by a rule', reject],
    ['counted as a fault', fault],
  ])('it is not %s', (_name, command) => {
    expect(when(given(heard('suspicious')), command)).toBe('not-yet');
  });

  test('a person lets it go on', () => {
    expect(when(given(heard('suspicious')), resolve('admit'))).toEqual(['ReviewHoldResolved']);
    expect(when(given(heard('suspicious'), resolved('admit')), accept)).toEqual(['SubmissionReviewed']);
  });

  test('a person rejects it, with the reason as its message', () => {
    const events = decideSubmission(given(heard('failed')), resolve('reject'));
    expect(events.map(({ type }) => type)).toEqual(['ReviewHoldResolved', 'SubmissionRejected']);
    expect(given(heard('failed'), ...events)).toMatchObject({
      phase: 'rejected',
      reviewHold: 'reject',
      rejected: { stage: 'review', code: 'review-hold', message: 'looked at it' },
    });
  });

  test('it goes on once the time is over', () => {
    expect(when(given(heard('failed')), expire)).toEqual(['ReviewHoldExpired']);
    expect(when(given(heard('failed'), expired), accept)).toEqual(['SubmissionReviewed']);
  });
});

describe('what goes on after a hold', () => {
  test.each([resolved('admit'), expired])('can still be rejected by a rule, and have faults', (event) => {
    const state = given(heard('suspicious'), event);
    expect(when(state, reject)).toEqual(['SubmissionRejected']);
    expect(when(state, fault)).toEqual(['ReviewFaulted']);
  });

  test.each([resolved('admit'), resolved('reject'), expired])('is not resolved a second time', (event) => {
    const state = given(heard('suspicious'), event);
    for (const command of [resolve('admit'), resolve('reject'), expire])
      expect(when(state, command)).toBe('already-done');
  });

  test('a person has rejected is not accepted', () => {
    expect(when(given(heard('suspicious'), resolved('reject')), accept)).toBe('already-done');
  });
});

test.each([resolve('admit'), resolve('reject'), expire])(
  'what was never held has no hold to end',
  (command) => {
    expect(when(given(), command)).toBe('unknown');
    expect(when(given(heard('clear')), command)).toBe('unknown');
  },
);
