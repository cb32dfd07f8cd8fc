/** `prism up`: the whole engine on one machine, one process per service, and a `nats-server` unless one is given. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { systemRandom } from '../../infra/system/index.ts';
import { type Logger, lineLogger } from '../runtime/logger.ts';
import type { Orders } from '../runtime/process.ts';
import { wire } from '../runtime/wiring.main.ts';
import { placesOf, type Settings } from '../settings.ts';
import { findEngine } from './client.ts';
import { keepNatsServer, type NatsKeeper } from './nats-keeper.main.ts';
import { openLedger } from './open-ledger.ts';
import { CommandError } from './output.ts';
import type { RunningEngine } from './running.ts';
import { SERVICES, type ServiceName, Supervisor } from './supervisor.ts';

export interface UpOptions {
  readonly services?: readonly ServiceName[];
  /** Receives each line that a service writes to standard error. */
  readonly onLine?: (line: string) => void;
  readonly log?: Logger;
}

export interface Engine {
  readonly gatewayUrl: string;
  readonly settings: Settings;
  /** Ends every child; can be called twice. */
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

async function openIfAbsent(settings: Settings): Promise<void> {
  const wiring = await wire('operator', { settings, natsUrl: null }, { tries: 25 });
  try {
    await openLedger(wiring.client, settings, systemRandom);
  } finally {
    await wiring.close();
  }
}

/** Starts everything and resolves once every service is ready. */
export async function startEngine(settings: Settings, options: UpOptions = {}): Promise<Engine> {
  const log = options.log ?? lineLogger('up');
  const onLine = options.onLine ?? ((line) => process.stderr.write(`${line}\n`));
  mkdirSync(settings.data, { recursive: true });
  const other = findEngine(settings);
  if (other !== null)
    throw new CommandError(
      `an engine runs on ${settings.data} already: process ${other.pid}, ${other.gateway}`,
    );
  await openIfAbsent(settings);
  const places = placesOf(settings);
  const nats: NatsKeeper | null =
    settings.nats === null ? await keepNatsServer(places.nats, log, () => publish()) : null;
  const natsUrl = settings.nats ?? nats?.url ?? null;
  const orders: Orders = {
    settings,
    natsUrl,
    intakePort: await freePort(),
    gatewayPort: settings.port === 0 ? await freePort() : settings.port,
  };
  const ordersFile = join(settings.data, 'orders.json');
  writeFileSync(ordersFile, JSON.stringify(orders), { mode: 0o600 });
  const gatewayUrl = `http://${settings.host}:${orders.gatewayPort}`;
  const running: RunningEngine = {
    pid: process.pid,
    gateway: gatewayUrl,
    intake: `http://127.0.0.1:${orders.intakePort}`,
    nats: natsUrl,
    pids: {},
  };
  const publish = (): void => {
    const pids = nats === null ? running.pids : { ...running.pids, 'nats-server': nats.pid() };
    // Renamed into place: who reads it sees all of it or the one before.
    writeFileSync(`${places.running}.new`, `${JSON.stringify({ ...running, pids })}\n`);
    renameSync(`${places.running}.new`, places.running);
  };
  const supervisor = new Supervisor({
    services: options.services ?? SERVICES,
    orders: ordersFile,
    log,
    onLine,
    onStart: (name, pid) => {
      running.pids[name] = pid;
      publish();
    },
  });
  try {
    await supervisor.ready();
  } catch (error) {
    await supervisor.stop();
    await nats?.stop();
    rmSync(places.running, { force: true });
    throw error;
  }
  publish();
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    await nats?.stop();
    rmSync(places.running, { force: true });
  };
  return {
    gatewayUrl,
    settings,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
