/** What cannot follow is refused: changed results, made-up events, doubled ones. */
import { describe, expect, test } from '@jest/globals';
import { digestOf, type Json } from '../../../domain/events/canonical.ts';
import type { Decided, EventType } from '../../../domain/events/catalogue.ts';
import { type EventEnvelope, eventBytes } from '../../../domain/events/envelope.ts';
import { streamOf } from '../../../domain/events/ids.ts';
import { outcomeDigest } from '../../../domain/ledger/outcome.ts';
import { owedEvents } from '../../../domain/ledger/owed.ts';
import { ReplayError, replay } from '../../../projections/replay.ts';
import {
  advance,
  closeEpoch,
  familyOfName,
  finish,
  handedOver,
  handOver,
  idOf,
  openLedger,
  type Script,
  smallPolicy,
  startedOf,
  tell,
} from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';
import { baseRun } from '../../support/measurement.ts';
import { epochClosed } from '../../support/randomness.ts';

const numbers = Array.from({ length: 16 }, (_, i) => i);
const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: numbers,
  gain: 300_000,
  recipeGain: 50_000,
};
const like: Script = { ...gpt, hotkey: 'B', architecture: 'near', sketch: [...numbers.slice(0, 15), 99] };

const events: readonly EventEnvelope[] = closeEpoch(tell([gpt, like])).settle().events;

async function* entries(of: readonly EventEnvelope[]): AsyncGenerator<{ index: number; bytes: Buffer }> {
  for (const [index, event] of of.entries()) yield { index, bytes: eventBytes(event) };
}

async function refusalOf(of: readonly EventEnvelope[]): Promise<{ index: number; message: string }> {
  try {
    await replay(entries(of));
  } catch (error) {
    if (error instanceof ReplayError) return { index: error.index, message: error.message };
    throw error;
  }
  throw new Error('the replay found nothing wrong');
}

type Changes = (data: { [key: string]: Json }) => { [key: string]: Json };

/** The history with the data of the last event of `type` changed, and where that is. */
function changed(type: EventType, change: Changes): { index: number; log: EventEnvelope[] } {
  const index = events.findLastIndex((event) => event.type === type);
  const log = events.map((event, at) =>
    at === index ? { ...event, data: change({ ...event.data }) } : event,
  );
  return { index, log };
}

const inside = (data: { [key: string]: Json }, key: string, change: { [key: string]: Json }): Json =>
  JSON.parse(JSON.stringify({ ...JSON.parse(JSON.stringify(data[key])), ...change }));

describe('replay', () => {
  test('accepts the history and counts what it derived', async () => {
    const { ledger, derived } = await replay(entries(events));
    const own = events.filter((event) => 'basis' in event.data).length;
    expect(derived).toBe(own);
    // Two scores, two architectures, one hold, two recipes, one epoch; a call and a confirmation of each claim.
    expect(own).toBe(16);
    expect(outcomeDigest(ledger)).toBe(outcomeDigest(closeEpoch(tell([gpt, like])).settle().state));
  });

  test.each<[string, EventType, Changes]>([
    [
      'a score that is off by one',
      'SubmissionScored',
      (data) => ({ ...data, scorePpm: Number(data.scorePpm) + 1 }),
    ],
    [
      'a gain that is off by one',
      'SubmissionScored',
      (data) => ({ ...data, total: inside(data, 'total', { meanMicrobits: 350_001 }) }),
    ],
    ['another owner', 'ArchitectureClaimDecided', (data) => ({ ...data, hotkey: 'Thief' })],
    ['another outcome', 'ArchitectureClaimDecided', (data) => ({ ...data, outcome: 'refused' })],
    ['another basis', 'ArchitectureClaimDecided', (data) => ({ ...data, basis: data.submission ?? null })],
    ['a longer hold', 'ArchitectureClaimHeld', (data) => ({ ...data, deadline: '2036-01-01T00:00:00.000Z' })],
    ['another owner of the training', 'TrainingClaimDecided', (data) => ({ ...data, hotkey: 'Thief' })],
    ['other units', 'WeightsDerived', (data) => ({ ...data, burn: { hotkey: '5Burn', units: 65_535 } })],
    ['no one paid', 'WeightsDerived', (data) => ({ ...data, shares: [] })],
  ])('refuses %s, with its index', async (_name, type, change) => {
    const { index, log } = changed(type, change);
    expect(await refusalOf(log)).toEqual({
      index,
      message: expect.stringContaining('the log up to its basis'),
    });
  });

  test('refuses a derived event before it is due, and one that is missing where another builds on it', async () => {
    const claim = events.findIndex((event) => event.type === 'ArchitectureClaimDecided');
    const score = events.findIndex((event) => event.type === 'SubmissionScored');
    const early = events.toSpliced(claim, 1).toSpliced(score, 0, ...events.slice(claim, claim + 1));
    expect(await refusalOf(early)).toMatchObject({ index: score });
    const called = events.findIndex((event) => event.type === 'ConfirmationCalled');
    expect(await refusalOf(events.toSpliced(score, 1))).toMatchObject({ index: called - 1 });
  });

  test('refuses an event id that is used twice', async () => {
    const index = events.findIndex((event) => event.type === 'SubmissionReviewed');
    const log = events.map((event, at) =>
      at === index ? { ...event, id: events[index - 1]?.id ?? '' } : event,
    );
    expect(await refusalOf(log)).toEqual({ index, message: expect.stringContaining('is used twice') });
  });

  test.each([-1, 1])('refuses a revision that is off by %i', async (off) => {
    const index = events.findIndex((event) => event.type === 'SubmissionReviewed');
    const log = events.map((event, at) =>
      at === index ? { ...event, revision: event.revision + off } : event,
    );
    expect(await refusalOf(log)).toEqual({
      index,
      message: expect.stringContaining('continues at revision 2'),
    });
  });

  test('refuses a missing first event and a second opening', async () => {
    expect(await refusalOf(events.slice(1))).toMatchObject({ index: 0 });
    const [first] = events;
    if (first === undefined) throw new Error('no events');
    expect(await refusalOf([first, { ...first, revision: 1 }])).toMatchObject({ index: 1 });
  });

  test('refuses an opening whose id does not follow from it', async () => {
    const { index, log } = changed('LedgerOpened', (data) => ({ ...data, salt: '1'.repeat(32) }));
    expect(await refusalOf(log)).toEqual({ index, message: expect.stringContaining("the ledger's id") });
  });
});

describe('the fold refuses', () => {
  const ground = (): LedgerBuilder => {
    const builder = openLedger();
    handOver(builder, gpt, 0);
    handOver(builder, { ...like, fate: 'received-only' }, 1);
    advance(builder, gpt, 0);
    return closeEpoch(builder.settle());
  };
  const { ledger } = ground();
  const [first, second] = [idOf(ledger, gpt, 0), idOf(ledger, like, 1)];
  const family = familyOfName(ledger, 'gpt');
  const hold = {
    submission: first,
    outcome: 'refuse',
    resolver: 'operator:test',
    reason: 'no reason',
  } as const;

  test.each<[string, string, readonly Decided[]]>([
    ['a second hand-over of the same submission', streamOf.submission(second), handedOver(like, 1, ledger)],
    [
      'a submission in a stream that its nonce does not name',
      streamOf.submission(family),
      handedOver(like, 7, ledger),
    ],
    ['an event of a submission that was never received', streamOf.submission(family), [startedOf(1)]],
    [
      'a policy outside its stream',
      'policy-2',
      [{ type: 'PolicyAdopted', data: { policy: smallPolicy, reason: '' } }],
    ],
    ['an epoch out of turn', streamOf.epoch(3), [epochClosed(3)]],
    ['an epoch in the stream of another', streamOf.epoch(3), [epochClosed(2)]],
    ['an epoch that is closed', streamOf.epoch(1), [epochClosed(1)]],
    ['an emission of weights that are not derived', streamOf.epoch(1), [emission(1)]],
    ['an emission of an epoch that is open', streamOf.epoch(2), [emission(2)]],
    ['a resolution of what is not held', streamOf.family(family), [{ type: 'HoldResolved', data: hold }]],
    [
      'an expiry of what is not held',
      streamOf.family(family),
      [{ type: 'HoldExpired', data: { submission: first } }],
    ],
    ['an unknown family where the family is its own', streamOf.submission(second), [unknownFamily()]],
  ])('%s', (_name, stream, decided) => {
    const own = ground();
    expect(() => own.append(stream, ledger, 'service:test', ...decided)).toThrow(
      expect.objectContaining({ name: 'RefusedError' }),
    );
  });

  test('a second emission to the same target, and a hold that is resolved twice', () => {
    const settled = closeEpoch(openLedger()).settle();
    const weights = settled.state.epochs.get(1)?.weights;
    const emit = () =>
      settled.append(streamOf.epoch(1), ledger, 'service:test', emission(1, digestOf(weights)));
    emit();
    expect(emit).toThrow(expect.objectContaining({ code: 'already-done' }));

    const held = tell([gpt, like]);
    const submission = idOf(held.ledger, like, 1);
    expect(() =>
      held.append(streamOf.family(familyOfName(held.ledger, 'near')), submission, 'operator:test', {
        type: 'HoldResolved',
        data: { ...hold, submission },
      }),
    ).toThrow(expect.objectContaining({ code: 'already-done' }));
  });

  test('a resolver who is a party to the hold', () => {
    const own = openLedger();
    for (const [index, script] of [gpt, like].entries()) {
      handOver(own, script, index);
      finish(own, script, index, [gpt, like]);
    }
    const submission = idOf(ledger, like, 1);
    for (const { hotkey } of [gpt, like])
      expect(() =>
        own.append(streamOf.family(familyOfName(ledger, 'near')), submission, 'operator:test', {
          type: 'HoldResolved',
          data: { ...hold, submission, resolver: hotkey },
        }),
      ).toThrow(expect.objectContaining({ code: 'wrong-content' }));
  });

  test('an emission of other weights than those that were derived', () => {
    const settled = closeEpoch(openLedger()).settle();
    expect(() => settled.append(streamOf.epoch(1), ledger, 'service:test', emission(1))).toThrow(
      expect.objectContaining({ code: 'wrong-content' }),
    );
  });

  test('an expiry that was written before the deadline', () => {
    const own = openLedger();
    for (const [index, script] of [gpt, like].entries()) {
      handOver(own, script, index);
      finish(own, script, index, [gpt, like]);
    }
    const held = own.events.find((event) => event.type === 'ArchitectureClaimHeld');
    const submission = idOf(ledger, like, 1);
    const expire = (builder: LedgerBuilder) =>
      builder.append(held?.stream ?? '', submission, 'service:test', {
        type: 'HoldExpired',
        data: { submission },
      });
    expect(() => expire(own)).toThrow(expect.objectContaining({ code: 'too-early' }));
    own.wait(smallPolicy.ownership.holdMs);
    expect(owedEvents(expire(own).state)).toHaveLength(1);
  });

  test.each([
    ['other runs', { runs: [baseRun('reference')] }],
    ['a futility stop that its policy has not', { futilityMicrobits: 1 }],
    ['a hook that it does not have', { hookWith: 'recipe' as const }],
    ['other architectures that nobody drew', { others: [{ family, submission: idOf(ledger, gpt, 0) }] }],
    ['another plan', { planDigest: '0'.repeat(64) }],
    ["another's architecture", { architectureFrom: family }],
    ['fewer seeds than the policy wants', { seeds: ['0'.repeat(64), '1'.repeat(64)] }],
  ])('a plan with %s', (_name, change) => {
    const own = openLedger();
    handOver(own, gpt, 0);
    advance(own, { ...gpt, fate: 'reviewed-only' }, 0);
    const planned = tell([gpt]).events.find((event) => event.type === 'EvaluationPlanned')?.data;
    const data = { ...JSON.parse(JSON.stringify(planned)), ...change };
    expect(() =>
      own.append(streamOf.submission(first), first, 'service:test', { type: 'EvaluationPlanned', data }),
    ).toThrow(expect.objectContaining({ code: 'wrong-content' }));
  });
});

function emission(epoch: number, weightsDigest = '0'.repeat(64)): Decided {
  return {
    type: 'WeightsEmitted',
    data: {
      epoch,
      target: 'dry-run',
      weightsDigest,
      receipt: { kind: 'dry-run', detail: 'nothing was sent' },
    },
  };
}

function unknownFamily(): Decided {
  return {
    type: 'SubmissionRejected',
    data: { stage: 'evaluation', code: 'unknown-family', message: '', findings: [], findingsBlob: null },
  };
}
