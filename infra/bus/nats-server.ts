/** Starts the real `nats-server` for a node that has none: on loopback, wake-ups only, nothing kept. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const READY_MS = 10_000;
const STOP_MS = 5_000;

export interface NatsServer {
  /** For clients: `nats://127.0.0.1:<port>`. */
  readonly url: string;
  readonly pid: number;
  /** Ends it and waits for that. Can be called twice, and after it has died. */
  stop(): Promise<void>;
}

export interface NatsServerOptions {
  /** A free one is taken where it is absent. */
  readonly port?: number;
  /** Folder for its log and port files; made where it is absent. */
  readonly dir: string;
  /** Folders that are searched after those of PATH: Debian installs servers where not every user's PATH leads. */
  readonly searched?: readonly string[];
}

const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/**
 * Resolves when it takes connections. Throws where the program is not installed, or ends or says nothing for 10 s (the port is taken, say).
 * On Linux the kernel ends it with this process, however that dies.
 */
export async function startNatsServer({
  port = -1,
  dir,
  searched = SYSTEM_FOLDERS,
}: NatsServerOptions): Promise<NatsServer> {
  const binary = findProgram('nats-server', searched);
  if (binary === null) {
    throw new Error('nats-server is not installed; on Debian or Ubuntu: apt-get install nats-server');
  }
  await mkdir(dir, { recursive: true });
  const log = join(dir, 'nats-server.log');
  const command = [binary, '-a', '127.0.0.1', '-p', String(port), '-l', log, '--ports_file_dir', dir];
  const [program = binary, ...args] = [...diesWithParent(), ...command];
  const child = spawn(program, args, { stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${binary} has no process id`);
  const portsFile = join(dir, `nats-server_${pid}.ports`);
  const stop = async () => {
    await end(child);
    await rm(portsFile, { force: true });
  };
  try {
    return { url: await ready(child, portsFile, log), pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `setpriv` of util-linux sets the signal that the kernel sends when the parent dies, then becomes the program. */
function diesWithParent(): string[] {
  const setpriv = findProgram('setpriv', []);
  return setpriv === null ? [] : [setpriv, '--pdeathsig', 'TERM'];
}

/** The first executable of that name in PATH, then in `searched`. */
function findProgram(name: string, searched: readonly string[]): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...searched]) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** The server writes its ports file when all its listeners are open. */
async function ready(child: ChildProcess, portsFile: string, log: string): Promise<string> {
  const deadline = performance.now() + READY_MS;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    const url = urlIn(await readFile(portsFile, 'utf8').catch(() => ''));
    if (url !== null) return url;
    await delay(20);
  }
  const lines = await readFile(log, 'utf8').catch(() => '(no log)');
  throw new Error(
    `nats-server did not start; the end of ${log}:\n${lines.trim().split('\n').slice(-5).join('\n')}`,
  );
}

/** Null until the file is whole. */
function urlIn(ports: string): string | null {
  return /"nats":\s*\[\s*"(nats:\/\/[^"]+)"[^}]*}/.exec(ports)?.[1] ?? null;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(force);
}
