import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../../../domain/events/canonical.ts';
import { eventId, familyId, submissionId } from '../../../domain/events/ids.ts';
import { nameOf, uuidV5 } from '../../../domain/events/uuid.ts';

const LEDGER = '886313e1-3b8a-5372-9b90-0c9aee199e5d';
/** Strings that a naive join would confuse. */
const part = fc.oneof(fc.stringMatching(/^[0-9:/a]{0,4}$/), fc.string({ maxLength: 3 }), fc.nat(20));
const cause = fc.record({
  stream: fc.constantFrom('policy', 'epoch-1'),
  cause: fc.stringMatching(/^[0-9:/]{0,3}$/),
  step: fc.stringMatching(/^[0-9:/]{0,3}$/),
  attempt: fc.nat(3),
});

describe('uuidV5', () => {
  test('is that of RFC 9562', () => {
    // Appendix A.4: the DNS namespace and www.example.com.
    expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  test('refuses a namespace that is no UUID', () => {
    expect(() => uuidV5('policy', 'name')).toThrow(RangeError);
  });
});

test('different lists of parts have different names', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), fc.array(part, { maxLength: 4 }), (a, b) => {
      const same = a.length === b.length && a.every((one, i) => String(one) === String(b[i]));
      expect(nameOf(...a) === nameOf(...b)).toBe(same);
    }),
    { numRuns: 2_000 },
  );
});

test('different causes have different event ids, equal ones the same', () => {
  fc.assert(
    fc.property(cause, cause, (a, b) => {
      expect(eventId(LEDGER, a) === eventId(LEDGER, b)).toBe(digestOf(a) === digestOf(b));
    }),
    { numRuns: 1_000 },
  );
});

test('a submission is named by its hotkey and nonce in its ledger, a family by its digest', () => {
  const id = submissionId(LEDGER, 'hotkey', 'nonce');
  expect(submissionId(LEDGER, 'hotkey', 'nonce')).toBe(id);
  const others = [
    submissionId(LEDGER, 'hotke', 'ynonce'),
    submissionId(LEDGER, 'nonce', 'hotkey'),
    submissionId(id, 'hotkey', 'nonce'),
    familyId(LEDGER, 'hotkey'),
  ];
  expect(new Set([id, ...others]).size).toBe(5);
});
