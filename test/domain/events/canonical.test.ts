import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalBytes,
  canonicalText,
  digestOf,
  NotCanonicalError,
} from '../../../domain/events/canonical.ts';

const wellFormed = fc.string({ unit: 'binary' });
const leaf = fc.oneof(
  fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
  wellFormed,
  fc.boolean(),
  fc.constant(null),
);
/** Any JSON that a ledger can hold. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      wellFormed.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

describe('canonical bytes', () => {
  test('read back as what was written, and are written the same again', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalText(value);
        const back: unknown = JSON.parse(text);
        expect(back).toEqual(value);
        expect(canonicalText(back)).toBe(text);
      }),
    );
  });

  test('do not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(wellFormed, fc.nat(), { maxKeys: 8 }), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalBytes(reversed).equals(canonicalBytes(value))).toBe(true);
      }),
    );
  });

  test('sort keys by UTF-16 code units and escape as RFC 8785 says', () => {
    // The key order of RFC 8785, section 3.2.3.
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(canonicalText(value)))).toHaveLength(7);
    expect([...canonicalText(value).matchAll(/:(\d)/g)].map(([, n]) => n).join('')).toBe('2467153');
    expect(canonicalText('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
  });

  test.each([
    ['a fraction', { a: [1, 0.5] }, '/a/1'],
    ['NaN', { a: Number.NaN }, '/a'],
    ['Infinity', [Number.POSITIVE_INFINITY], '/0'],
    ['minus zero', -0, ''],
    ['an integer that is not safe', 2 ** 53, ''],
    ['a BigInt', { a: 1n }, '/a'],
    ['undefined', { a: undefined }, '/a'],
    ['a function', { a: () => 1 }, '/a'],
    ['an unpaired surrogate', { a: 'x\ud800' }, '/a'],
    ['an unpaired surrogate in a key', { a: { '\udc00': 1 } }, '/a'],
  ])('refuse %s and say where it is', (_name, value, path) => {
    const refusal = expect.objectContaining({ name: 'NotCanonicalError', path });
    expect(() => canonicalBytes(value)).toThrow(refusal);
    expect(() => digestOf(value)).toThrow(NotCanonicalError);
  });

  test('refuse every number that is not a safe integer', () => {
    fc.assert(
      fc.property(
        fc.double().filter((n) => !Number.isSafeInteger(n) || Object.is(n, -0)),
        (n) => {
          expect(() => canonicalText({ n })).toThrow(NotCanonicalError);
        },
      ),
    );
  });
});
