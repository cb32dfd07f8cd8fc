/** The envelope that every event is written in. */
import { z } from 'zod';
import { canonicalBytes, type Json } from './canonical.ts';

/** A log entry's length is a 16-bit number (C2SP tlog-tiles), so no event may be longer. */
export const MAX_EVENT_BYTES = 65_535;

export const uuidSchema = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lower-case UUID');
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex SHA-256');

/** RFC 3339 in UTC with milliseconds: the writer's claim, which orders nothing. */
export const timeSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'must be RFC 3339 UTC with milliseconds');

export const metaSchema = z.strictObject({
  /** One for the whole of what a cause set in motion: a submission's id, an epoch's. Its 16 bytes are the trace id. */
  correlationId: uuidSchema,
  /** Id of the event that led to this one; null where the cause came from outside. */
  causationId: uuidSchema.nullable(),
  /** Who wrote it: `service:reviewer`, `operator:alice`, `platform`. */
  actor: z.string().min(1).max(128),
});

export const envelopeSchema = z.strictObject({
  id: uuidSchema,
  type: z.string().regex(/^[A-Z][A-Za-z]{2,63}$/),
  version: z.int().min(1).max(1_000),
  stream: z.string().regex(/^[a-z]+(-[0-9a-z-]{1,64})?$/),
  revision: z.int().min(0),
  time: timeSchema,
  data: z.record(z.string(), z.unknown()),
  meta: metaSchema,
});

export interface EventMeta {
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: string;
}

export interface EventEnvelope {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly stream: string;
  readonly revision: number;
  readonly time: string;
  readonly data: { readonly [key: string]: Json };
  readonly meta: EventMeta;
}

/** The part of a stream's name before the first `-`. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}

/** Canonical bytes of an event: the log's entry. Throws `RangeError` past 65,535 bytes. */
export function eventBytes(event: EventEnvelope): Buffer {
  const bytes = canonicalBytes(event);
  if (bytes.length > MAX_EVENT_BYTES) {
    throw new RangeError(
      `event ${event.type} is ${bytes.length} bytes; an event has at most ${MAX_EVENT_BYTES}`,
    );
  }
  return bytes;
}
