/** Between the double's records and the wire: the message classes are those that the client itself bundles. */
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { AppendReq, AppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendOutcome, LogRecord, ProposedRecord } from './log.ts';

/** .NET ticks, 100 ns each, since the Unix epoch. Fixed: nothing of ours may depend on the server's clock. */
const CREATED_TICKS = '17000000000000000';

export const nameOf = (identifier: { getStreamName_asU8(): Uint8Array } | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

const identifierOf = (stream: string) =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8').toString('base64'));

export function proposedOf(message: AppendReq.ProposedMessage): ProposedRecord {
  const properties = message.getMetadataMap();
  const type = properties.get('type');
  const contentType = properties.get('content-type');
  if (type === undefined || contentType === undefined) throw new Error('type and content-type are required');
  return {
    id: message.getId()?.getString() ?? '',
    type,
    contentType,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function appendResponse(outcome: AppendOutcome, expected: number): AppendResp {
  return outcome.ok ? success(outcome) : wrongExpectedVersion(outcome.current, expected);
}

function success({ revision, position }: { revision: number; position: bigint }): AppendResp {
  const at = new streams.AppendResp.Position()
    .setCommitPosition(String(position))
    .setPreparePosition(String(position));
  const body = new streams.AppendResp.Success().setCurrentRevision(String(revision)).setPosition(at);
  return new streams.AppendResp().setSuccess(body);
}

/** A conflict is a normal answer of `Append`, with fields for servers of 20.6.0 beside the present ones. */
function wrongExpectedVersion(current: number, expected: number): AppendResp {
  const body = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) {
    body.setCurrentNoStream(new shared.Empty()).setNoStream2060(new shared.Empty());
  } else {
    body.setCurrentRevision(String(current)).setCurrentRevision2060(current);
  }
  if (expected < 0) body.setExpectedNoStream(new shared.Empty());
  else body.setExpectedRevision(String(expected)).setExpectedRevision2060(expected);
  return new streams.AppendResp().setWrongExpectedVersion(body);
}

export function readResponse(record: LogRecord): ReadResp {
  const position = String(record.position);
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(record.id))
    .setStreamIdentifier(identifierOf(record.stream))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(record.data)
    .setCustomMetadata(record.metadata);
  recorded
    .getMetadataMap()
    .set('type', record.type)
    .set('content-type', record.contentType)
    .set('created', CREATED_TICKS);
  const event = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position);
  return new streams.ReadResp().setEvent(event);
}

/** A missing stream is a message of `Read`, not a gRPC status. */
export function streamNotFound(stream: string): ReadResp {
  const body = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream));
  return new streams.ReadResp().setStreamNotFound(body);
}
