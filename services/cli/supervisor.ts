/**
 * Keeps one child process per service running, and holds no state: a child that ends is started again, and all end when this process does,
 * because their standard input closes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from '../runtime/logger.ts';

export const SERVICES = [
  'intake',
  'reviewer',
  'evaluator',
  'scorer',
  'weight-emitter',
  'sequencer',
  'gateway',
] as const;
export type ServiceName = (typeof SERVICES)[number];

const ROOT = join(import.meta.dirname, '..');
const RESTART_MS = 250;
const RESTART_LIMIT_MS = 10_000;
/** A child that lived this long has recovered. */
const STEADY_MS = 30_000;
/** Children that have not ended by then are killed. */
const GRACE_MS = 20_000;

export interface SupervisorOptions {
  readonly services: readonly ServiceName[];
  /** File with the children's orders. */
  readonly orders: string;
  readonly log: Logger;
  /** Where the children's standard error goes. */
  readonly onLine: (line: string) => void;
  readonly onStart?: (name: ServiceName, pid: number) => void;
}

/** A service that ends this often before it was ever ready will not become so: its settings or the machine are wrong. */
const STARTS = 4;

interface Child {
  process: ChildProcess | null;
  failures: number;
  /** Rejects where the service never came up. */
  readonly ready: Promise<void>;
  readonly markReady: () => void;
  readonly giveUp: (error: Error) => void;
  lastLine: string;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Map<ServiceName, Child>();
  #ending = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    for (const name of options.services) this.#children.set(name, this.#start(name));
  }

  /** Resolves once every service has said that it is ready. */
  async ready(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.ready));
  }

  /** Asks every child to end, waits, and kills what is left. */
  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all(
      [...this.#children.values()].map(async ({ process: child }) => {
        if (child === null || child.exitCode !== null || child.signalCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        const killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        child.kill('SIGTERM');
        await ended;
        clearTimeout(killer);
      }),
    );
  }

  #start(name: ServiceName): Child {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever waits for it is told; nobody has to.
    promise.catch(() => undefined);
    const child: Child = {
      process: null,
      failures: 0,
      ready: promise,
      markReady: resolve,
      giveUp: reject,
      lastLine: '',
    };
    this.#spawn(name, child);
    return child;
  }

  #spawn(name: ServiceName, child: Child): void {
    if (this.#ending) return;
    const { orders, log, onLine, onStart } = this.#options;
    const startedAt = Date.now();
    const spawned = spawn(process.execPath, [join(ROOT, name, 'main.ts'), orders], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.process = spawned;
    if (spawned.pid !== undefined) onStart?.(name, spawned.pid);
    createInterface({ input: spawned.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) child.markReady();
    });
    createInterface({ input: spawned.stderr }).on('line', (line) => {
      if (line.includes(' ended: ')) child.lastLine = line;
      onLine(line);
    });
    // Writing to a child that is gone is its exit's business.
    spawned.stdin.on('error', () => undefined);
    spawned.once('error', (error) => log.error(`${name} cannot be started`, error));
    spawned.once('exit', (code, signal) => {
      if (this.#ending) return;
      child.failures = Date.now() - startedAt > STEADY_MS ? 1 : child.failures + 1;
      if (child.failures >= STARTS)
        child.giveUp(new Error(`${name} does not start: ${child.lastLine || 'it says nothing'}`));
      const delay = Math.min(RESTART_LIMIT_MS, RESTART_MS * 2 ** (child.failures - 1));
      log.error(`${name} ended (${signal ?? `status ${code}`}); started again in ${delay} ms`);
      setTimeout(() => this.#spawn(name, child), delay).unref();
    });
  }
}
