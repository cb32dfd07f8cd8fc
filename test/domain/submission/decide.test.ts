/** Given what has happened to a submission, when a command comes, then these events follow or it is refused. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../../../domain/events/canonical.ts';
import type { Decided, EventType } from '../../../domain/events/catalogue.ts';
import { toEnvelope } from '../../../domain/events/codec.ts';
import { addMs } from '../../../domain/events/time.ts';
import { type RefusalCode, RefusedError } from '../../../domain/refused.ts';
import { decideSubmission, type SubmissionCommand } from '../../../domain/submission/decide.ts';
import { evolveSubmission } from '../../../domain/submission/evolve.ts';
import {
  absentSubmission,
  isFinal,
  outstandingRuns,
  type Phase,
  type SubmissionState,
} from '../../../domain/submission/state.ts';
import {
  type DecidedAs,
  handedOver,
  measuredOf,
  rejected,
  reviewedOf,
  type Script,
  smallPolicy,
} from '../../support/history.ts';
import { baseRun } from '../../support/measurement.ts';
import { epochClosed } from '../../support/randomness.ts';

const LEDGER = '00000000-0000-0000-0000-000000000001';
const NOW = '2026-01-01T00:00:00.000Z';
const script: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt', gain: 1 };
const { work } = smallPolicy;
const { leaseMs, clockSkewMs, attemptDeadlineMs } = work;

const [received, admitted] = handedOver(script, 0, LEDGER);
if (received?.type !== 'SubmissionReceived' || admitted?.type !== 'SubmissionAdmitted')
  throw new Error('a hand-over is a receipt and an admission');
const turnedAway = rejected('intake', 'archive-not-a-zip', 'no ZIP');
const notReviewable = rejected('review', 'forbidden-import', 'imports socket');
const unknownFamily = rejected('evaluation', 'unknown-family', 'nobody has it');
const reviewed: Decided = { type: 'SubmissionReviewed', data: reviewedOf(script) };
const planned: DecidedAs<'EvaluationPlanned'> = {
  type: 'EvaluationPlanned',
  data: {
    planDigest: '0'.repeat(64),
    corpus: '1'.repeat(64),
    seeds: ['2'.repeat(64)],
    randomness: { kind: 'committed', epoch: 1, commitment: '3'.repeat(64) },
    runs: [baseRun('reference'), baseRun('architecture')],
    futilityMicrobits: null,
    hookWith: null,
    others: [],
    architectureFrom: LEDGER,
  },
};
const start = (worker = 'a', now = NOW): SubmissionCommand => ({ type: 'start', worker, now, work });
const measure = (
  token: number,
  pair: 'reference' | 'architecture' | 'recipe',
  seed = 0,
): SubmissionCommand => ({
  type: 'measure',
  token,
  measurement: measuredOf(baseRun(pair, seed), script, smallPolicy),
});
const lapse = (now: string, by = 'b', restarted = false): SubmissionCommand => ({
  type: 'lapse',
  by,
  restarted,
  now,
  work,
});
const fault = (token: number): SubmissionCommand => ({ type: 'fault', token, reason: 'disk full', work });

type Past = Decided | SubmissionCommand;

/** Events and commands, one after another, from nothing. */
function given(...past: readonly Past[]): SubmissionState {
  let state = absentSubmission;
  for (const one of past) {
    const events = 'data' in one ? [one] : decideSubmission(state, one);
    state = events.reduce(evolveSubmission, state);
  }
  return state;
}

const inPlan: readonly Past[] = [received, admitted, reviewed, planned];
const inScore: readonly Past[] = [
  ...inPlan,
  start(),
  measure(1, 'reference'),
  measure(1, 'architecture'),
  {
    type: 'SubmissionScored',
    data: {
      basis: LEDGER,
      architecture: null,
      training: null,
      hook: null,
      total: { n: 1, meanMicrobits: 0, standardErrorMicrobits: 0, lowerMicrobits: 0 },
      scorePpm: 0,
      card: {
        pair: 'architecture',
        sumPpm: 0,
        signals: [],
        penalties: [],
        ladders: [],
        seeds: { gains: [], standardDeviationMicrobits: 0, uncertaintyMicrobits: 0 },
        extrapolation: [],
        growth: {
          overSteps: { weight: null, update: null },
          acrossSizes: { weight: null, update: null },
        },
      },
      elsewhere: [],
      structure: null,
    },
  },
];
/** To a confirmation of its architecture on one fresh seed. */
const called: Decided = {
  type: 'ConfirmationCalled',
  data: {
    basis: LEDGER,
    claim: 'architecture',
    family: LEDGER,
    incumbent: null,
    near: null,
    challenge: 0,
    entry: 1,
    alphaPpt: 1,
    seeds: [sha256('fresh')],
    runs: [baseRun('reference', 1), baseRun('architecture', 1)],
  },
};
const confirmed: DecidedAs<'SubmissionConfirmed'> = {
  type: 'SubmissionConfirmed',
  data: {
    basis: LEDGER,
    claim: 'architecture',
    evidence: {
      differences: [1],
      meanMicrobits: 1,
      deviationMicrobits: 1,
      degrees: 2,
      alphaPpt: 1,
      thresholdMilliT: 1,
      marginMicrobits: 0,
      gridMicrobits: 1,
      lowerMicrobits: 0,
      proven: true,
    },
    gain: { n: 1, meanMicrobits: 0, standardErrorMicrobits: 0, lowerMicrobits: 0 },
    hook: null,
    valueMicrobits: 0,
    identical: false,
  },
};
const PAST: { readonly [phase in Phase]: readonly Past[] } = {
  absent: [],
  received: [received],
  admitted: [received, admitted],
  reviewed: [received, admitted, reviewed],
  planned: inPlan,
  measured: [...inPlan, start(), measure(1, 'reference'), measure(1, 'architecture')],
  scored: inScore,
  confirming: [...inScore, called],
  remeasured: [...inScore, called, start('c'), measure(2, 'reference', 1), measure(2, 'architecture', 1)],
  rejected: [received, admitted, notReviewable],
  abandoned: [
    received,
    admitted,
    ...[1, 2].map(() => ({ type: 'fault-review', reason: 'no engine', work }) as const),
  ],
};
const PHASES = Object.keys(PAST).filter((key): key is Phase => key in PAST);

function refusal(state: SubmissionState, command: SubmissionCommand): RefusalCode | readonly EventType[] {
  try {
    return decideSubmission(state, command).map(({ type }) => type);
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
}

test.each(PHASES)('the way to phase %s leads there', (phase) => {
  expect(given(...PAST[phase]).phase).toBe(phase);
});

/** What each command gives in each phase; final phases refuse every one as `final`. */
const NEXT: readonly (readonly [string, SubmissionCommand, { readonly [phase in Phase]?: unknown }])[] = [
  [
    'admit',
    { type: 'admit', received: received.data, admitted: admitted.data },
    { absent: ['SubmissionReceived', 'SubmissionAdmitted'] },
  ],
  [
    'turn away',
    { type: 'turn-away', received: received.data, rejected: turnedAway.data },
    { absent: ['SubmissionReceived', 'SubmissionRejected'] },
  ],
  [
    'accept in review',
    { type: 'accept-review', reviewed: reviewedOf(script) },
    { admitted: ['SubmissionReviewed'] },
  ],
  [
    'reject in review',
    { type: 'reject', rejected: notReviewable.data },
    { admitted: ['SubmissionRejected'] },
  ],
  [
    'record a fault of the reviewer',
    { type: 'fault-review', reason: 'no engine', work },
    { admitted: ['ReviewFaulted'] },
  ],
  ['plan', { type: 'plan', planned: planned.data }, { reviewed: ['EvaluationPlanned'] }],
  ['start', start(), { planned: ['EvaluationStarted'], confirming: ['EvaluationStarted'] }],
];

describe.each(NEXT)('to %s', (_name, command, expected) => {
  test.each(PHASES)('in phase %s', (phase) => {
    const result = refusal(given(...PAST[phase]), command);
    if (isFinal(phase)) expect(result).toBe('final');
    else if (expected[phase] !== undefined) expect(result).toEqual(expected[phase]);
    else expect(['already-done', 'not-yet']).toContain(result);
  });
});

describe('a confirmation', () => {
  test('is run on its own seeds, after those of the plan, and leads back to the score', () => {
    const before = given(...PAST.confirming);
    expect(before.seeds).toEqual([...given(...inPlan).seeds, sha256('fresh')]);
    expect(outstandingRuns(before)).toEqual([baseRun('reference', 1), baseRun('architecture', 1)]);
    const after = given(...PAST.remeasured, confirmed);
    expect(after).toMatchObject({ phase: 'scored', called: null, measurements: [], attempts: 2 });
    expect(after.confirmed).toEqual([confirmed.data]);
  });

  test('is called once for each claim, and answered for the claim that was called', () => {
    const refused = (...past: readonly Past[]) => {
      expect(() => given(...past)).toThrow(RefusedError);
    };
    refused(...PAST.remeasured, confirmed, called);
    refused(...PAST.measured, called);
    refused(...PAST.confirming, confirmed);
    refused(...PAST.remeasured, {
      type: 'SubmissionConfirmed',
      data: { ...confirmed.data, claim: 'training' },
    });
    refused(...PAST.confirming, start('c'), measure(2, 'reference', 0));
  });

  test('has all its attempts, whatever the evaluation used up, and is abandoned after the last', () => {
    const spent = [called, start('a'), fault(2), start('a'), fault(3), start('a')] as const;
    const end = decideSubmission(given(...inScore, ...spent), fault(4));
    expect(end.map(({ type }) => type)).toEqual(['EvaluationFaulted', 'EvaluationAbandoned']);
  });
});

describe('what needs an open attempt', () => {
  const commands: readonly (readonly [string, SubmissionCommand])[] = [
    ['renew', { type: 'renew', token: 1, now: NOW, work }],
    ['measure', measure(1, 'reference')],
    ['fault', fault(1)],
  ];

  test.each(commands)('%s is fenced in every phase without one', (_name, command) => {
    for (const phase of PHASES)
      expect([phase, refusal(given(...PAST[phase]), command)]).toEqual([phase, 'fenced']);
  });

  test.each(commands)(
    '%s is fenced with an older token, and with one that is not given yet',
    (_name, command) => {
      const second = given(...inPlan, start(), fault(1), start('b'));
      expect(refusal(second, command)).toBe('fenced');
      expect(refusal(given(...inPlan, start()), { ...command, token: 2 } as SubmissionCommand)).toBe(
        'fenced',
      );
    },
  );
});

describe('an attempt', () => {
  test('starts with a lease, a deadline and a token that grows', () => {
    const [started] = decideSubmission(given(...inPlan, start(), fault(1)), start('b', NOW));
    expect(started).toEqual({
      type: 'EvaluationStarted',
      data: {
        attempt: 2,
        token: 2,
        worker: 'b',
        leaseUntil: addMs(NOW, leaseMs),
        deadline: addMs(NOW, attemptDeadlineMs),
      },
    });
  });

  test('is the only one', () => {
    expect(refusal(given(...inPlan, start()), start('b'))).toBe('already-done');
  });

  test('is renewed by its holder from the present time', () => {
    const now = addMs(NOW, 5_000);
    const state = given(...inPlan, start(), { type: 'renew', token: 1, now, work });
    expect(state.open).toMatchObject({
      leaseUntil: addMs(now, leaseMs),
      deadline: addMs(NOW, attemptDeadlineMs),
    });
  });

  test('lapses by anyone once its lease and the skew are over, not a millisecond before', () => {
    const state = given(...inPlan, start('a'));
    const end = addMs(NOW, leaseMs + clockSkewMs);
    expect(refusal(state, lapse(end))).toBe('too-early');
    expect(decideSubmission(state, lapse(addMs(end, 1)))).toEqual([
      {
        type: 'EvaluationLapsed',
        data: { attempt: 1, token: 1, reason: `lease of a ran out at ${addMs(NOW, leaseMs)}` },
      },
    ]);
  });

  test('lapses past its deadline however often it is renewed', () => {
    const late = addMs(NOW, attemptDeadlineMs + clockSkewMs);
    const state = given(...inPlan, start('a'), { type: 'renew', token: 1, now: late, work });
    expect(refusal(state, lapse(late))).toBe('too-early');
    expect(refusal(state, lapse(addMs(late, 1)))).toEqual(['EvaluationLapsed']);
  });

  test('lapses at once by its own worker after a restart, by no one else', () => {
    const state = given(...inPlan, start('a'));
    expect(refusal(state, lapse(NOW, 'a', true))).toEqual(['EvaluationLapsed']);
    expect(refusal(state, lapse(NOW, 'a', false))).toBe('too-early');
    expect(refusal(state, lapse(NOW, 'b', true))).toBe('too-early');
  });

  test('cannot lapse where none is open', () => {
    expect(refusal(given(...inPlan), lapse('2030-01-01T00:00:00.000Z'))).toBe('already-done');
  });

  test.each(['fault', 'lapse'] as const)('that ends by %s past the limit abandons the evaluation', (how) => {
    const end = (token: number): SubmissionCommand =>
      how === 'fault' ? fault(token) : lapse('2030-01-01T00:00:00.000Z');
    const before = given(...inPlan, start(), end(1), start(), end(2), start());
    expect(work.evaluationAttempts).toBe(3);
    const events = decideSubmission(before, end(3));
    expect(events.map(({ type }) => type)).toEqual([
      how === 'fault' ? 'EvaluationFaulted' : 'EvaluationLapsed',
      'EvaluationAbandoned',
    ]);
    expect(events[1]?.data).toMatchObject({ stage: 'evaluation', attempts: 3 });
    expect(events.reduce(evolveSubmission, before).phase).toBe('abandoned');
  });

  test('that recorded a run does not count against the limit', () => {
    const before = given(...inPlan, start(), fault(1), start(), fault(2), start(), measure(3, 'reference'));
    const events = decideSubmission(before, fault(3));
    expect(events.map(({ type }) => type)).toEqual(['EvaluationFaulted']);
    const after = events.reduce(evolveSubmission, before);
    expect(decideSubmission(after, start())).toMatchObject([
      { type: 'EvaluationStarted', data: { attempt: 4 } },
    ]);
  });

  test('is refused where a lower limit has been reached', () => {
    const state = given(...inPlan, start(), fault(1));
    const strict = { ...work, evaluationAttempts: 1 };
    expect(refusal(state, { type: 'start', worker: 'a', now: NOW, work: strict })).toBe('limit-reached');
  });

  test('hands on what it has measured to the next', () => {
    const state = given(...inPlan, start(), measure(1, 'reference'), fault(1), start('b'));
    expect(outstandingRuns(state)).toEqual([baseRun('architecture')]);
    expect(refusal(state, measure(2, 'reference'))).toBe('already-done');
    expect(
      given(...PAST.planned, start(), measure(1, 'reference'), fault(1), start(), measure(2, 'architecture'))
        .phase,
    ).toBe('measured');
  });

  test('cannot record a run that is not planned', () => {
    const state = given(...inPlan, start());
    expect(refusal(state, measure(1, 'recipe'))).toBe('wrong-content');
    expect(refusal(state, measure(1, 'reference', 1))).toBe('wrong-content');
  });

  test.each([
    ['long', 'x'.repeat(10_000)],
    ['empty', ''],
    ['cut within a character', `${'x'.repeat(499)}\u{1f600}`],
    ['not well formed', '\ud800'],
  ])('has a reason that an event can hold, however %s the error’s text was', (_name, reason) => {
    const last: SubmissionCommand = { type: 'fault', token: 3, reason, work };
    const state = given(...inPlan, start(), fault(1), start(), fault(2), start());
    const writing = { id: LEDGER, time: NOW, correlationId: LEDGER, causationId: null, actor: 'test' };
    const written = decideSubmission(state, last).map((one) =>
      toEnvelope(one, `submission-${LEDGER}`, 0, writing),
    );
    expect(written.map(({ type }) => type)).toEqual(['EvaluationFaulted', 'EvaluationAbandoned']);
    const review: SubmissionCommand = { type: 'fault-review', reason, work };
    const [faulted] = decideSubmission(given(received, admitted), review);
    if (faulted === undefined) throw new Error('nothing was decided');
    expect(toEnvelope(faulted, `submission-${LEDGER}`, 0, writing).type).toBe('ReviewFaulted');
  });
});

describe('a review', () => {
  test('is abandoned after its last attempt', () => {
    const again: SubmissionCommand = { type: 'fault-review', reason: 'no engine', work };
    const state = given(received, admitted, again);
    expect(decideSubmission(state, again)).toEqual([
      { type: 'ReviewFaulted', data: { attempt: 2, reason: 'no engine' } },
      {
        type: 'EvaluationAbandoned',
        data: { stage: 'review', attempts: 2, reason: 'given up after 2 attempts; the last: no engine' },
      },
    ]);
  });

  test('names the architecture of what has one', () => {
    const without = { ...reviewedOf(script), architecture: null };
    expect(refusal(given(received, admitted), { type: 'accept-review', reviewed: without })).toBe(
      'wrong-content',
    );
    const recipe = handedOver({ ...script, kind: 'training_for_arch' }, 0, LEDGER);
    expect(refusal(given(...recipe), { type: 'accept-review', reviewed: without })).toEqual([
      'SubmissionReviewed',
    ]);
  });
});

describe('a rejection', () => {
  test.each([
    ['received', turnedAway],
    ['admitted', notReviewable],
    ['reviewed', unknownFamily],
  ] as const)('of what is %s is of its own stage only', (phase, own) => {
    for (const one of [turnedAway, notReviewable, unknownFamily]) {
      const reject = () => evolveSubmission(given(...PAST[phase]), one);
      if (one === own) expect(reject().phase).toBe('rejected');
      else expect(reject).toThrow(expect.objectContaining({ code: 'not-yet' }));
    }
  });
});

describe('an event that no command leads to is refused', () => {
  test.each<[string, readonly Past[], Decided, RefusalCode]>([
    [
      'a skipped review attempt',
      [received, admitted],
      { type: 'ReviewFaulted', data: { attempt: 2, reason: 'x' } },
      'already-done',
    ],
    [
      'an abandonment that counts other attempts',
      [received, admitted],
      { type: 'EvaluationAbandoned', data: { stage: 'review', attempts: 5, reason: 'x' } },
      'wrong-content',
    ],
    [
      'an abandonment at another stage',
      inPlan,
      { type: 'EvaluationAbandoned', data: { stage: 'review', attempts: 1, reason: 'x' } },
      'wrong-content',
    ],
    [
      'an abandonment with an attempt open',
      [...inPlan, start()],
      { type: 'EvaluationAbandoned', data: { stage: 'evaluation', attempts: 1, reason: 'x' } },
      'not-yet',
    ],
    [
      'a token that is not the attempt',
      inPlan,
      {
        type: 'EvaluationStarted',
        data: { attempt: 1, token: 2, worker: 'a', leaseUntil: NOW, deadline: NOW },
      },
      'fenced',
    ],
    ['an event of another kind of stream', inPlan, epochClosed(1), 'wrong-content'],
  ])('%s', (_name, past, event, code) => {
    expect(() => evolveSubmission(given(...past), event)).toThrow(expect.objectContaining({ code }));
  });
});

/** Any commands in any order, as several services with stale views would send them. */
const command: fc.Arbitrary<SubmissionCommand> = fc.oneof(
  fc.constantFrom(...NEXT.map(([, one]) => one)),
  fc.record({ worker: fc.constantFrom('a', 'b') }).map(({ worker }) => start(worker)),
  fc
    .record({ token: fc.integer({ min: 1, max: 3 }), pair: fc.constantFrom('reference', 'architecture') })
    .map(({ token, pair }) => measure(token, pair)),
  fc.integer({ min: 1, max: 3 }).map(fault),
  fc.constantFrom(lapse(NOW), lapse('2030-01-01T00:00:00.000Z')),
);

test('whatever commands come, what is decided can follow, and the rules hold', () => {
  let measured = 0;
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
      let state = given(...inPlan);
      let tokens = 0;
      for (const one of commands) {
        let events: readonly Decided[];
        try {
          events = decideSubmission(state, one);
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedError);
          continue;
        }
        state = events.reduce(evolveSubmission, state);
        expect(state.stalled).toBeLessThanOrEqual(work.evaluationAttempts);
        expect(state.attempts).toBeGreaterThanOrEqual(tokens);
        tokens = state.attempts;
        const runs = state.measurements.map(({ pair, seed }) => `${pair} ${seed}`);
        expect(new Set(runs).size).toBe(runs.length);
        if (state.phase !== 'planned') expect(state.open).toBeNull();
        if (state.phase === 'measured') measured += 1;
      }
    }),
    { numRuns: 300 },
  );
  expect(measured).toBeGreaterThan(0);
});
