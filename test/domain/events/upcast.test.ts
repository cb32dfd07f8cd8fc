import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../domain/events/catalogue.ts';
import { parseEvent, versionOf } from '../../../domain/events/codec.ts';
import { type Upcasters, upcast, upcasters } from '../../../domain/events/upcast.ts';
import { epochClosed } from '../../support/randomness.ts';

/** A made-up type in its fourth version. */
const chain: Upcasters = {
  Brewed: {
    1: ({ cups, ...rest }) => ({ ...rest, millilitres: Number(cups) * 250 }),
    2: (data) => ({ ...data, leaf: 'assam' }),
    3: ({ millilitres, ...rest }) => ({ ...rest, microlitres: Number(millilitres) * 1_000 }),
  },
};

describe('upcasting', () => {
  test('takes every step from the version that was written to the present one, in order', () => {
    expect(upcast('Brewed', 1, 4, { cups: 2 }, chain)).toEqual({ leaf: 'assam', microlitres: 500_000 });
    expect(upcast('Brewed', 3, 4, { millilitres: 7, leaf: 'green' }, chain)).toEqual({
      leaf: 'green',
      microlitres: 7_000,
    });
  });

  test('leaves the present version and what was read alone', () => {
    const data = Object.freeze({ cups: 2 });
    expect(upcast('Brewed', 4, 4, data, chain)).toBe(data);
    upcast('Brewed', 1, 4, data, chain);
    expect(data).toEqual({ cups: 2 });
  });

  test('refuses a version that no step leads on from', () => {
    expect(() => upcast('Brewed', 1, 5, { cups: 2 }, chain)).toThrow('no upcaster of Brewed from version 4');
    expect(() => upcast('Poured', 1, 2, {}, chain)).toThrow('no upcaster of Poured from version 1');
  });

  test('has a step from every earlier version of every type to the next', () => {
    for (const type of EVENT_TYPES) {
      const steps = Object.keys(upcasters[type] ?? {}).map(Number);
      expect([type, steps]).toEqual([type, Array.from({ length: versionOf(type) - 1 }, (_, i) => i + 1)]);
    }
  });

  test('of an event from a newer version of the software is refused', () => {
    const event = {
      id: '00000000-0000-0000-0000-000000000001',
      type: 'EpochClosed',
      version: versionOf('EpochClosed') + 1,
      stream: 'epoch-1',
      revision: 0,
      time: '2026-01-01T00:00:00.000Z',
      data: epochClosed(1).data,
      meta: { correlationId: '00000000-0000-0000-0000-000000000001', causationId: null, actor: 'test' },
    };
    expect(() => parseEvent(event)).toThrow('this software knows 1');
    expect(parseEvent({ ...event, version: 1 })).toMatchObject({ type: 'EpochClosed', data: { epoch: 1 } });
  });
});
