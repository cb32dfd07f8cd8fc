/** Wake-ups over NATS core subjects `prism.wake.<category>`. At most once, and that is enough: they carry no truth. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect, Events, type NatsConnection } from 'nats';
import type { Bus } from '../../domain/ports.ts';

const PREFIX = 'prism.wake.';
/** Between attempts to connect, in milliseconds. */
const RETRY_MS = 1_000;
/** For one attempt to connect, in milliseconds. */
const CONNECT_MS = 5_000;
/** How long `close` waits for the last wake-ups to leave, in milliseconds. */
const LAST_WORDS_MS = 1_000;

export interface NatsBusOptions {
  /** `nats://127.0.0.1:4222`, or several of one cluster. */
  readonly servers: string | readonly string[];
  /** Shown in the server's connection list. */
  readonly name: string;
  /** Told whenever the connection is lost, refused or back; for logs. */
  readonly report?: (message: string) => void;
}

/**
 * Resolves after the first attempt to connect, whether it worked or not: a service does not need NATS to do its work. It goes on trying,
 * and reconnecting, until it is closed. Wake-ups are dropped while there is no connection.
 */
export async function connectNatsBus({ servers, name, report = () => {} }: NatsBusOptions): Promise<Bus> {
  const options: ConnectionOptions = {
    servers: typeof servers === 'string' ? servers : [...servers],
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    timeout: CONNECT_MS,
    ignoreAuthErrorAbort: true,
  };
  const listeners = new Set<(category: string) => void>();
  const closing = new AbortController();
  let connection: NatsConnection | null = null;
  let isUp = false;

  function notify(category: string): void {
    for (const listener of listeners) {
      try {
        listener(category);
      } catch (error) {
        report(`a wake-up's listener failed: ${error}`);
      }
    }
  }

  async function attempt(): Promise<void> {
    let made: NatsConnection | null = null;
    try {
      made = await connect(options);
      if (closing.signal.aborted) return await made.close();
      made.subscribe(`${PREFIX}*`, {
        callback: (_error, message) => notify(message.subject.slice(PREFIX.length)),
      });
      await made.flush();
      connection = made;
      isUp = true;
    } catch (error) {
      await made?.close();
      report(`no connection to NATS at ${servers}: ${error}`);
    }
  }

  async function follow(made: NatsConnection): Promise<void> {
    for await (const { type } of made.status()) {
      if (type === Events.Disconnect) isUp = false;
      if (type === Events.Reconnect) isUp = true;
      if (type === Events.Disconnect || type === Events.Reconnect) report(`NATS at ${servers}: ${type}`);
    }
  }

  /** Keeps a connection for as long as the bus is open; the client reconnects by itself, but not where it never was connected. */
  async function keepConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      if (connection === null) {
        await delay(RETRY_MS, undefined, { signal: closing.signal, ref: false }).catch(() => {});
        await attempt();
      } else {
        // The status of a closed connection never ends: it is not waited for.
        void follow(connection);
        await connection.closed();
        connection = null;
        isUp = false;
      }
    }
  }

  await attempt();
  const kept = keepConnected();

  return {
    wake: (category) => {
      try {
        if (!/^[a-z]+$/.test(category)) throw new RangeError('a category is lower-case letters');
        if (isUp) connection?.publish(`${PREFIX}${category}`);
      } catch (error) {
        report(`wake-up ${category} was dropped: ${error}`);
      }
    },
    onWake: (onWake) => {
      const listener = (category: string) => onWake(category);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      closing.abort();
      listeners.clear();
      if (isUp) await Promise.race([connection?.flush(), delay(LAST_WORDS_MS)]).catch(() => {});
      await connection?.close();
      await kept;
    },
  };
}
