import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addMs, formatTime, parseTime } from '../../../domain/events/time.ts';

const [FROM, TO] = [Date.UTC(1900, 0, 1), Date.UTC(2101, 0, 1) - 1];
const moment = fc.oneof(
  fc.integer({ min: FROM, max: TO }),
  // The days around the ends of months and years, where calendars go wrong.
  fc
    .tuple(
      fc.integer({ min: 1900, max: 2100 }),
      fc.integer({ min: 0, max: 11 }),
      fc.integer({ min: -1, max: 1 }),
    )
    .map(([year, month, ms]) => Math.max(FROM, Date.UTC(year, month, 1) + ms)),
);

test("times are JavaScript's own, both ways", () => {
  fc.assert(
    fc.property(moment, (at) => {
      const time = new Date(at).toISOString();
      expect(formatTime(at)).toBe(time);
      expect(parseTime(time)).toBe(at);
    }),
    { numRuns: 2_000 },
  );
});

test('adding milliseconds adds them', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: -1e12, max: 1e12 }), (at, ms) => {
      expect(addMs(new Date(at).toISOString(), ms)).toBe(new Date(at + ms).toISOString());
    }),
  );
});

test('the first and the last year that can be written', () => {
  expect(formatTime(parseTime('0000-01-01T00:00:00.000Z'))).toBe('0000-01-01T00:00:00.000Z');
  const last = parseTime('9999-12-31T23:59:59.999Z');
  expect(() => formatTime(last + 1)).toThrow(RangeError);
  expect(() => formatTime(parseTime('0000-01-01T00:00:00.000Z') - 1)).toThrow(RangeError);
});

test.each([
  '2026-02-29T00:00:00.000Z',
  '1900-02-29T00:00:00.000Z',
  '2026-04-31T00:00:00.000Z',
  '2026-13-01T00:00:00.000Z',
  '2026-00-01T00:00:00.000Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T00:60:00.000Z',
  '2026-01-01T00:00:60.000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000+00:00',
  '2026-01-01 00:00:00.000Z',
  '',
])('%s is no time', (time) => {
  expect(() => parseTime(time)).toThrow(RangeError);
});
