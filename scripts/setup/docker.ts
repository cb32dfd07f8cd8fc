/** The Docker daemon: one that answers, or one that we start. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError, say } from './say.ts';

const START_MS = 60_000;
/** Its presence says that a daemon is starting, or that one was killed. */
const PID_FILE = '/var/run/docker.pid';
const STARTING_MS = 10_000;
const LOG_LINES = 15;

/** Whether a daemon answers. Throws a `SetupError` where one is there that we may not talk to. */
export function dockerAnswers(): boolean {
  const { status, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    encoding: 'utf8',
  });
  if (status !== 0 && /permission denied/i.test(stderr ?? '')) {
    throw new SetupError(
      'a Docker daemon is there but this user may not use it: run `sudo usermod -aG docker $USER` and log in again',
    );
  }
  return status === 0;
}

/** Starts the daemon and waits until it answers; throws a `SetupError` with what it said where it does not. */
export async function startDocker(cache: string): Promise<void> {
  if (process.env.DOCKER_HOST !== undefined) {
    throw new SetupError(
      `no Docker daemon answers at DOCKER_HOST=${process.env.DOCKER_HOST}; start it, or unset DOCKER_HOST`,
    );
  }
  if (process.getuid?.() !== 0)
    throw new SetupError('no Docker daemon answers; start it: sudo systemctl start docker');
  if (existsSync('/run/systemd/system')) {
    say('systemctl start docker');
    spawnSync('systemctl', ['start', 'docker']);
    if (dockerAnswers()) return;
    throw new SetupError('`systemctl start docker` did not help; see `journalctl -u docker`');
  }
  // Installing the package may have started it.
  if (existsSync(PID_FILE) && (await answersWithin(STARTING_MS, () => true))) return;
  await startDaemon(join(cache, 'dockerd.log'));
}

/** Asks a few times a second, as long as there is reason to. */
async function answersWithin(ms: number, worthWaiting: () => boolean): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (worthWaiting() && performance.now() < deadline) {
    if (dockerAnswers()) return true;
    await sleep(250);
  }
  return false;
}

/** A daemon of its own session: it outlives us. */
async function startDaemon(log: string): Promise<void> {
  say(`dockerd (log: ${log})`);
  const file = openSync(log, 'w');
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const env = { ...process.env, PATH: path };
  const daemon = spawn('dockerd', [], { cwd: '/', detached: true, stdio: ['ignore', file, file], env });
  let ended: string | null = null;
  daemon.on('exit', (status, signal) => {
    ended = `ended with ${signal ?? `status ${status}`}`;
  });
  daemon.on('error', (error) => {
    ended = `cannot be run: ${error.message}`;
  });
  daemon.unref();
  if (await answersWithin(START_MS, () => ended === null)) return;
  const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n');
  throw new SetupError(
    `dockerd ${ended ?? `does not answer after ${START_MS / 1000} s`}; the end of ${log}:\n${tail}`,
  );
}
