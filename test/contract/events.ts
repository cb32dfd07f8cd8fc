/** Events for the stores' tests. */
import { randomUUID } from 'node:crypto';
import type { Json } from '../../domain/events/canonical.ts';
import { eventBytes } from '../../domain/events/envelope.ts';
import type { NewEvent, StoredEvent } from '../../domain/ports.ts';

export const newStream = (): string => `submission-${randomUUID()}`;

export function newEvent(data: { readonly [key: string]: Json } = { n: 1 }): NewEvent {
  const meta = { correlationId: randomUUID(), causationId: null, actor: 'service:test' };
  return { id: randomUUID(), type: 'Tested', version: 1, time: '2026-01-01T00:00:00.000Z', data, meta };
}

type AtLeastThree = [NewEvent, NewEvent, NewEvent, ...NewEvent[]];

/** Typed as three or more, so that tests can name the first ones; there are `count`. */
export function newEvents(count: number): AtLeastThree {
  return Array.from({ length: count }, (_, n) => newEvent({ n })) as AtLeastThree;
}

/** Canonical text of `events` as a new stream holds them. */
export const bytesOf = (stream: string, events: readonly NewEvent[]): string[] =>
  events.map((event, revision) => eventBytes({ ...event, stream, revision }).toString('utf8'));

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Canonical text of what a read gives. */
export const readBytes = async (read: AsyncIterable<StoredEvent>): Promise<string[]> =>
  (await collect(read)).map(({ event }) => eventBytes(event).toString('utf8'));
