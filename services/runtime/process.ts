/** What every service's process does: read its orders, start, say that it is ready, end with its parent. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Settings, settingsSchema } from '../settings.ts';

/** Written by the supervisor for its children. */
export const ordersSchema = z.strictObject({
  settings: settingsSchema,
  /** Null where nobody is to be woken: every service then looks once a second. */
  natsUrl: z.string().nullable(),
  /** Loopback port of the intake service. */
  intakePort: z.int().min(0).max(65_535),
  gatewayPort: z.int().min(0).max(65_535),
});

/** A process that has not ended by itself this long after it was asked to, milliseconds, ends all the same: nobody may be left to kill it. */
const GRACE_MS = 15_000;

export type Orders = z.infer<typeof ordersSchema>;

export interface Running {
  /** For people: where it listens, or what it waits for. */
  readonly ready: string;
  /** Resolves once everything is closed after `signal` was aborted; rejects where the service broke. */
  readonly done: Promise<void>;
}

export interface Context extends Orders {
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/**
 * Runs a service as a process: `node services/<name>/main.ts <orders file>`. It ends on SIGTERM, on SIGINT, and when its standard input
 * closes, which it does when the supervisor dies. Prints `ready <...>` on standard output. Exit status 1 says why on standard error.
 */
export async function runProcess(name: string, start: (context: Context) => Promise<Running>): Promise<void> {
  const stop = new AbortController();
  const end = (): void => {
    stop.abort();
    setTimeout(() => process.exit(1), GRACE_MS).unref();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdin.once('end', end).once('close', end).resume();
  try {
    const file = process.argv[2];
    if (file === undefined)
      throw new Error(`usage: node services/${name}/main.ts <orders file>; normally started by prism up`);
    const orders = ordersSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const running = await start({ ...orders, signal: stop.signal });
    process.stdout.write(`ready ${running.ready}\n`);
    await running.done;
    process.exit(0);
  } catch (error) {
    process.stderr.write(
      `${name} ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  }
}
