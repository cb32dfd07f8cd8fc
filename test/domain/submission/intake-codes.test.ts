import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  INTAKE_CODES,
  type IntakeCode,
  IntakeRefusal,
  intakeCodeSchema,
  printable,
  refusalOf,
  refuse,
} from '../../../domain/submission/intake-codes.ts';

function refusalBy(action: () => void): unknown {
  try {
    action();
  } catch (caught) {
    return caught;
  }
  return null;
}

describe('the table', () => {
  test.each(Object.entries(INTAKE_CODES))('%s reads as part of a sentence', (code, { meaning, remedy }) => {
    expect(code).toMatch(/^[a-z][a-z0-9-]{1,63}$/);
    expect(intakeCodeSchema.parse(code)).toBe(code);
    expect(meaning).toMatch(/^[a-z].*[^.]$/);
    expect(remedy).toMatch(/^[A-Z].*[^.]$/s);
    expect(remedy.length).toBeLessThan(200);
  });
});

describe('refuse', () => {
  test('says where, what and what to do', () => {
    const caught = refusalBy(() => refuse('crc-mismatch', 'lib/a.py'));
    expect(caught).toBeInstanceOf(IntakeRefusal);
    expect(refusalOf(caught).message).toMatch(
      /^lib\/a\.py: an entry does not have the CRC-32 it states\. The file was damaged/,
    );
  });

  test('whatever the miner wrote, the message fits into an event', () => {
    const code = fc.constantFrom(...(Object.keys(INTAKE_CODES) as IntakeCode[]));
    const text = fc.string({ unit: 'binary', maxLength: 5_000, size: 'max' });
    fc.assert(
      fc.property(code, text, text, (one, path, detail) => {
        const rejection = refusalOf(refusalBy(() => refuse(one, path, detail)));
        expect(rejection.message.length).toBeLessThanOrEqual(1_000);
        expect(rejection.message.isWellFormed()).toBe(true);
        expect(rejection.path?.length).toBeLessThanOrEqual(512);
      }),
    );
  });

  test('another error goes on its way', () => {
    expect(() => refusalOf(new RangeError('ours'))).toThrow('ours');
  });
});

describe('printable', () => {
  test.each([
    ['plain/path-1.py', 'plain/path-1.py'],
    ['a\0b', 'a\\u{0}b'],
    ['a\u202eb', 'a\\u{202e}b'],
    ['\ud800', '\\u{d800}'],
    ['a b', 'a b'],
    ['\u00e9\u6a21', '\u00e9\u6a21'],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('cuts what is long', () => {
    expect(printable('a'.repeat(160))).toBe('a'.repeat(160));
    expect(printable('a'.repeat(161))).toBe(`${'a'.repeat(160)}...`);
  });
});
