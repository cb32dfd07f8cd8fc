/** Keeps a `nats-server` running on one port of loopback, as the supervisor keeps the services. */
import { type NatsServer, startNatsServer } from '../../infra/bus/nats-server.ts';
import type { Logger } from '../runtime/logger.ts';
import { isAlive } from './processes.ts';

const CHECK_MS = 500;

export interface NatsKeeper {
  readonly url: string;
  pid(): number;
  stop(): Promise<void>;
}

/** @param onRestart told once another process has taken its place */
export async function keepNatsServer(dir: string, log: Logger, onRestart: () => void): Promise<NatsKeeper> {
  let server: NatsServer = await startNatsServer({ dir });
  const { url } = server;
  const port = Number(new URL(url).port);
  let restarting: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (restarting !== null || isAlive(server.pid)) return;
    log.error('nats-server ended; started again');
    restarting = startNatsServer({ dir, port })
      .then((again) => {
        server = again;
        onRestart();
      })
      .catch((error: unknown) => log.error('nats-server cannot be started', error))
      .finally(() => {
        restarting = null;
      });
  }, CHECK_MS);
  return {
    url,
    pid: () => server.pid,
    async stop() {
      clearInterval(timer);
      await restarting;
      await server.stop();
    },
  };
}
