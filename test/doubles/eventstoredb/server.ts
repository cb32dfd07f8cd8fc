/**
 * A DOUBLE of an EventStoreDB server for tests: `Streams/Append` and forward `Streams/Read` over gRPC on loopback, in memory.
 *
 * It was written from the client's generated messages and from reading the server's published source, and has never been compared with
 * a real EventStoreDB or KurrentDB server. What it leaves out: TLS and users, clusters and gossip, subscriptions, filters, backward
 * reads, links, deletion and truncation, limits of size, durability. Whatever it does not do it refuses with UNIMPLEMENTED.
 */
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, type status } from '@grpc/grpc-js';
import { type RecordLog, recordLog } from './log.ts';
import { type Faults, featuresHandlers, streamsHandlers } from './service.ts';

export interface EventStoreDbDouble {
  readonly url: string;
  /** What it holds, for tests that write as something else than PRISM would. */
  readonly log: RecordLog;
  /** Every call that it got, in order: `Append`, `Read`, `BatchAppend`, `GetSupportedMethods`. */
  readonly calls: readonly string[];
  /** The next append is kept, but the connection is cut instead of an answer. */
  loseNextAcknowledgement(): void;
  /** The next append is refused with this gRPC status and `exception` trailer; nothing is kept. */
  refuseNextAppend(code: status, exception: string): void;
  /** Cuts all connections and stops listening; what it holds stays. */
  stop(): void;
  /** Listens on the same port again. */
  start(): Promise<void>;
}

/** Starts an empty one on a free port of 127.0.0.1. */
export async function startEventStoreDbDouble(): Promise<EventStoreDbDouble> {
  const log = recordLog();
  const faults: Faults = { cutInsteadOfAnswer: null, refusal: null };
  const calls: string[] = [];
  let server = await listen(0);
  const port = server.port;

  async function listen(onPort: number): Promise<{ readonly port: number; stop(): void; cut(): void }> {
    const grpc = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    grpc.addService(streams.StreamsService, streamsHandlers(log, faults, calls));
    grpc.addService(serverFeatures.ServerFeaturesService, featuresHandlers(calls));
    const address = `127.0.0.1:${onPort}`;
    const bound = await new Promise<number>((resolve, reject) =>
      grpc.bindAsync(address, ServerCredentials.createInsecure(), (error, at) =>
        error ? reject(error) : resolve(at),
      ),
    );
    return {
      port: bound,
      stop: () => grpc.forceShutdown(),
      cut: () => grpc.drain(`127.0.0.1:${bound}`, 0),
    };
  }

  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    log,
    calls,
    loseNextAcknowledgement: () => {
      faults.cutInsteadOfAnswer = () => server.cut();
    },
    refuseNextAppend: (code, exception) => {
      faults.refusal = { code, exception };
    },
    stop: () => server.stop(),
    start: async () => {
      server = await listen(port);
    },
  };
}
