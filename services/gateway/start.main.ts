/** Wires the gateway: the log's folder, the event store for receipts that are under way, and the bus for wake-ups and progress. */
import { streamOf } from '../../domain/events/ids.ts';
import type { EventStore } from '../../domain/ports.ts';
import { openBlobFolder } from '../../infra/blobs/folder.ts';
import { connectNatsBus } from '../../infra/bus/nats.ts';
import { noBus } from '../../infra/bus/none.ts';
import { openEventStore } from '../../infra/event-store/index.ts';
import { directoryFiles, readOrNull } from '../../infra/log-directory/directory-files.ts';
import { systemClock } from '../../infra/system/index.ts';
import { lineLogger } from '../runtime/logger.ts';
import { placesOf, type Settings } from '../settings.ts';
import { gateway } from './app.ts';

export interface GatewayExtra {
  /** Address of the intake service. */
  readonly intakeUrl: string;
  /** Null: no wake-ups; the log is looked at four times a second all the same. */
  readonly natsUrl: string | null;
}

/** Listens when it resolves, whether there is a log yet or not; `closed` once all is shut after `signal`. */
export async function start(
  settings: Settings,
  { intakeUrl, natsUrl }: GatewayExtra,
  signal: AbortSignal,
): Promise<{ url: string; closed: Promise<void> }> {
  const places = placesOf(settings);
  const logger = lineLogger('gateway');
  const bridgeToken = await readToken(places.bridgeToken);
  if (bridgeToken === null) logger.info(`no token in ${places.bridgeToken}: Platform is not let in`);
  const bus =
    natsUrl === null
      ? noBus()
      : await connectNatsBus({ servers: natsUrl, name: 'gateway', report: logger.info });
  const store = openEventStore(places.store);
  const { app, follower } = gateway(
    { slug: settings.slug, bridgeToken, intakeUrl },
    {
      readLogFile: directoryFiles(places.log).read,
      isInStore: (submission) => streamExists(store, streamOf.submission(submission)),
      onWake: bus.onWake,
      onProgress: bus.onProgress,
      blobs: await openBlobFolder(places.blobs),
      clock: systemClock,
      logger,
    },
  );
  // What is there is folded before anyone is answered; what is wrong with it is in the log, and in /health.
  await follower.catchUp().catch(() => {});
  const following = follower.run(signal);
  const close = async (): Promise<void> => {
    await app.close();
    await following;
    await Promise.all([bus.close(), store.close()]);
  };
  const url = await app.listen({ host: settings.host, port: settings.port });
  const closed = new Promise<void>((resolve, reject) => {
    const end = (): void => void close().then(resolve, reject);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  return { url, closed };
}

async function readToken(file: string): Promise<string | null> {
  return (await readOrNull(file))?.toString('utf8').trim() || null;
}

async function streamExists(store: EventStore, stream: string): Promise<boolean> {
  for await (const _ of store.readStream(stream)) return true;
  return false;
}
