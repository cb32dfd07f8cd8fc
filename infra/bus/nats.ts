/**
 * Wake-ups over NATS core subjects `prism.wake.<category>`, progress over `prism.progress.<submission>`. At most once, and that is enough:
 * neither carries truth.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect, Events, type NatsConnection } from 'nats';
import type { RunProgress } from '../../domain/evaluation/progress.ts';
import type { Bus } from '../../domain/ports.ts';
import { Listeners, rarely } from './listeners.ts';
import { PROGRESS_SUBJECTS, progressMessage, readProgress } from './progress-message.ts';

const WAKE_PREFIX = 'prism.wake.';
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
  /** Told whenever the connection is lost, refused or back, and of messages that were dropped or passed over; for logs. */
  readonly report?: (message: string) => void;
}

/**
 * Resolves after the first attempt to connect, whether it worked or not: a service does not need NATS to do its work. It goes on trying,
 * and reconnecting, until it is closed. What is sent while there is no connection is dropped.
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
  const wakeListeners = new Listeners<string>("a wake-up's listener", report);
  const progressListeners = new Listeners<RunProgress>('a listener to progress', report);
  const reportUnreadable = rarely((count, why) =>
    report(`passed over ${count} progress messages that cannot be read; the last one: ${why}`),
  );
  const closing = new AbortController();
  let connection: NatsConnection | null = null;
  let isUp = false;

  function hear(subject: string, payload: Uint8Array): void {
    if (progressListeners.isEmpty) return;
    try {
      progressListeners.tell(readProgress({ subject, payload }));
    } catch (error) {
      reportUnreadable(error instanceof Error ? error.message : String(error));
    }
  }

  async function attempt(): Promise<void> {
    let made: NatsConnection | null = null;
    try {
      made = await connect(options);
      if (closing.signal.aborted) return await made.close();
      made.subscribe(`${WAKE_PREFIX}*`, {
        callback: (_error, message) => wakeListeners.tell(message.subject.slice(WAKE_PREFIX.length)),
      });
      made.subscribe(PROGRESS_SUBJECTS, { callback: (_error, { subject, data }) => hear(subject, data) });
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
        if (isUp) connection?.publish(`${WAKE_PREFIX}${category}`);
      } catch (error) {
        report(`wake-up ${category} was dropped: ${error}`);
      }
    },
    onWake: (onWake) => wakeListeners.add(onWake),
    tell: (progress) => {
      try {
        const { subject, payload } = progressMessage(progress);
        if (isUp) connection?.publish(subject, payload);
      } catch (error) {
        report(`progress of ${progress.submission} was dropped: ${error}`);
      }
    },
    onProgress: (onProgress) => progressListeners.add(onProgress),
    close: async () => {
      closing.abort();
      wakeListeners.clear();
      progressListeners.clear();
      if (isUp) await Promise.race([connection?.flush(), delay(LAST_WORDS_MS)]).catch(() => {});
      await connection?.close();
      await kept;
    },
  };
}
