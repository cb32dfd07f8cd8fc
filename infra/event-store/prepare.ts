/** What every adapter checks before it writes, so that all of them take and refuse the same appends. */
import { CATEGORIES } from '../../domain/events/catalogue.ts';
import { categoryOf, type EventEnvelope, envelopeSchema, eventBytes } from '../../domain/events/envelope.ts';
import type { ExpectedRevision, NewEvent } from '../../domain/ports.ts';

/** EventStoreDB refuses appends above 1 MiB by default; staying below keeps a ledger able to move there. */
export const MAX_APPEND_BYTES = 1_000_000;

export interface PreparedEvent {
  readonly event: EventEnvelope;
  /** The canonical text (RFC 8785) of `event`. */
  readonly text: string;
}

/** The revision as a number: -1 where the stream must not exist. */
export function revisionOf(expected: ExpectedRevision): number {
  if (expected === 'no-stream') return -1;
  if (!Number.isSafeInteger(expected) || expected < 0) {
    throw new RangeError(`expected revision is ${expected}; give 'no-stream' or a revision from 0`);
  }
  return expected;
}

export function isOurs(stream: string): boolean {
  const category = categoryOf(stream);
  return CATEGORIES.some((ours) => ours === category);
}

/**
 * The envelopes that an append makes, with their canonical text.
 *
 * Throws `RangeError` or `TypeError` for a stream or event that no ledger can hold, `NotCanonicalError` for data that is not ledger JSON.
 */
export function prepareAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): readonly PreparedEvent[] {
  if (!isOurs(stream)) {
    throw new RangeError(`stream ${stream} is of no known category; they are ${CATEGORIES.join(', ')}`);
  }
  if (events.length === 0) throw new RangeError(`append to ${stream} has no events; give at least one`);
  if (new Set(events.map((event) => event.id)).size < events.length) {
    throw new RangeError(`append to ${stream} has an event id twice; every event needs its own`);
  }
  const first = revisionOf(expected) + 1;
  const prepared = events.map((event, index) => prepare({ ...event, stream, revision: first + index }));
  const bytes = prepared.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > MAX_APPEND_BYTES) {
    throw new RangeError(`append to ${stream} is ${bytes} bytes; one append has at most ${MAX_APPEND_BYTES}`);
  }
  return prepared;
}

function prepare(event: EventEnvelope): PreparedEvent {
  assertEnvelope(event);
  return { event, text: eventBytes(event).toString('utf8') };
}

/** Throws `TypeError` saying which part of `event` is wrong. It does not copy: the object itself is what is written or was read. */
export function assertEnvelope(event: { readonly type: string }): asserts event is EventEnvelope {
  const parsed = envelopeSchema.safeParse(event);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new TypeError(`event ${event.type} is not valid: ${issue?.path.join('.')} ${issue?.message}`);
}
