/** How an envelope lies in EventStoreDB: id, type, stream and revision natively, the rest as JSON data and metadata. */
import { type EventData, jsonEvent, type RecordedEvent } from '@eventstore/db-client';
import { z } from 'zod';
import { type EventEnvelope, eventBytes, timeSchema, uuidSchema } from '../../../domain/events/envelope.ts';
import { assertEnvelope } from '../prepare.ts';

/** The names with `$` are EventStoreDB's own; its by-correlation-id projection follows them. */
const metadataSchema = z.strictObject({
  version: z.int(),
  time: timeSchema,
  $correlationId: uuidSchema,
  $causationId: uuidSchema.optional(),
  actor: z.string(),
});

export function toEventData({ id, type, version, time, data, meta }: EventEnvelope): EventData {
  const causation = meta.causationId === null ? {} : { $causationId: meta.causationId };
  const metadata = { version, time, $correlationId: meta.correlationId, ...causation, actor: meta.actor };
  return jsonEvent({ id, type, data, metadata });
}

/** The envelope that `toEventData` was given. Throws where the record was written by something else. */
export function fromRecorded(record: RecordedEvent): EventEnvelope {
  try {
    return parse(record);
  } catch (error) {
    throw new Error(
      `event ${record.id} (${record.type}, revision ${record.revision} of ${record.streamId}) was not written by PRISM: ` +
        `${error instanceof Error ? error.message : error}. Give the ledger a server where nothing else writes to its streams`,
      { cause: error },
    );
  }
}

function parse(record: RecordedEvent): EventEnvelope {
  if (!record.isJson) throw new TypeError('its data is not JSON');
  const metadata = metadataSchema.safeParse(record.metadata);
  if (!metadata.success) throw new TypeError('its metadata is not ours');
  const { version, time, $correlationId, $causationId, actor } = metadata.data;
  const event = {
    id: record.id,
    type: record.type,
    version,
    stream: record.streamId,
    revision: Number(record.revision),
    time,
    data: record.data,
    meta: { correlationId: $correlationId, causationId: $causationId ?? null, actor },
  };
  assertEnvelope(event);
  eventBytes(event);
  return event;
}
