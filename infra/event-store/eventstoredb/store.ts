/** The event store on an EventStoreDB server, through `@eventstore/db-client`. docs/decisions/002-eventstoredb-client.md says why so. */
import {
  type AllStreamRecordedEvent,
  EventStoreDBClient,
  NO_STREAM,
  type RecordedEvent,
  START,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { type EventStore, type StoredEvent, WrongExpectedRevisionError } from '../../../domain/ports.ts';
import { isOurs, prepareAppend, revisionOf } from '../prepare.ts';
import { translate } from './errors.ts';
import { fromRecorded, toEventData } from './record.ts';

/** Followers may lag behind what this process wrote; the client goes on to the leader by itself. */
const FROM_LEADER = { requiresLeader: true } as const;

let isOpen = false;

/**
 * Opens the ledger on the server at `connectionString` (`esdb://host:2113?tls=false`, `esdb+discover://cluster`). It connects at the first
 * call. Throws where the string is malformed, or this process has one open already.
 */
export function openEventStoreDb(connectionString: string): EventStore {
  if (isOpen) throw new Error('this process has an EventStoreDB client already; close it or share it');
  const client = appendOnlyClient(connectionString);
  isOpen = true;
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new Error('event store is closed');
  }

  async function* readStream(stream: string, fromRevision: number): AsyncGenerator<StoredEvent> {
    assertOpen();
    const read = client.readStream(stream, { ...FROM_LEADER, fromRevision: BigInt(fromRevision) });
    try {
      for await (const record of records(read)) yield stored(record);
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
  }

  async function* readAll(after: bigint | null): AsyncGenerator<StoredEvent> {
    assertOpen();
    const fromPosition = after === null ? START : { commit: after, prepare: after };
    let last = after ?? -1n;
    for await (const record of records(client.readAll({ ...FROM_LEADER, fromPosition }))) {
      if (!isOurs(record.streamId) || record.position?.commit === after) continue;
      const next = stored(record);
      if (next.position <= last) throw new Error(`EventStoreDB gave position ${next.position} after ${last}`);
      last = next.position;
      yield next;
    }
  }

  return {
    append: async (stream, expected, events) => {
      assertOpen();
      const prepared = prepareAppend(stream, expected, events);
      const before = revisionOf(expected);
      try {
        await client.appendToStream(
          stream,
          prepared.map(({ event }) => toEventData(event)),
          { ...FROM_LEADER, expectedRevision: before < 0 ? NO_STREAM : BigInt(before) },
        );
      } catch (error) {
        if (!(error instanceof WrongExpectedVersionError)) throw translate(error);
        const actual = error.actualVersion;
        throw new WrongExpectedRevisionError(
          stream,
          expected,
          typeof actual === 'bigint' ? Number(actual) : null,
        );
      }
      return before + events.length;
    },
    readStream: (stream, fromRevision = 0) => readStream(stream, fromRevision),
    readAll,
    close: async () => {
      if (closed) return;
      closed = true;
      await client.dispose();
      isOpen = false;
    },
  };
}

/**
 * A client that appends by the `Append` call only. The client picks `BatchAppend` where the server offers it, and that call shares state
 * between all clients of a process: one dead server rejects every pending append, then an uncaught TypeError ends the process.
 */
function appendOnlyClient(connectionString: string): EventStoreDBClient {
  if (/[?&]throwOnAppendFailure=false/i.test(connectionString)) {
    throw new Error('throwOnAppendFailure=false hides conflicts; leave it out of the connection string');
  }
  const client = EventStoreDBClient.connectionString(connectionString);
  Object.assign(client, { supports: async () => false });
  return client;
}

type StreamingRead = ReturnType<EventStoreDBClient['readStream']> | ReturnType<EventStoreDBClient['readAll']>;

/** The records of a read, with the port's errors; ends the call on the server when the reader leaves early. */
async function* records(read: StreamingRead): AsyncGenerator<RecordedEvent | AllStreamRecordedEvent> {
  // The iteration reports errors; one that comes after it has ended must not end the process.
  read.on('error', () => undefined);
  try {
    for await (const { event } of read) if (event !== undefined) yield event;
  } catch (error) {
    throw error instanceof StreamNotFoundError ? error : translate(error);
  } finally {
    // Rejects where the call was never made, which the iteration has reported.
    await read.cancel().catch(() => undefined);
  }
}

function stored(record: RecordedEvent): StoredEvent {
  if (record.position === undefined) throw new Error(`EventStoreDB gave event ${record.id} no position`);
  return { position: record.position.commit, event: fromRecorded(record) };
}
