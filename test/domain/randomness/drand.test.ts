import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTime } from '../../../domain/events/time.ts';
import {
  drandChain,
  QUICKNET,
  roundAt,
  roundFor,
  timeOfRound,
  valueOfSignature,
} from '../../../domain/randomness/drand.ts';
import { ROUNDS } from './rounds.ts';

/** SHA-256 of the group that generated the key, part of the chain's hash. */
const GROUP_HASH = 'f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e';

test('the pinned parameters are those that the chain hash is the hash of', () => {
  const { period, genesisTime, publicKey, hash } = QUICKNET;
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32BE(period, 0);
  numbers.writeBigInt64BE(BigInt(genesisTime), 4);
  const parameters = [numbers, Buffer.from(publicKey, 'hex'), Buffer.from(GROUP_HASH, 'hex'), 'quicknet'];
  const computed = parameters.reduce((sum, part) => sum.update(part), createHash('sha256')).digest('hex');
  expect(computed).toBe(hash);
  expect(drandChain(hash)).toBe(QUICKNET);
  expect(drandChain(hash.replace('5', '6'))).toBeNull();
});

test('the value of a round is the randomness that the network published', () => {
  for (const { signature, randomness } of ROUNDS) expect(valueOfSignature(signature)).toBe(randomness);
});

describe('rounds', () => {
  test('are due every three seconds from the genesis on', () => {
    const genesis = QUICKNET.genesisTime * 1_000;
    expect([-1, 0, 2_999, 3_000].map((after) => roundAt(genesis + after))).toEqual([0, 1, 1, 2]);
    expect(roundAt(0)).toBe(0);
    expect(roundAt(parseTime('2026-04-20T00:00:00.000Z'))).toBe(27_946_612);
    expect(roundAt(parseTime('2026-04-20T12:30:45.000Z'))).toBe(27_961_627);
    expect(timeOfRound(1)).toBe(genesis);
  });

  test('a round for what was received is published more than k - 1 periods later, and at most k', () => {
    const times = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 1_000 }), (received, delay) => {
        const round = roundFor(received, delay);
        const wait = timeOfRound(round) - received;
        expect(wait).toBeGreaterThan((delay - 1) * 3_000);
        if (roundAt(received) > 0) expect(wait).toBeLessThanOrEqual(delay * 3_000);
        expect(roundAt(timeOfRound(round))).toBe(round);
      }),
    );
  });
});
