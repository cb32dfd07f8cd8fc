import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../../../domain/events/canonical.ts';
import { commitmentOf, epochSecret, seedsFrom } from '../../../domain/randomness/seeds.ts';

const VALUE = 'ab'.repeat(32);
const SUBMISSION = '0b2f6cf4-6a0c-5a52-9a0e-5a4c7f4d7f11';
const MASTER = Buffer.alloc(32, 7);

describe('seeds from a value', () => {
  test('follow the documented rule', () => {
    const second = createHmac('sha256', Buffer.alloc(32, 0xab)).update(`prism-seeds-1/${SUBMISSION}/1`);
    expect(seedsFrom(VALUE, SUBMISSION, 2)[1]).toBe(second.digest('hex'));
    // Computed with another implementation of HMAC; a change of the rule makes every ledger invalid.
    expect(seedsFrom(VALUE, SUBMISSION, 1)).toEqual([
      '56da79ad8dd4fa9f2aa7bd648ce34f0d5344290db31ec2b80ea0d0be79a9664a',
    ]);
  });

  test('differ for every value, submission and index, and a longer draw begins like a shorter one', () => {
    const hex = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(hex, hex, fc.uuid(), fc.uuid(), (value, otherValue, submission, other) => {
        fc.pre(value !== otherValue && submission !== other);
        const draws = [
          ...seedsFrom(value, submission, 3),
          ...seedsFrom(otherValue, submission, 3),
          ...seedsFrom(value, other, 3),
        ];
        expect(new Set(draws).size).toBe(9);
        expect(seedsFrom(value, submission, 2)).toEqual(draws.slice(0, 2));
      }),
      { numRuns: 20 },
    );
  });

  test.each(['', 'ab', 'AB'.repeat(32), `${'ab'.repeat(32)}00`, 'xy'.repeat(32)])(
    'refuse %j as a value',
    (value) => {
      expect(() => seedsFrom(value, SUBMISSION, 1)).toThrow('64 lower-case hex digits');
    },
  );
});

describe('secrets of epochs', () => {
  test('follow the documented rule, one for each epoch and master', () => {
    const first = createHmac('sha256', MASTER).update('prism-epoch-secret-1/1').digest('hex');
    expect(epochSecret(MASTER, 1)).toBe(first);
    const all = [epochSecret(MASTER, 1), epochSecret(MASTER, 2), epochSecret(Buffer.alloc(32, 8), 1)];
    expect(new Set(all).size).toBe(3);
  });

  test('a revealed secret gives no other: it is neither the master of the next nor a seed of its own', () => {
    const secret = epochSecret(MASTER, 1);
    expect(epochSecret(Buffer.from(secret, 'hex'), 2)).not.toBe(epochSecret(MASTER, 2));
    // A submission could be named like the text that gives an epoch's secret.
    const master = MASTER.toString('hex');
    expect(seedsFrom(master, '1', 3)).not.toContain(epochSecret(MASTER, 1));
  });

  test('a short master is refused', () => {
    expect(() => epochSecret(Buffer.alloc(31), 1)).toThrow('31 bytes');
  });

  test('are committed to by the hash of their bytes, not of their text', () => {
    expect(commitmentOf(VALUE)).toBe(sha256(Buffer.alloc(32, 0xab)));
    expect(() => commitmentOf('ab')).toThrow(RangeError);
  });
});
