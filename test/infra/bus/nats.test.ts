/** On the real nats-server, which is killed and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'nats';
import type { Bus } from '../../../domain/ports.ts';
import { connectNatsBus } from '../../../infra/bus/nats.ts';
import { type NatsServer, startNatsServer } from '../../../infra/bus/nats-server.ts';
import { noBus } from '../../../infra/bus/none.ts';

let dir: string;
let server: NatsServer;
const open: Bus[] = [];
let finished: AbortController;

beforeEach(async () => {
  finished = new AbortController();
  dir = mkdtempSync(join(tmpdir(), 'prism-nats-'));
  server = await startNatsServer({ dir });
});
afterEach(async () => {
  finished.abort();
  await Promise.all(open.splice(0).map((bus) => bus.close()));
  await server.stop();
  rmSync(dir, { recursive: true });
});

const portOf = ({ url }: NatsServer): number => Number(new URL(url).port);

async function bus(name: string, report?: (message: string) => void): Promise<Bus> {
  const made = await connectNatsBus({ servers: server.url, name, ...(report && { report }) });
  open.push(made);
  return made;
}

/** Calls `wake` again and again, as services do, until `to` hears it; fails with the test's timeout. */
async function wakeUntilHeard(from: Bus, to: Bus, category: string): Promise<void> {
  const heard = new AbortController();
  const stop = to.onWake((woken) => woken === category && heard.abort());
  while (!heard.signal.aborted && !finished.signal.aborted) {
    from.wake(category);
    await delay(50, undefined, { signal: heard.signal }).catch(() => {});
  }
  stop();
}

describe('wake-ups', () => {
  test('go to every listener of every connection, with their category', async () => {
    const [one, two] = [await bus('one'), await bus('two')];
    const heard: string[] = [];
    const stop = two.onWake((category) => heard.push(`two ${category}`));
    one.onWake((category) => heard.push(`one ${category}`));
    one.wake('submission');
    one.wake('epoch');
    // Each connection is told in order: who hears this has heard the others.
    await Promise.all([wakeUntilHeard(one, one, 'policy'), wakeUntilHeard(one, two, 'policy')]);
    expect(heard).toEqual(
      expect.arrayContaining(['one submission', 'one epoch', 'two submission', 'two epoch']),
    );
    stop();
    await wakeUntilHeard(one, one, 'family');
    expect(heard).toContain('one family');
    expect(heard).not.toContain('two family');
  });

  test('are on the subject prism.wake.<category>, for tools and other languages', async () => {
    const connection = await connect({ servers: server.url });
    const messages = connection.subscribe('>', { max: 1 });
    await connection.flush();
    (await bus('one')).wake('epoch');
    for await (const { subject, data } of messages)
      expect([subject, data.length]).toEqual(['prism.wake.epoch', 0]);
    await connection.close();
  });

  test('a listener that throws does not stop the others', async () => {
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    one.onWake(() => {
      throw new Error('broken listener');
    });
    await wakeUntilHeard(one, one, 'epoch');
    expect(reports[0]).toContain('broken listener');
  });

  test('a category that no subject can hold is dropped and reported; after close everything is dropped', async () => {
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    one.wake('epoch 0\r\nPUB prism.wake.policy 0');
    expect(reports).toEqual([expect.stringContaining('a category is lower-case letters')]);
    await one.close();
    expect(() => one.wake('epoch')).not.toThrow();
  });
});

describe('a server that goes away', () => {
  test('killed and started again on the same port: wake() never throws, and wake-ups come again', async () => {
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    const two = await bus('two');
    await wakeUntilHeard(one, two, 'epoch');
    process.kill(server.pid, 'SIGKILL');
    while (!reports.some((message) => message.includes('disconnect'))) await delay(20);
    expect(() => one.wake('submission')).not.toThrow();
    await server.stop();
    server = await startNatsServer({ dir, port: portOf(server) });
    await wakeUntilHeard(one, two, 'submission');
    await wakeUntilHeard(two, one, 'family');
  });

  test('not there at first: the bus opens all the same, and connects when it comes', async () => {
    await server.stop();
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    expect(reports[0]).toContain('no connection to NATS');
    expect(() => one.wake('epoch')).not.toThrow();
    server = await startNatsServer({ dir, port: portOf(server) });
    await wakeUntilHeard(one, one, 'epoch');
  });

  test('and does not come back: the bus can be closed', async () => {
    const one = await bus('one');
    process.kill(server.pid, 'SIGKILL');
    await server.stop();
    await one.close();
    await one.close();
    expect(() => one.wake('epoch')).not.toThrow();
  });
});

describe('nats-server', () => {
  test('listens on loopback, on a port of its own or the one given, and is gone after stop', async () => {
    expect(server.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    const port = portOf(server);
    await server.stop();
    await server.stop();
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
    server = await startNatsServer({ dir, port });
    expect(portOf(server)).toBe(port);
  });

  test('on a port that is taken says what its log says', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startNatsServer({ dir, port })).rejects.toThrow('address already in use');
    taken.close();
  });

  test('that is not installed says which package to install', async () => {
    const path = process.env.PATH;
    process.env.PATH = '';
    try {
      await expect(startNatsServer({ dir, searched: [] })).rejects.toThrow('apt-get install nats-server');
    } finally {
      process.env.PATH = path;
    }
  });

  test('ends with the process that started it, even one that is killed', async () => {
    const module = join(import.meta.dirname, '../../../infra/bus/nats-server.ts');
    const program = `
      import { startNatsServer } from ${JSON.stringify(module)};
      console.log((await startNatsServer({ dir: ${JSON.stringify(dir)} })).pid);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const pid = Number(line);
    expect(isRunning(pid)).toBe(true);
    child.kill('SIGKILL');
    while (isRunning(pid)) await delay(20);
  });
});

function isRunning(pid: number): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('nats-server') &&
      !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    );
  } catch {
    return false;
  }
}

test('no bus: nothing is woken, nothing fails', async () => {
  const none = noBus();
  const heard: string[] = [];
  const stop = none.onWake((category) => heard.push(category));
  none.wake('epoch');
  stop();
  await none.close();
  expect(heard).toEqual([]);
});
