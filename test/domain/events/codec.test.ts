/** The catalogue, and events on their way in and out. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { canonicalBytes } from '../../../domain/events/canonical.ts';
import { CATEGORIES, catalogue, EVENT_TYPES, isEventType } from '../../../domain/events/catalogue.ts';
import { NotAnEventError, parseEntry, parseEvent, toEnvelope } from '../../../domain/events/codec.ts';
import { categoryOf, eventBytes, MAX_EVENT_BYTES } from '../../../domain/events/envelope.ts';
import { generateLedger } from '../../support/ledger.ts';
import { epochClosed } from '../../support/randomness.ts';

const ID = '00000000-0000-0000-0000-000000000001';
const writing = {
  id: ID,
  time: '2026-01-01T00:00:00.000Z',
  correlationId: ID,
  causationId: null,
  actor: 'test',
};
const closed = toEnvelope(epochClosed(1), 'epoch-1', 0, writing);
const { events } = generateLedger();

describe('the catalogue', () => {
  test.each(EVENT_TYPES)('%s has a version, a category of ours and a strict schema', (type) => {
    const { version, category, data, derived } = catalogue[type];
    expect(Number.isSafeInteger(version) && version >= 1).toBe(true);
    expect(CATEGORIES).toContain(category);
    // The same schema, said to outsiders, allows nothing that it does not name.
    expect(z.toJSONSchema(data)).toMatchObject({ type: 'object', additionalProperties: false });
    expect(derived).toBe('basis' in data.shape);
  });

  test('names types, not what objects happen to have', () => {
    expect(isEventType('EpochClosed')).toBe(true);
    expect(isEventType('toString')).toBe(false);
    expect(isEventType('__proto__')).toBe(false);
  });
});

describe('an event', () => {
  test('reads back from its canonical bytes as it was written', () => {
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(12);
    for (const event of events) {
      expect(parseEvent(event)).toEqual(event);
      expect(parseEntry(eventBytes(event))).toEqual(event);
    }
  });

  test.each([
    ['an unknown type', { type: 'EpochReopened' }],
    ['a type that is a property of every object', { type: 'constructor' }],
    ['a stream of another category', { stream: 'policy' }],
    ['an id in upper case', { id: ID.replace('1', 'A') }],
    ['a negative revision', { revision: -1 }],
    ['a time without milliseconds', { time: '2026-01-01T00:00:00Z' }],
    ['an unknown field', { colour: 'red' }],
    ['an unknown field in its data', { data: { ...epochClosed(1).data, colour: 'red' } }],
    ['data that its schema refuses', { data: { ...epochClosed(1).data, epoch: 0 } }],
    ['meta without an actor', { meta: { correlationId: ID, causationId: null } }],
  ])('with %s is none', (_name, change) => {
    expect(() => parseEvent({ ...closed, ...change })).toThrow(NotAnEventError);
  });

  test('is not written where its data or its size cannot be read back', () => {
    const write = (reason: string) =>
      toEnvelope({ type: 'ReviewFaulted', data: { attempt: 1, reason } }, `submission-${ID}`, 0, writing);
    expect(() => write('')).toThrow(NotAnEventError);
    expect(() => write('x\ud800')).toThrow('unpaired surrogate');
    expect(write('x')).toMatchObject({ stream: `submission-${ID}`, version: 1 });
  });
});

describe('the size of an event', () => {
  const eventOf = (length: number) => ({ ...closed, data: { text: 'x'.repeat(length) } });
  const overhead = eventBytes(eventOf(0)).length;

  test('is at most 65,535 bytes', () => {
    expect(MAX_EVENT_BYTES).toBe(65_535);
    expect(eventBytes(eventOf(MAX_EVENT_BYTES - overhead))).toHaveLength(MAX_EVENT_BYTES);
    expect(() => eventBytes(eventOf(MAX_EVENT_BYTES - overhead + 1))).toThrow(RangeError);
  });

  test('counts bytes, not characters', () => {
    const text = 'é'.repeat((MAX_EVENT_BYTES - overhead) / 2 + 1);
    expect(() => eventBytes({ ...closed, data: { text } })).toThrow(RangeError);
  });
});

describe('an entry', () => {
  const bytes = eventBytes(closed);
  const text = bytes.toString('utf8');

  test.each([
    ['white space', ` ${text}`],
    ['another order of keys', `{"version":1,${text.slice(1).replace(',"version":1', '')}`],
    ['an escape that is not needed', text.replace('test', '\\u0074est')],
    ['another form of a number', text.replace('"revision":0', '"revision":0.0')],
    ['a key twice', text.replace('"revision":0', '"revision":0,"revision":0')],
    ['nothing', ''],
    ['no JSON', text.slice(1)],
    ['a byte order mark', `\ufeff${text}`],
  ])('with %s is refused', (_name, entry) => {
    expect(() => parseEntry(Buffer.from(entry))).toThrow(NotAnEventError);
  });

  test('that is not UTF-8 is refused, also where decoding would give a canonical text', () => {
    const meta = { ...closed.meta, actor: 'te\ufffdst' };
    const good = canonicalBytes({ ...closed, meta });
    expect(parseEntry(good).meta.actor).toBe('te\ufffdst');
    const at = good.indexOf('\ufffd');
    const bad = Buffer.concat([good.subarray(0, at), Buffer.of(0xff), good.subarray(at + 3)]);
    expect(bad.toString('utf8')).toBe(good.toString('utf8'));
    expect(() => parseEntry(bad)).toThrow(NotAnEventError);
  });
});

test('the category of a stream is what stands before its first dash', () => {
  expect(['policy', 'epoch-1', `submission-${ID}`].map(categoryOf)).toEqual([
    'policy',
    'epoch',
    'submission',
  ]);
});
