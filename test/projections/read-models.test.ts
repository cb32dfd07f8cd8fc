/** The read models of one small history, to the letter. */
import { describe, expect, test } from '@jest/globals';
import { parseEvent } from '../../domain/events/codec.ts';
import type { EventEnvelope } from '../../domain/events/envelope.ts';
import { getWeights } from '../../projections/get-weights.ts';
import { digestOfModel, emptyReadModels, project, type ReadModels } from '../../projections/index.ts';
import { leaderboard } from '../../projections/leaderboard.ts';
import { ownedFamilies, owners } from '../../projections/owners.ts';
import { stateDigest } from '../../projections/projection.ts';
import { submissions } from '../../projections/submissions.ts';
import { weights } from '../../projections/weights.ts';
import {
  advance,
  closeEpoch,
  familyOfName,
  handOver,
  openLedger,
  type Script,
  smallPolicy,
  tell,
} from '../support/history.ts';
import type { LedgerBuilder } from '../support/ledger-builder.ts';

const numbers = Array.from({ length: 16 }, (_, i) => i);
const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: numbers,
  training: 'a',
  gain: 301_000,
  recipeGain: 51_000,
};
const recipe: Script = { ...gpt, hotkey: 'B', kind: 'training_for_arch', training: 'b', recipeGain: 201_000 };
const broken: Script = { hotkey: 'C', kind: 'full', architecture: 'x', fate: 'rejected-at-intake' };
const unlucky: Script = { hotkey: 'D', kind: 'full', architecture: 'y', fate: 'abandoned' };
const NAMES = ['submissions', 'leaderboard', 'owners', 'weights'] as const;

function modelsOf(events: readonly EventEnvelope[]): ReadModels {
  const models = emptyReadModels();
  for (const event of events) project(models, parseEvent(event));
  return models;
}

const digestsOf = (models: ReadModels) => NAMES.map((name) => digestOfModel(models, name));
const gain = (meanMicrobits: number) => ({
  n: 1,
  meanMicrobits,
  standardErrorMicrobits: 1_000,
  lowerMicrobits: meanMicrobits - 1_000,
});

const builder = closeEpoch(tell([gpt, recipe, broken, unlucky])).settle();
const models = modelsOf(builder.events);
const indexOf = (type: string, hotkey: string) =>
  builder.events.findIndex((event) => event.type === type && event.data.hotkey === hotkey);
const id = (hotkey: string) =>
  [...builder.state.submissions.values()].find((entry) => entry.hotkey === hotkey)?.id ?? '';

describe('the submissions', () => {
  const views = [...models.submissions.byId.values()];

  test('stand where their events have brought them', () => {
    expect(
      views.map(({ hotkey, status, phase, kind, attempts }) => [hotkey, status, phase, kind, attempts]),
    ).toEqual([
      // One attempt at the evaluation, and one at each confirmation.
      ['A', 'completed', 'scored', 'full', 3],
      ['B', 'completed', 'scored', 'training_for_arch', 2],
      ['C', 'rejected', 'rejected', null, 0],
      ['D', 'failed', 'abandoned', 'full', 3],
    ]);
    expect(views.map(({ reason }) => reason?.code)).toEqual([
      undefined,
      undefined,
      'archive-not-a-zip',
      'abandoned',
    ]);
    expect(views.map(({ architectureClaim, trainingClaim }) => [architectureClaim, trainingClaim])).toEqual([
      ['discovered', 'granted'],
      [null, 'granted'],
      [null, null],
      [null, null],
    ]);
    const family = familyOfName(builder.ledger, 'gpt');
    expect(views.map((view) => view.family)).toEqual([family, family, null, null]);
  });

  test('keep the curves of their runs and their score', () => {
    expect(
      views[0]?.runs.slice(0, 3).map(({ pair, curve }) => [pair, curve.map((point) => point.lossMicrobits)]),
    ).toEqual([
      ['reference', [5_000_000, 5_000_000]],
      ['architecture', [4_699_000, 4_699_000]],
      ['recipe', [4_648_000, 4_648_000]],
    ]);
    expect(views[0]?.score).toMatchObject({
      architecture: gain(301_000),
      training: gain(51_000),
      total: gain(352_000),
      scorePpm: 43_875,
    });
    expect(views[0]?.confirmed).toMatchObject([
      { claim: 'architecture', evidence: { differences: [301_000, 301_000], proven: true } },
      { claim: 'training', evidence: { differences: [51_000, 51_000], proven: true } },
    ]);
  });

  test('say while they are run, held and tried again', () => {
    const partial = openLedger();
    const state = () => [...modelsOf(partial.events).submissions.byId.values()][0];
    handOver(partial, gpt, 0);
    expect(state()).toMatchObject({ status: 'pending', phase: 'admitted', index: 1 });
    advance(partial, { ...gpt, fate: 'reviewed-only' }, 0);
    expect(state()).toMatchObject({ status: 'pending', phase: 'reviewed' });
    advance(partial, gpt, 0);
    expect(state()).toMatchObject({ status: 'running', phase: 'running', attempts: 1 });

    const like = { ...gpt, hotkey: 'B', architecture: 'near', sketch: [...numbers.slice(0, 15), 99] };
    const held = tell([gpt, like]).events;
    const at = held.findIndex((event) => event.type === 'ArchitectureClaimHeld');
    const newest = (end: number) => [...modelsOf(held.slice(0, end)).submissions.byId.values()][1];
    expect(newest(at + 1)).toMatchObject({ status: 'held', architectureClaim: 'held' });
    expect(newest(held.length)).toMatchObject({ status: 'completed', architectureClaim: 'discovered' });
  });
});

test('the leaderboard ranks by what was shown, ties to the earlier', () => {
  expect(leaderboard.view(models.leaderboard)).toMatchObject([
    {
      rank: 1,
      submission: id('B'),
      hotkey: 'B',
      kind: 'training_for_arch',
      scorePpm: 62_625,
      gain: gain(502_000),
      architecture: null,
      training: gain(201_000),
    },
    {
      rank: 2,
      submission: id('A'),
      hotkey: 'A',
      kind: 'full',
      scorePpm: 43_875,
      gain: gain(352_000),
      architecture: gain(301_000),
      training: gain(51_000),
    },
  ]);
  const twins = modelsOf(tell([gpt, { ...gpt, hotkey: 'Z' }]).events);
  expect(JSON.stringify(leaderboard.view(twins.leaderboard))).toMatch(/"hotkey":"A".*"hotkey":"Z"/);
});

describe('the owners', () => {
  test('are who discovered each family and who holds its training', () => {
    const own = (
      hotkey: string,
      type: string,
      meanMicrobits: number,
      confirmed: number,
      valueMicrobits: number,
    ) => ({
      hotkey,
      submission: id(hotkey),
      decidedAt: indexOf(type, hotkey),
      gain: gain(meanMicrobits),
      evidence: expect.objectContaining({ meanMicrobits: confirmed, proven: true }),
      valueMicrobits,
    });
    const [a, b] = [
      own('A', 'TrainingClaimDecided', 51_000, 51_000, 351_000),
      // Over A's recipe, which stood.
      own('B', 'TrainingClaimDecided', 201_000, 149_993, 501_000),
    ];
    expect(owners.view(models.owners)).toEqual([
      {
        family: familyOfName(builder.ledger, 'gpt'),
        architecture: own('A', 'ArchitectureClaimDecided', 301_000, 301_000, 300_000),
        training: b,
        variants: [a, b],
        members: [id('A'), id('B')],
        held: [],
      },
    ]);
  });

  test('of a family that nobody has shown are none', () => {
    const unproven = modelsOf(tell([{ ...gpt, gain: 0 }]).events);
    expect(unproven.owners.families.size).toBe(1);
    expect(ownedFamilies(unproven.owners)).toEqual([]);
  });

  test('list a held claim until it is resolved', () => {
    const like = { ...gpt, hotkey: 'B', architecture: 'near', sketch: [...numbers.slice(0, 15), 99] };
    const held = tell([gpt, like]).events;
    const at = held.findIndex((event) => event.type === 'HoldExpired');
    const heldIn = (end: number) =>
      [...modelsOf(held.slice(0, end)).owners.families.values()].flatMap((view) => view.held);
    expect(heldIn(at)).toHaveLength(1);
    expect(heldIn(at + 1)).toEqual([]);
  });
});

describe('get_weights', () => {
  const answerOf = (ledger: LedgerBuilder) => {
    const state = modelsOf(ledger.events).weights;
    return getWeights(state, stateDigest(weights, state));
  };
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);

  test('answers with the last closed epoch', () => {
    // All that the second epoch pays for stood from its beginning.
    const twice = closeEpoch(tell([gpt, recipe, broken, unlucky])).settle();
    closeEpoch(twice).settle();
    const closed = twice.events.findLastIndex((event) => event.type === 'EpochClosed');
    expect(answerOf(twice)).toEqual({
      challenge_slug: 'prism',
      epoch: 2,
      // A has 0.3 bits of the architecture and 0.051 of the first recipe, B has added 0.15; 30 % of the whole for a bit.
      weights: { A: 6_901 / 65_535, B: 2_949 / 65_535, '5Burn': 55_685 / 65_535 },
      metadata: {
        computed_at: twice.events[closed]?.time,
        index: closed,
        state_digest: digest,
        units: { A: 6_901, B: 2_949, '5Burn': 55_685 },
        burn_hotkey: '5Burn',
        burn_units: 55_685,
        undeliverable_units: 0,
        profile: 'tiny',
        may_pay: false,
      },
    });
    expect(JSON.stringify(answerOf(twice))).toBe(JSON.stringify(answerOf(twice)));
  });

  test('gives all to the burn hotkey before the first epoch', () => {
    expect(answerOf(openLedger())).toEqual({
      challenge_slug: 'prism',
      epoch: 0,
      weights: { '5Burn': 1 },
      metadata: {
        computed_at: null,
        index: null,
        state_digest: digest,
        units: { '5Burn': 65_535 },
        burn_hotkey: '5Burn',
        burn_units: 65_535,
        undeliverable_units: 0,
        profile: 'tiny',
        may_pay: false,
      },
    });
  });

  test('stays with the epoch before until the weights of the last are derived', () => {
    const next = closeEpoch(closeEpoch(tell([gpt])).settle());
    expect(answerOf(next).epoch).toBe(1);
    expect(answerOf(next.settle()).epoch).toBe(2);
  });

  test('without a burn hotkey says what cannot be delivered, and nothing of burning', () => {
    const policy = { ...smallPolicy, weights: { ...smallPolicy.weights, burnHotkey: null } };
    const answer = answerOf(closeEpoch(tell([gpt], { policy })).settle());
    expect(Object.keys(answer.weights)).toEqual(['A']);
    expect(answer.metadata).toMatchObject({
      burn_hotkey: null,
      undeliverable_units: 65_535 - (answer.metadata.units.A ?? 0),
    });
    expect(answerOf(openLedger(policy))).toMatchObject({
      weights: {},
      metadata: { undeliverable_units: 65_535 },
    });
  });

  test('adds what burns to what the burn hotkey earns', () => {
    const answer = answerOf(closeEpoch(tell([{ ...gpt, hotkey: '5Burn' }])).settle());
    expect(answer.weights).toEqual({ '5Burn': 1 });
    expect(answer.metadata.units).toEqual({ '5Burn': 65_535 });
    expect(answer.metadata.burn_units).toBeLessThan(65_535);
  });

  test('differs only where its state digest does', () => {
    const policy = { ...smallPolicy, weights: { ...smallPolicy.weights, burnHotkey: '5Other' } };
    const adopted = openLedger().append('policy', openLedger().ledger, 'operator:test', {
      type: 'PolicyAdopted',
      data: { policy, reason: 'another burn hotkey' },
    });
    const [before, after] = [answerOf(openLedger()), answerOf(adopted)];
    expect(after.weights).toEqual({ '5Other': 1 });
    expect(after.metadata.state_digest).not.toBe(before.metadata.state_digest);
  });
});

describe('state digests', () => {
  test('are equal for equal logs', () => {
    expect(digestsOf(modelsOf(builder.events))).toEqual(digestsOf(models));
  });

  test('change with what their read model shows, and only with that', () => {
    const until = (type: string) =>
      builder.events.slice(
        0,
        builder.events.findLastIndex((event) => event.type === type),
      );
    const [full, without] = [digestsOf(models), digestsOf(modelsOf(until('WeightsDerived')))];
    expect(full.map((digest, i) => digest === without[i])).toEqual([true, true, true, false]);
    const early = digestsOf(modelsOf(until('SubmissionScored')));
    expect(full.map((digest, i) => digest === early[i])).toEqual([false, false, false, false]);
  });

  test('of two read models with the same view differ', () => {
    const empty = emptyReadModels();
    expect(submissions.view(empty.submissions)).toEqual(leaderboard.view(empty.leaderboard));
    expect(digestOfModel(empty, 'submissions')).not.toBe(digestOfModel(empty, 'leaderboard'));
  });
});
