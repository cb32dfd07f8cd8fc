/** The adapters that every service's main gives its ports. The only file besides each `main.ts` that knows `infra/`. */

import type { BlobStore, Bus, Clock, EventStore } from '../../domain/ports.ts';
import { openBlobFolder } from '../../infra/blobs/folder.ts';
import { connectNatsBus } from '../../infra/bus/nats.ts';
import { noBus } from '../../infra/bus/none.ts';
import { openEventStore } from '../../infra/event-store/index.ts';
import { systemClock } from '../../infra/system/index.ts';
import { placesOf } from '../settings.ts';
import { LedgerClient, type LedgerClientOptions } from './ledger-client.ts';
import { type Logger, lineLogger } from './logger.ts';
import { runService, type Service } from './loop.ts';
import type { Context, Running } from './process.ts';

export interface Wiring {
  readonly store: EventStore;
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly client: LedgerClient;
  readonly log: Logger;
  close(): Promise<void>;
}

export type WireOptions = Pick<LedgerClientOptions, 'tries' | 'onEvent'>;

export async function wire(
  name: string,
  { settings, natsUrl }: Pick<Context, 'settings' | 'natsUrl'>,
  options: WireOptions = {},
): Promise<Wiring> {
  const places = placesOf(settings);
  const store = openEventStore(places.store);
  const log = lineLogger(name);
  const bus = natsUrl === null ? noBus() : await connectNatsBus({ servers: natsUrl, name, report: log.info });
  const blobs = await openBlobFolder(places.blobs);
  const client = new LedgerClient({ store, bus, clock: systemClock, ...options });
  return {
    store,
    bus,
    blobs,
    clock: systemClock,
    client,
    log,
    async close() {
      await bus.close();
      await store.close();
    },
  };
}

/** Runs `service` in the shared loop until the process is to end, then closes what it was wired with. */
export function loopUntilEnd<Item>(service: Service<Item>, wiring: Wiring, signal: AbortSignal): Running {
  const done = runService(service, wiring, signal).finally(() => wiring.close());
  return { ready: 'waiting for work', done };
}
