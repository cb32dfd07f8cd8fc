import { describe, expect, test } from '@jest/globals';
import { formatTime } from '../../../domain/events/time.ts';
import { QUICKNET, timeOfRound } from '../../../domain/randomness/drand.ts';
import type { Beacon } from '../../../domain/randomness/port.ts';
import type { Admission, PublicPlace } from '../../../domain/randomness/rule.ts';
import { commitmentOf, epochSecret } from '../../../domain/randomness/seeds.ts';
import type { RandomnessRule } from '../../../domain/randomness/source.ts';
import { verifySeeds } from '../../../domain/randomness/verify.ts';
import { noBeacon } from '../../../infra/beacon/none.ts';
import { drawFor } from '../../../services/evaluator/seeds.ts';
import { ROUND_1000 } from '../../domain/randomness/rounds.ts';

const MASTER = Buffer.alloc(32, 7);
const SECRET = epochSecret(MASTER, 3);
const COMMITTED: RandomnessRule = { kind: 'committed' };
const DRAND: RandomnessRule = { kind: 'beacon', beacon: 'drand', chain: QUICKNET.hash, delayRounds: 20 };
const ADMISSION: Admission = {
  submission: '0b2f6cf4-6a0c-5a52-9a0e-5a4c7f4d7f11',
  time: formatTime(timeOfRound(980)),
  height: null,
  epoch: 3,
  commitment: commitmentOf(SECRET),
};

describe('where the rule is a committed secret', () => {
  const parts = { master: MASTER, beacon: noBeacon() };

  test("seeds come from the epoch's secret, and are found right once it is revealed", async () => {
    const drawn = await drawFor(COMMITTED, ADMISSION, 3, parts);
    if (drawn === 'not-yet') throw new Error('a secret is always at hand');
    const { randomness: source, seeds } = drawn;
    expect(source).toEqual({ kind: 'committed', epoch: 3, commitment: ADMISSION.commitment });
    const claim = { source, seeds, admission: ADMISSION, rule: COMMITTED };
    expect(verifySeeds({ ...claim, secret: null })).toEqual({ verdict: 'committed, unchecked' });
    expect(verifySeeds({ ...claim, secret: SECRET })).toEqual({ verdict: 'checked' });
    expect(seeds).toHaveLength(3);
  });

  test('nothing is drawn with a master that the ledger does not commit to', async () => {
    const other = { ...parts, master: Buffer.alloc(32, 8) };
    await expect(drawFor(COMMITTED, ADMISSION, 3, other)).rejects.toThrow(
      'does not give epoch 3 the secret that the ledger commits to',
    );
  });
});

describe('where the rule is a beacon', () => {
  /** Has the network's round 1,000 and no other. */
  function beaconOf(asked: PublicPlace[]): Beacon {
    const { randomness: value, signature } = ROUND_1000;
    return {
      async at(place) {
        asked.push(place);
        if (place.kind !== 'beacon' || place.round !== 1_000) return 'not-yet';
        return { ...place, value, signature };
      },
    };
  }

  test('seeds come from the round that the receipt and the delay name, whoever holds which master', async () => {
    const asked: PublicPlace[] = [];
    const drawn = await drawFor(DRAND, ADMISSION, 3, { master: MASTER, beacon: beaconOf(asked) });
    if (drawn === 'not-yet') throw new Error('round 1000 is out');
    const { randomness: source, seeds } = drawn;
    expect(asked).toEqual([{ kind: 'beacon', beacon: 'drand', chain: QUICKNET.hash, round: 1_000 }]);
    expect(verifySeeds({ source, seeds, admission: ADMISSION, rule: DRAND, secret: null })).toEqual({
      verdict: 'checked',
    });
    const other = { master: Buffer.alloc(32, 8), beacon: beaconOf([]) };
    expect(await drawFor(DRAND, ADMISSION, 3, other)).toEqual(drawn);
  });

  test('there are none before the round is out, and none without a beacon', async () => {
    const later = { ...ADMISSION, time: formatTime(timeOfRound(981)) };
    expect(await drawFor(DRAND, later, 3, { master: MASTER, beacon: beaconOf([]) })).toBe('not-yet');
    const without = { master: MASTER, beacon: noBeacon() };
    await expect(drawFor(DRAND, ADMISSION, 3, without)).rejects.toThrow('was given no source');
  });
});
