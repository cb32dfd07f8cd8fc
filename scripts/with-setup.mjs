#!/usr/bin/env node
/**
 * node scripts/with-setup.mjs <run|test> [-- <command> [argument...]]
 *
 * Makes sure that the machine has what the command needs, then runs it with the project's own Node. Plain JavaScript for
 * Node 18 and later, since it comes before everything else. What it does is said on standard error.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LOCK_IS_TAKEN = 75;

const [profile, separator, ...command] = process.argv.slice(2);
if ((profile !== 'run' && profile !== 'test') || (separator !== undefined && separator !== '--')) {
  fail('usage: node scripts/with-setup.mjs <run|test> [-- <command> [argument...]]');
}
setUp(profile);
if (command.length > 0) run(command);

function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}

/** Under a lock that the kernel drops with its holder, so that two set-ups never build the same thing at once. */
function setUp(needs) {
  const cache = process.env.PRISM_CACHE ?? join(homedir(), '.cache/prism');
  mkdirSync(cache, { recursive: true });
  const install = [process.execPath, join(ROOT, 'scripts/setup/modules.mjs'), needs, cache];
  // -o: what is started and stays (the Docker daemon) does not inherit the lock.
  const locked = ['flock', '-o', '-E', String(LOCK_IS_TAKEN), join(cache, 'setup.lock')];
  let status = attempt([...locked.slice(0, 2), '-n', ...locked.slice(2), ...install]);
  if (status === LOCK_IS_TAKEN) {
    say('another set-up is at work; waiting for it');
    status = attempt([...locked, ...install]);
  }
  if (status !== 0) process.exit(1);
}

/** Its standard output goes to our standard error: standard output is the command's. */
function attempt([program, ...programArguments]) {
  const { status, error } = spawnSync(program, programArguments, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (error !== undefined) fail(`cannot run ${program} (${error.message}); install the package util-linux`);
  return status;
}

/** Our standard streams, our signals, its exit status. */
function run([program, ...programArguments]) {
  const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter);
  const child = spawn(program, programArguments, { stdio: 'inherit', env: { ...process.env, PATH: path } });
  // A terminal's interrupt reaches the child by itself.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot run ${program}: ${error.message}`));
  child.on('exit', (status, signal) => {
    if (signal === null) process.exit(status ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
