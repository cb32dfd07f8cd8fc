/** The double's gRPC handlers; see server.ts. */
import { once } from 'node:events';
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  Metadata,
  type ServerReadableStream,
  type ServerWritableStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { LogRecord, ProposedRecord, RecordLog } from './log.ts';
import { appendResponse, nameOf, proposedOf, readResponse, streamNotFound } from './messages.ts';

/** What a test makes go wrong with the next append. */
export interface Faults {
  /** Called instead of answering an append that was kept. */
  cutInsteadOfAnswer: (() => void) | null;
  /** Answered instead of keeping the append. */
  refusal: { readonly code: status; readonly exception: string } | null;
}

type Streams = Pick<IStreamsServer, 'append' | 'read' | 'batchAppend'>;

export function streamsHandlers(log: RecordLog, faults: Faults, calls: string[]): Streams {
  return {
    append(call, answer) {
      calls.push('Append');
      const { refusal } = faults;
      faults.refusal = null;
      if (refusal !== null)
        return answer(grpcError(refusal.code, refusal.exception, refusal.exception), null);
      append(log, call).then(
        (response) => {
          const cut = faults.cutInsteadOfAnswer;
          faults.cutInsteadOfAnswer = null;
          if (cut === null) answer(null, response);
          else cut();
        },
        (error) => answer(grpcError(status.INVALID_ARGUMENT, String(error)), null),
      );
    },
    read(call) {
      calls.push('Read');
      read(log, call).catch((error) => call.emit('error', grpcError(status.UNIMPLEMENTED, String(error))));
    },
    batchAppend(call) {
      calls.push('BatchAppend');
      call.emit('error', grpcError(status.UNIMPLEMENTED, 'the double has no BatchAppend'));
    },
  };
}

/** Offers `BatchAppend`, as real servers do: a client that does not avoid it will call it. */
export function featuresHandlers(calls: string[]): IServerFeaturesServer {
  return {
    getSupportedMethods(_call, answer) {
      calls.push('GetSupportedMethods');
      const supported = new features.SupportedMethods().setEventStoreServerVersion('0.0.0-double');
      for (const name of ['append', 'batchappend', 'read']) {
        const service = 'event_store.client.streams.streams';
        supported.addMethods(new features.SupportedMethod().setServiceName(service).setMethodName(name));
      }
      answer(null, supported);
    },
  };
}

async function append(
  log: RecordLog,
  call: ServerReadableStream<AppendReq, AppendResp>,
): Promise<AppendResp> {
  let stream = '';
  let expected: number | undefined;
  const proposed: ProposedRecord[] = [];
  for await (const request of call) {
    const options = request.getOptions();
    const message = request.getProposedMessage();
    if (options !== undefined) {
      stream = nameOf(options.getStreamIdentifier());
      if (options.hasNoStream()) expected = -1;
      else if (options.hasRevision()) expected = Number(options.getRevision());
    }
    if (message !== undefined) proposed.push(proposedOf(message));
  }
  if (expected === undefined) throw new Error('the double knows exact expected revisions only');
  return appendResponse(log.append(stream, expected, proposed), expected);
}

async function read(log: RecordLog, call: ServerWritableStream<ReadReq, ReadResp>): Promise<void> {
  const options = call.request.getOptions();
  const ofStream = options?.getStream();
  const ofAll = options?.getAll();
  if (options?.hasSubscription() || options?.hasFilter() || options?.getReadDirection() !== 0) {
    throw new Error('the double has forward, unfiltered reads only');
  }
  if (ofStream !== undefined) {
    const name = nameOf(ofStream.getStreamIdentifier());
    const from = ofStream.hasRevision() ? Number(ofStream.getRevision()) : 0;
    const records = log.stream(name);
    if (records.length === 0) call.write(streamNotFound(name));
    await send(call, records.slice(from));
  } else if (ofAll !== undefined) {
    const from = BigInt(ofAll.getPosition()?.getCommitPosition() ?? 0);
    await send(
      call,
      log.all.filter(({ position }) => position >= from),
    );
  }
  call.end();
}

/** Waits where the reader is slow, until it has read on or gone. */
async function send(
  call: ServerWritableStream<ReadReq, ReadResp>,
  records: readonly LogRecord[],
): Promise<void> {
  const gone = once(call, 'cancelled');
  for (const record of records) {
    if (call.cancelled) return;
    if (!call.write(readResponse(record))) await Promise.race([once(call, 'drain'), gone]);
  }
}

function grpcError(code: status, details: string, exception?: string): ServiceError {
  const metadata = new Metadata();
  if (exception !== undefined) metadata.set('exception', exception);
  return Object.assign(new Error(details), { code, details, metadata });
}
