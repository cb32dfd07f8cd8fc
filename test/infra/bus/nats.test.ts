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
import { MAX_PROGRESS_BYTES, type RunProgress } from '../../../domain/evaluation/progress.ts';
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

const SUBMISSION = '070105ab-0000-5000-8000-000000000000';

const progressAt = (step: number, changes: Partial<RunProgress> = {}): RunProgress => ({
  submission: SUBMISSION,
  run: 'architecture seed 1',
  step,
  steps: 300,
  lossMicrobits: step < 25 ? null : 4_000_000,
  ended: false,
  runsDone: 4,
  runsPlanned: 9,
  at: '2026-01-01T00:00:12.345Z',
  ...changes,
});

/** The next message that is heard. */
function heard(on: Bus): Promise<RunProgress> {
  return new Promise((resolve) => {
    const stop = on.onProgress((progress) => {
      stop();
      resolve(progress);
    });
  });
}

describe('progress', () => {
  test('goes to who listens, as it was told, until they stop', async () => {
    const [evaluator, gateway] = [await bus('evaluator'), await bus('gateway')];
    const all: RunProgress[] = [];
    const stop = gateway.onProgress((progress) => all.push(progress));
    for (const step of [0, 25, 300]) {
      const next = heard(gateway);
      evaluator.tell(progressAt(step));
      expect(await next).toEqual(progressAt(step));
    }
    stop();
    const next = heard(gateway);
    evaluator.tell(progressAt(300, { ended: true }));
    expect(await next).toMatchObject({ ended: true });
    expect(all).toEqual([0, 25, 300].map((step) => progressAt(step)));
  });

  test('is JSON on the subject prism.progress.<submission>, for tools and other languages', async () => {
    const connection = await connect({ servers: server.url });
    const messages = connection.subscribe('prism.progress.>', { max: 1 });
    await connection.flush();
    (await bus('one')).tell(progressAt(25));
    for await (const message of messages)
      expect([message.subject, message.json()]).toEqual([`prism.progress.${SUBMISSION}`, progressAt(25)]);
    await connection.close();
  });

  test.each([
    ['nothing', '', SUBMISSION],
    ['no JSON', '{"step":', SUBMISSION],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), SUBMISSION],
    ['something else', JSON.stringify(['progress']), SUBMISSION],
    ['a field more', JSON.stringify({ ...progressAt(1), score: 1 }), SUBMISSION],
    ['a field less', JSON.stringify({ ...progressAt(1), run: undefined }), SUBMISSION],
    ['another type', JSON.stringify({ ...progressAt(1), lossMicrobits: '0' }), SUBMISSION],
    ['half a step', JSON.stringify(progressAt(0.5)), SUBMISSION],
    ['a step after the last', JSON.stringify(progressAt(301)), SUBMISSION],
    ['more runs than planned', JSON.stringify(progressAt(1, { runsDone: 10 })), SUBMISSION],
    ['a name that is a terminal escape', JSON.stringify(progressAt(1, { run: '\x1b[2J' })), SUBMISSION],
    ['a name without end', JSON.stringify(progressAt(1, { run: 'a'.repeat(101) })), SUBMISSION],
    ['another submission', JSON.stringify(progressAt(1)), '070105ab-0000-5000-8000-000000000001'],
    ['too much of it', JSON.stringify(progressAt(1)).padEnd(MAX_PROGRESS_BYTES + 1), SUBMISSION],
  ])('that is %s is passed over and reported', async (_what, payload, subject) => {
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    const next = heard(one);
    const connection = await connect({ servers: server.url });
    connection.publish(`prism.progress.${subject}`, payload);
    connection.publish(`prism.progress.${SUBMISSION}`, JSON.stringify(progressAt(2)));
    expect(await next).toEqual(progressAt(2));
    expect(reports).toEqual([expect.stringMatching(/^passed over 1 progress messages/)]);
    await connection.close();
  });

  test('that cannot be read floods no log, and puts nothing of its own into it', async () => {
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    const next = heard(one);
    const connection = await connect({ servers: server.url });
    for (let sent = 0; sent < 1_000; sent += 1)
      connection.publish(`prism.progress.${SUBMISSION}`, JSON.stringify({ 'forged\nline': 1 }));
    connection.publish(`prism.progress.${SUBMISSION}`, JSON.stringify(progressAt(2)));
    await next;
    expect(reports).toHaveLength(10);
    expect(reports.at(-1)).toContain('passed over 512 ');
    expect(reports.join()).not.toContain('forged');
    await connection.close();
  });

  test('that is wrong is not sent, and telling it does not throw; nor after close', async () => {
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    one.tell(progressAt(301));
    one.tell(progressAt(1, { submission: 'a.b\r\nPUB x 0' }));
    expect(reports).toEqual([
      expect.stringContaining('was dropped: Error: step: custom'),
      expect.stringContaining('was dropped: Error: submission: invalid_format'),
    ]);
    await one.close();
    expect(() => one.tell(progressAt(1))).not.toThrow();
  });

  test('comes again after the server was away, and none of what was told meanwhile', async () => {
    const reports: string[] = [];
    const one = await bus('one', (message) => reports.push(message));
    const two = await bus('two');
    process.kill(server.pid, 'SIGKILL');
    while (!reports.some((message) => message.includes('disconnect'))) await delay(20);
    one.tell(progressAt(1));
    await server.stop();
    server = await startNatsServer({ dir, port: portOf(server) });
    await wakeUntilHeard(one, two, 'epoch');
    const next = heard(two);
    one.tell(progressAt(2));
    expect(await next).toEqual(progressAt(2));
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

test('no bus: nothing is woken, nothing is told, nothing fails', async () => {
  const none = noBus();
  const heard: string[] = [];
  const stop = none.onWake((category) => heard.push(category));
  none.wake('epoch');
  const stopListening = none.onProgress(({ run }) => heard.push(run));
  none.tell(progressAt(1));
  stop();
  stopListening();
  await none.close();
  expect(heard).toEqual([]);
});
