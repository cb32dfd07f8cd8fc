/**
 * What every adapter of the `EventStore` port must do. Streams have names of their own, so that it can run against a store in use.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { categoryOf, eventBytes, MAX_EVENT_BYTES } from '../../domain/events/envelope.ts';
import {
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  WrongExpectedRevisionError,
} from '../../domain/ports.ts';
import { bytesOf, collect, newEvent, newEvents, newStream, readBytes } from './events.ts';

const NASTY_TEXT = 'Grüße, 你好, 👩‍🚀, \u202e, \u0000, \u2028, "\\/", é vs e\u0301, \ufeff';

/** An event whose canonical form in `stream` at revision 0 is exactly `length` bytes. */
function eventOfBytes(stream: string, length: number): NewEvent {
  const empty = newEvent({ text: '' });
  const rest = length - eventBytes({ ...empty, stream, revision: 0 }).length;
  return { ...empty, data: { text: 'x'.repeat(rest) } };
}

/** Runs the suite on stores that `makeStore` opens; each test has its own and closes it. */
export function eventStoreContract(name: string, makeStore: () => Promise<EventStore>): void {
  describe(`event store contract: ${name}`, () => {
    let store: EventStore;
    let stream: string;

    beforeEach(async () => {
      store = await makeStore();
      stream = newStream();
    });
    afterEach(() => store.close());

    describe('what is written is what is read', () => {
      test('byte for byte, by stream and in the whole', async () => {
        const [first, second, third] = newEvents(3);
        const caused: NewEvent = { ...third, meta: { ...third.meta, causationId: second.id } };
        expect(await store.append(stream, 'no-stream', [first])).toBe(0);
        expect(await store.append(stream, 0, [second, caused])).toBe(2);
        const written = bytesOf(stream, [first, second, caused]);
        expect(await readBytes(store.readStream(stream))).toEqual(written);
        const ours = (await collect(store.readAll(null))).filter(({ event }) => event.stream === stream);
        expect(ours.map(({ event }) => eventBytes(event).toString())).toEqual(written);
      });

      test('every kind of JSON that a ledger holds, in any script', async () => {
        const data = {
          [NASTY_TEXT]: NASTY_TEXT,
          ['__proto__']: { constructor: 'own property' },
          numbers: [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
          nested: [[], {}, [null, true, false, '']],
          '': 'empty key',
          '10': 'ten',
          '9': 'nine',
        };
        const event = { ...newEvent(data), meta: { ...newEvent().meta, actor: 'operator:Ünï 🔑' } };
        await store.append(stream, 'no-stream', [event]);
        expect(await readBytes(store.readStream(stream))).toEqual(bytesOf(stream, [event]));
      });

      test('the longest event', async () => {
        const event = eventOfBytes(stream, MAX_EVENT_BYTES);
        await store.append(stream, 'no-stream', [event]);
        const [bytes] = await readBytes(store.readStream(stream));
        expect(bytes).toHaveLength(MAX_EVENT_BYTES);
        expect(bytes).toBe(bytesOf(stream, [event])[0]);
      });

      test('each category of stream', async () => {
        for (const category of ['submission', 'family', 'epoch']) {
          const named = `${category}${stream.slice(categoryOf(stream).length)}`;
          await store.append(named, 'no-stream', newEvents(1));
          expect(await collect(store.readStream(named))).toHaveLength(1);
        }
      });
    });

    describe('expected revision', () => {
      const conflicts: readonly [string, number, ExpectedRevision][] = [
        ['no stream, but there is one', 2, 'no-stream'],
        ['below the last', 2, 0],
        ['above the last', 2, 2],
        ['far above the last', 2, 1_000_000],
        ['0, but there is no stream', 0, 0],
        ['7, but there is no stream', 0, 7],
      ];
      test.each(conflicts)('%s', async (_name, standing, expected) => {
        if (standing > 0) await store.append(stream, 'no-stream', newEvents(standing));
        const before = await readBytes(store.readStream(stream));
        const error = await store.append(stream, expected, newEvents(2)).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(WrongExpectedRevisionError);
        expect(error).toMatchObject({ stream, expected, actual: standing === 0 ? null : standing - 1 });
        expect(await readBytes(store.readStream(stream))).toEqual(before);
      });

      test('of concurrent appenders exactly one wins, and the batches do not mix', async () => {
        await store.append(stream, 'no-stream', newEvents(1));
        const batches = Array.from({ length: 8 }, () => newEvents(3));
        const outcomes = await Promise.allSettled(batches.map((batch) => store.append(stream, 0, batch)));
        const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
        for (const [index, outcome] of outcomes.entries()) {
          if (index === winner) expect(outcome).toEqual({ status: 'fulfilled', value: 3 });
          else expect(outcome).toHaveProperty('reason.name', 'WrongExpectedRevisionError');
        }
        const ids = (await collect(store.readStream(stream, 1))).map(({ event }) => event.id);
        expect(ids).toEqual(batches[winner]?.map(({ id }) => id));
      });
    });

    describe('retries', () => {
      test('the same append again, at the end or after the stream has grown', async () => {
        const first = newEvents(2);
        const second = newEvents(2);
        await store.append(stream, 'no-stream', first);
        expect(await store.append(stream, 'no-stream', first)).toBe(1);
        expect(await store.append(stream, 1, second)).toBe(3);
        expect(await store.append(stream, 'no-stream', first)).toBe(1);
        expect(await store.append(stream, 1, second)).toBe(3);
        expect(await readBytes(store.readStream(stream))).toEqual(bytesOf(stream, [...first, ...second]));
      });

      test('the same ids with other content change nothing', async () => {
        const [event] = newEvents(1);
        await store.append(stream, 'no-stream', [event]);
        expect(await store.append(stream, 'no-stream', [{ ...event, data: { other: 1 } }])).toBe(0);
        expect(await readBytes(store.readStream(stream))).toEqual(bytesOf(stream, [event]));
      });

      test('ids that stand there only in part are a conflict', async () => {
        const [a, b, c] = newEvents(3);
        await store.append(stream, 'no-stream', [a, b]);
        for (const batch of [
          [a, c],
          [c, b],
          [b, a],
          [a, b, c],
        ]) {
          await expect(store.append(stream, 'no-stream', batch)).rejects.toThrow(WrongExpectedRevisionError);
        }
        expect(await store.append(stream, 'no-stream', [a])).toBe(0);
        expect(await readBytes(store.readStream(stream))).toEqual(bytesOf(stream, [a, b]));
      });
    });

    describe('the global order', () => {
      test('increases, and agrees with the order of each stream', async () => {
        const others = [newStream(), newStream(), newStream()];
        await store.append(stream, 'no-stream', newEvents(1));
        const start = (await collect(store.readStream(stream))).at(-1)?.position ?? null;
        for (const expected of ['no-stream', 1, 3] as const) {
          await Promise.all(others.map((other) => store.append(other, expected, newEvents(2))));
        }
        const all = await collect(store.readAll(start));
        const positions = all.map(({ position }) => position);
        expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
        expect(new Set(positions).size).toBe(positions.length);
        for (const other of others) {
          const there = all.filter(({ event }) => event.stream === other);
          expect(there).toEqual(await collect(store.readStream(other)));
          expect(there.map(({ event }) => event.revision)).toEqual([0, 1, 2, 3, 4, 5]);
        }
      });

      test('can be resumed after every position, and the position is excluded', async () => {
        await store.append(stream, 'no-stream', newEvents(5));
        await store.append(stream, 4, newEvents(2));
        const stored = await collect(store.readStream(stream));
        for (const [index, { position }] of stored.entries()) {
          const rest = (await collect(store.readAll(position))).filter(
            ({ event }) => event.stream === stream,
          );
          expect(rest).toEqual(stored.slice(index + 1));
        }
      });

      test('goes past a page, in the whole and by stream, from anywhere', async () => {
        const events = newEvents(2_500);
        for (let from = 0; from < events.length; from += 500) {
          await store.append(stream, from === 0 ? 'no-stream' : from - 1, events.slice(from, from + 500));
        }
        const stored = await collect(store.readStream(stream));
        expect(stored.map(({ event }) => event.id)).toEqual(events.map(({ id }) => id));
        const [first] = stored;
        const later = (await collect(store.readAll(first?.position ?? null))).filter(
          ({ event }) => event.stream === stream,
        );
        expect(later).toEqual(stored.slice(1));
        expect(await collect(store.readStream(stream, 1_700))).toEqual(stored.slice(1_700));
      });

      test('a reader may leave early and another begin', async () => {
        await store.append(stream, 'no-stream', newEvents(50));
        for await (const { event } of store.readStream(stream)) if (event.revision === 3) break;
        expect(await collect(store.readStream(stream, 48))).toHaveLength(2);
      });
    });

    describe('reading what is not there', () => {
      test('an absent stream is empty', async () => {
        expect(await collect(store.readStream(stream))).toEqual([]);
        expect(await collect(store.readStream(stream, 3))).toEqual([]);
      });
      test('from past the end of a stream is empty', async () => {
        await store.append(stream, 'no-stream', newEvents(2));
        expect(await collect(store.readStream(stream, 2))).toEqual([]);
        expect(await collect(store.readStream(stream, 900))).toEqual([]);
      });
    });

    describe('refused before anything is written', () => {
      const [good] = newEvents(1);
      const refused: readonly [string, readonly NewEvent[], RegExp][] = [
        ['no events', [], /no events/],
        ['an id twice in one append', [good, good], /event id twice/],
        ['an id that is no UUID', [{ ...good, id: 'X' }], /\bid must be a lower-case UUID/],
        ['a time without milliseconds', [{ ...good, time: '2026-01-01T00:00:00Z' }], /time must be RFC 3339/],
        ['a fraction', [{ ...good, data: { n: 0.5 } }], /\/data\/n is 0.5, not a safe integer/],
        [
          'an unpaired surrogate',
          [{ ...good, data: { text: '\ud800' } }],
          /\/data\/text holds an unpaired surrogate/,
        ],
        ['a later event that is not valid', [good, { ...newEvent(), version: 0 }], /version/],
      ];
      test.each(refused)('%s', async (_name, events, message) => {
        await expect(store.append(stream, 'no-stream', events)).rejects.toThrow(message);
        expect(await collect(store.readStream(stream))).toEqual([]);
      });

      test('an event of 65,536 bytes', async () => {
        const event = eventOfBytes(stream, MAX_EVENT_BYTES + 1);
        await expect(store.append(stream, 'no-stream', [event])).rejects.toThrow('65536 bytes');
        expect(await collect(store.readStream(stream))).toEqual([]);
      });

      test('an append of more than a million bytes', async () => {
        const events = Array.from({ length: 16 }, () => eventOfBytes(stream, 65_000));
        await expect(store.append(stream, 'no-stream', events)).rejects.toThrow('at most 1000000');
      });

      test('a stream of another category, and a revision that is none', async () => {
        await expect(store.append('other-1', 'no-stream', newEvents(1))).rejects.toThrow('no known category');
        await expect(store.append(stream, -1, newEvents(1))).rejects.toThrow('expected revision is -1');
        await expect(store.append(stream, 0.5, newEvents(1))).rejects.toThrow('expected revision is 0.5');
      });
    });

    test('a closed store says so, and can be closed again', async () => {
      await store.close();
      await store.close();
      await expect(store.append(stream, 'no-stream', newEvents(1))).rejects.toThrow('closed');
      await expect(collect(store.readStream(stream))).rejects.toThrow('closed');
      await expect(collect(store.readAll(null))).rejects.toThrow('closed');
    });
  });
}
