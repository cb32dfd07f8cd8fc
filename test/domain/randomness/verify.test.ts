import { describe, expect, test } from '@jest/globals';
import { formatTime } from '../../../domain/events/time.ts';
import { QUICKNET, timeOfRound } from '../../../domain/randomness/drand.ts';
import { type SeedsClaim, seedsFault } from '../../../domain/randomness/follow.ts';
import { type Admission, isDue, wantedBy } from '../../../domain/randomness/rule.ts';
import { commitmentOf, epochSecret, seedsFrom } from '../../../domain/randomness/seeds.ts';
import { randomnessRuleSchema, randomnessSourceSchema } from '../../../domain/randomness/source.ts';
import { verifySeeds } from '../../../domain/randomness/verify.ts';
import { ROUND_21M, ROUND_42, ROUND_1000 } from './rounds.ts';

const SUBMISSION = '0b2f6cf4-6a0c-5a52-9a0e-5a4c7f4d7f11';
const MASTER = Buffer.alloc(32, 7);
const DELAY = 40;
const BLOCKS = 'e3'.repeat(32);

/** Received a second after the round that is `DELAY` before round 21,000,000. */
const ADMISSION: Admission = {
  submission: SUBMISSION,
  time: formatTime(timeOfRound(ROUND_21M.round - DELAY) + 1_000),
  height: 500,
  epoch: 3,
  commitment: commitmentOf(epochSecret(MASTER, 3)),
};

const fromBeacon: SeedsClaim = {
  source: {
    kind: 'beacon',
    beacon: 'drand',
    chain: QUICKNET.hash,
    round: ROUND_21M.round,
    value: ROUND_21M.randomness,
    signature: ROUND_21M.signature,
  },
  seeds: seedsFrom(ROUND_21M.randomness, SUBMISSION, 3),
  admission: ADMISSION,
  rule: { kind: 'beacon', beacon: 'drand', chain: QUICKNET.hash, delayRounds: DELAY },
  secret: null,
};

const fromBlock: SeedsClaim = {
  source: { kind: 'block', chain: BLOCKS, height: 510, value: 'cd'.repeat(32) },
  seeds: seedsFrom('cd'.repeat(32), SUBMISSION, 2),
  admission: ADMISSION,
  rule: { kind: 'block', chain: BLOCKS, delayBlocks: 10 },
  secret: null,
};

const revealed: SeedsClaim = {
  source: { kind: 'committed', epoch: 3, commitment: ADMISSION.commitment },
  seeds: seedsFrom(epochSecret(MASTER, 3), SUBMISSION, 3),
  admission: ADMISSION,
  rule: { kind: 'committed' },
  secret: epochSecret(MASTER, 3),
};

const committed: SeedsClaim = { ...revealed, secret: null };

test('what follows is checked as far as its source allows', () => {
  expect(verifySeeds(fromBeacon)).toEqual({ verdict: 'checked' });
  expect(verifySeeds(revealed)).toEqual({ verdict: 'checked' });
  expect(verifySeeds(committed)).toEqual({ verdict: 'committed, unchecked' });
  expect(verifySeeds(fromBlock)).toEqual({ verdict: 'block, unchecked' });
});

test('the schemas take these sources and rules, and no others', () => {
  for (const { source, rule } of [fromBeacon, fromBlock, revealed]) {
    expect(randomnessSourceSchema.parse(source)).toEqual(source);
    expect(randomnessRuleSchema.parse(rule)).toEqual(rule);
  }
  const { source, rule } = fromBeacon;
  for (const wrong of [{ extra: 1 }, { round: 0 }, { round: 1.5 }, { signature: 'ab' }, { beacon: 'other' }])
    expect(randomnessSourceSchema.safeParse({ ...source, ...wrong }).success).toBe(false);
  for (const wrong of [{ delayRounds: 0 }, { delayRounds: -1 }, { chain: 'quicknet' }])
    expect(randomnessRuleSchema.safeParse({ ...rule, ...wrong }).success).toBe(false);
});

describe('wrong, and says what', () => {
  const [first = '', ...others] = fromBeacon.seeds;
  const source = fromBeacon.source;
  const otherSecret = epochSecret(MASTER, 4);
  const cases: readonly (readonly [string, SeedsClaim, string])[] = [
    ['a seed of its own', { ...fromBeacon, seeds: ['00'.repeat(32), ...others] }, 'seed 0 is 0000'],
    ['seeds in another order', { ...fromBeacon, seeds: [...others, first] }, 'seed 0 is'],
    [
      "another submission's seeds",
      { ...fromBeacon, seeds: seedsFrom(ROUND_21M.randomness, SUBMISSION.replace('0b', '0c'), 3) },
      'seed 0 is',
    ],
    [
      'an earlier round, known at the receipt',
      {
        ...fromBeacon,
        source: {
          ...source,
          ...{ round: 1_000, value: ROUND_1000.randomness, signature: ROUND_1000.signature },
        },
        seeds: seedsFrom(ROUND_1000.randomness, SUBMISSION, 3),
      } as SeedsClaim,
      'seeds come from drand round 1000 of chain',
    ],
    [
      'a committed secret where the rule is public',
      { ...revealed, rule: fromBeacon.rule },
      'the rule names drand round 21000000',
    ],
    ['a beacon where the rule is a secret', { ...fromBeacon, rule: revealed.rule }, 'the secret of epoch 3'],
    [
      'a value that is not the hash of the signature',
      { ...fromBeacon, source: { ...source, value: ROUND_42.randomness } as SeedsClaim['source'] },
      'is not the SHA-256 of its signature',
    ],
    [
      "another epoch's commitment",
      {
        ...committed,
        source: { kind: 'committed', epoch: 4, commitment: commitmentOf(otherSecret) },
        seeds: seedsFrom(otherSecret, SUBMISSION, 3),
      },
      'seeds come from the secret of epoch 4',
    ],
    [
      'a commitment that did not stand',
      { ...committed, source: { kind: 'committed', epoch: 3, commitment: commitmentOf(otherSecret) } },
      `the rule names the secret of epoch 3 under commitment ${ADMISSION.commitment}`,
    ],
    [
      'a secret that was not committed to',
      { ...revealed, secret: otherSecret },
      'does not hash to its commitment',
    ],
    [
      'seeds that do not follow from the revealed secret',
      { ...revealed, seeds: seedsFrom(otherSecret, SUBMISSION, 3) },
      'seed 0 is',
    ],
    [
      'another height',
      { ...fromBlock, admission: { ...ADMISSION, height: 499 } },
      'seeds come from block 510 of chain',
    ],
    ['no height', { ...fromBlock, admission: { ...ADMISSION, height: null } }, 'records no height'],
    [
      'a chain that nobody knows',
      { ...fromBeacon, rule: { ...fromBeacon.rule, chain: BLOCKS } as SeedsClaim['rule'] },
      `knows no drand chain ${BLOCKS}`,
    ],
    [
      'a time that does not exist',
      { ...fromBeacon, admission: { ...ADMISSION, time: '2025-02-30T00:00:00.000Z' } },
      'no such time: 2025-02-30T00:00:00.000Z',
    ],
  ];

  test.each(cases)('%s', (_, claim, reason) => {
    expect(seedsFault(claim)).toContain(reason);
    expect(verifySeeds(claim)).toMatchObject({ verdict: 'wrong', reason: expect.stringContaining(reason) });
  });

  test('a forged signature, which only verifySeeds looks at', () => {
    const forged = {
      ...source,
      signature: ROUND_42.signature,
      value: ROUND_42.randomness,
    } as SeedsClaim['source'];
    const claim = { ...fromBeacon, source: forged, seeds: seedsFrom(ROUND_42.randomness, SUBMISSION, 3) };
    expect(seedsFault(claim)).toBeNull();
    expect(verifySeeds(claim)).toEqual({
      verdict: 'wrong',
      reason: "the signature of drand round 21000000 is not the beacon's",
    });
  });
});

describe('what a rule asks for', () => {
  test('is due when its round is; time says nothing of a secret or a block', () => {
    const due = timeOfRound(ROUND_21M.round);
    expect([due - 1, due].map((now) => isDue(fromBeacon.rule, ADMISSION, now))).toEqual([false, true]);
    for (const { rule } of [fromBlock, revealed]) expect(isDue(rule, ADMISSION, 0)).toBe(true);
    const unknown = { ...fromBeacon.rule, chain: BLOCKS } as SeedsClaim['rule'];
    expect(isDue(unknown, ADMISSION, 0)).toBe(true);
  });

  test('moves with the receipt alone: a millisecond decides between two rounds', () => {
    const due = timeOfRound(5_000);
    const roundOf = (time: number): unknown =>
      wantedBy(fromBeacon.rule, { ...ADMISSION, time: formatTime(time) });
    expect(roundOf(due - 1)).toMatchObject({ round: 4_999 + DELAY });
    expect(roundOf(due)).toMatchObject({ round: 5_000 + DELAY });
  });
});
