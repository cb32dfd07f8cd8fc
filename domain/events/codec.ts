/** From stored bytes to events of known types, and from decisions to events that can be stored. */

import type { Json } from './canonical.ts';
import { canonicalBytes } from './canonical.ts';
import { catalogue, type Decided, type EventType, isEventType, type PrismEvent } from './catalogue.ts';
import { categoryOf, type EventEnvelope, envelopeSchema, eventBytes } from './envelope.ts';
import { type Upcasters, upcast, upcasters } from './upcast.ts';

/** Raised for bytes that are not an event of this catalogue. */
export class NotAnEventError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`not an event of this ledger: ${reason}`, options);
    this.name = 'NotAnEventError';
  }
}

function issuesOf(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.map(String).join('.') || '(root)'}: ${issue.message}`)
    .join('; ');
}

/** Parses an envelope and its data, after bringing old versions to the present one. Throws `NotAnEventError`. */
export function parseEvent(envelope: unknown, chain: Upcasters = upcasters): PrismEvent {
  const parsed = envelopeSchema.safeParse(envelope);
  if (!parsed.success) throw new NotAnEventError(issuesOf(parsed.error));
  if (!isEventType(parsed.data.type)) throw new NotAnEventError(`unknown type ${parsed.data.type}`);
  const definition = catalogue[parsed.data.type];
  if (categoryOf(parsed.data.stream) !== definition.category) {
    throw new NotAnEventError(`${parsed.data.type} does not belong in stream ${parsed.data.stream}`);
  }
  if (parsed.data.version > definition.version) {
    throw new NotAnEventError(
      `${parsed.data.type} has version ${parsed.data.version}; this software knows ${definition.version}`,
    );
  }
  const data = definition.data.safeParse(
    upcast(parsed.data.type, parsed.data.version, definition.version, parsed.data.data, chain),
  );
  if (!data.success) throw new NotAnEventError(`${parsed.data.type}: ${issuesOf(data.error)}`);
  // The schema that belongs to this very type has just accepted the data; the compiler cannot see that pairing.
  return { ...parsed.data, version: definition.version, data: data.data } as PrismEvent;
}

/** Parses a log entry, which must be the canonical bytes of its event. Throws `NotAnEventError`. */
export function parseEntry(entry: Uint8Array): PrismEvent {
  const text = Buffer.from(entry).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NotAnEventError('entry is not JSON', { cause: error });
  }
  // Bytes, not text: what is not UTF-8 would be read as a replacement character.
  if (!canonicalBytes(value).equals(entry))
    throw new NotAnEventError('entry is not in canonical form (RFC 8785)');
  return parseEvent(value);
}

export interface Writing {
  readonly id: string;
  readonly time: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: string;
}

/** Gives a decision its envelope, checked against the catalogue before it can reach a store. */
export function toEnvelope(
  decided: Decided,
  stream: string,
  revision: number,
  writing: Writing,
): EventEnvelope {
  const envelope = {
    id: writing.id,
    type: decided.type,
    version: versionOf(decided.type),
    stream,
    revision,
    time: writing.time,
    data: decided.data as { readonly [key: string]: Json },
    meta: { correlationId: writing.correlationId, causationId: writing.causationId, actor: writing.actor },
  };
  parseEvent(envelope);
  eventBytes(envelope);
  return envelope;
}

export function versionOf(type: EventType): number {
  return catalogue[type].version;
}
