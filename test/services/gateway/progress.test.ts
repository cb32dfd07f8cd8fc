/** Progress from a real nats-server to those who listen to a real gateway. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'nats';
import type { Bus } from '../../../domain/ports.ts';
import { connectNatsBus } from '../../../infra/bus/nats.ts';
import { type NatsServer, startNatsServer } from '../../../infra/bus/nats-server.ts';
import * as answers from '../../../services/gateway/answers.ts';
import { type EventStream, openEventStream, type StreamMessage } from '../../support/event-stream.ts';
import { generateLedger } from '../../support/ledger.ts';
import { seededRandom } from '../../support/random.ts';
import { type Harness, openHarness } from './harness.ts';
import { heavyLedger } from './heavy-ledger.ts';
import { progressOf } from './progress.ts';

const ledger = generateLedger();
const entries = ledger.entries();
const startedAt = ledger.events.findIndex(({ type }) => type === 'EvaluationStarted');
const submission = ledger.events[startedAt]?.stream.slice('submission-'.length) ?? '';
const another = '070105ab-0000-5000-8000-000000000000';

let dir: string;
let server: NatsServer;
let evaluator: Bus;
let gatewayBus: Bus;
const reports: string[] = [];
let harness: Harness;
let url: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'prism-nats-'));
  server = await startNatsServer({ dir });
  evaluator = await connectNatsBus({ servers: server.url, name: 'evaluator' });
  gatewayBus = await connectNatsBus({
    servers: server.url,
    name: 'gateway',
    report: (message) => reports.push(message),
  });
});
afterAll(async () => {
  await Promise.all([evaluator.close(), gatewayBus.close()]);
  await server.stop();
  rmSync(dir, { recursive: true });
});
afterEach(() => harness.close());

async function listen(log: readonly Buffer[]): Promise<void> {
  harness = await openHarness(log, { ports: { onProgress: gatewayBus.onProgress } });
  url = await harness.app.listen({ host: '127.0.0.1', port: 0 });
}

async function next(stream: EventStream): Promise<StreamMessage> {
  const message = await stream.next();
  if (message === null) throw new Error('the stream ended');
  return message;
}

/** Reads until a message is as wanted; all that came, it included. */
async function until(
  stream: EventStream,
  isIt: (message: StreamMessage) => boolean,
): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  do messages.push(await next(stream));
  while (messages.slice(-1).some((message) => !isIt(message)));
  return messages;
}

const isEvent = ({ event }: StreamMessage) => event !== 'progress';
const stepOf = ({ event, data }: StreamMessage): number | null =>
  event === 'progress' ? JSON.parse(data).step : null;

/** Resolves when the gateway has heard of all that was told before. */
async function heardByGateway(): Promise<void> {
  const heard = new Promise<void>((resolve) => {
    const stop = gatewayBus.onProgress(({ run }) => {
      if (run !== 'the last') return;
      stop();
      resolve();
    });
  });
  evaluator.tell(progressOf(another, { run: 'the last', ended: true }));
  await heard;
}

describe('the feed with progress', () => {
  test('has it between the events, without moving the position that a reader comes back with', async () => {
    await listen(entries.slice(0, 20));
    const stream = await openEventStream(`${url}/v1/feed?after=17&progress=all`);
    expect([(await next(stream)).id, (await next(stream)).id]).toEqual([18, 19]);
    evaluator.tell(progressOf(submission));
    const message = await next(stream);
    expect(message).toEqual({ id: 19, event: 'progress', data: JSON.stringify(progressOf(submission)) });
    expect(stream.lastId()).toBe(19);
    stream.cut();
    await harness.grow(entries.slice(20, 23));
    const again = await openEventStream(`${url}/v1/feed?after=17&progress=all`, stream.lastId());
    expect([(await next(again)).id, (await next(again)).id, (await next(again)).id]).toEqual([20, 21, 22]);
    again.cut();
  });

  test('is for who asks for it, of all submissions or of one', async () => {
    await listen(entries.slice(0, 20));
    const [none, one, all] = await Promise.all(
      ['', `&progress=${submission}`, '&progress=all'].map((query) =>
        openEventStream(`${url}/v1/feed?after=19${query}`),
      ),
    );
    if (none === undefined || one === undefined || all === undefined) throw new Error('no stream');
    evaluator.tell(progressOf(another, { step: 1 }));
    evaluator.tell(progressOf(submission, { step: 2 }));
    expect((await until(all, (message) => stepOf(message) === 2)).map(stepOf)).toEqual([1, 2]);
    expect(stepOf(await next(one))).toBe(2);
    await harness.grow(entries.slice(20, 21));
    expect((await next(none)).id).toBe(20);
    for (const stream of [none, one, all]) stream.cut();
  });

  test('begins with what is known of the runs under way', async () => {
    await listen(entries.slice(0, startedAt + 1));
    evaluator.tell(progressOf(another, { step: 1 }));
    evaluator.tell(progressOf(submission, { step: 2 }));
    evaluator.tell(progressOf(submission, { run: 'over', ended: true }));
    await heardByGateway();
    const stream = await openEventStream(`${url}/v1/feed?progress=all`);
    expect(stepOf(await next(stream))).toBe(2);
    evaluator.tell(progressOf(submission, { step: 3 }));
    expect(stepOf(await next(stream))).toBe(3);
    stream.cut();
  });

  test('has of many messages the first and the last, and few between', async () => {
    await listen(entries.slice(0, 20));
    const stream = await openEventStream(`${url}/v1/feed?progress=all`);
    for (let step = 1; step <= 300; step += 1) evaluator.tell(progressOf(submission, { step }));
    const steps = (await until(stream, (message) => stepOf(message) === 300)).map(stepOf);
    expect(steps.length).toBeLessThan(150);
    expect(steps).toEqual([...steps].sort((a, b) => (a ?? 0) - (b ?? 0)));
    stream.cut();
  });

  test('passes over what is not progress', async () => {
    await listen(entries.slice(0, 20));
    const stream = await openEventStream(`${url}/v1/feed?progress=all`);
    const connection = await connect({ servers: server.url });
    reports.length = 0;
    connection.publish(`prism.progress.${submission}`, 'id: 7\n\nevent: SubmissionScored\ndata: {}\n\n');
    connection.publish(
      `prism.progress.${submission}`,
      JSON.stringify({ ...progressOf(submission), step: -1 }),
    );
    connection.publish(`prism.progress.${submission}`, JSON.stringify(progressOf(submission, { step: 3 })));
    expect(stepOf(await next(stream))).toBe(3);
    expect(reports).toContainEqual(expect.stringContaining('cannot be read'));
    await connection.close();
    stream.cut();
  });

  test('cut again and again while both come, loses no event and doubles none', async () => {
    await listen(entries.slice(0, 20));
    const random = seededRandom(7);
    const received: StreamMessage[] = [];
    let progress = 0;
    let size = 20;
    let position: number | null = null;
    while (size < entries.length || received.length < entries.length) {
      const stream = await openEventStream(`${url}/v1/feed?after=-1&progress=all`, position);
      const grown = Math.min(entries.length, size + 1 + random.int(10));
      for (let step = 0; step < 5; step += 1)
        evaluator.tell(progressOf(submission, { run: `run ${step}`, step }));
      await heardByGateway();
      await harness.grow(entries.slice(size, grown));
      size = grown;
      // Of what is there, sometimes all, sometimes a part; progress comes in between.
      for (let wanted = 1 + random.int(size - received.length); wanted > 0; ) {
        const message = await next(stream);
        if (isEvent(message)) {
          received.push(message);
          wanted -= 1;
        } else progress += 1;
      }
      position = stream.lastId();
      stream.cut();
    }
    expect(received.map(({ id }) => id)).toEqual(entries.map((_, index) => index));
    expect(received.map(({ data }) => data)).toEqual(entries.map((entry) => entry.toString('utf8')));
    expect(progress).toBeGreaterThan(0);
  }, 60_000);

  test('and a reader that stops reading loses progress and no event', async () => {
    const heavy = heavyLedger();
    await listen(heavy.entries);
    const responses: ServerResponse[] = [];
    harness.app.server.prependListener(
      'request',
      (_request, response: ServerResponse) => void responses.push(response),
    );
    const stream = await openEventStream(`${url}/v1/feed?after=-1&progress=all`);
    const [response] = responses;
    if (response === undefined) throw new Error('no request was seen');
    // Nobody reads: what the kernel takes is taken, then the response is full.
    while (!response.writableNeedDrain) await turn();
    const held = response.writableLength;
    for (let told = 1; told <= 5_000; told += 1)
      evaluator.tell(progressOf(submission, { run: `run ${told % 50}`, step: told, steps: 5_000 }));
    await heardByGateway();
    expect(response.writableLength).toBe(held);
    await harness.grow(heavy.more);
    const all = [...heavy.entries, ...heavy.more];
    const messages = await until(stream, (message) => stepOf(message) === 5_000);
    expect(messages.filter(isEvent).map(({ id }) => id)).toEqual(all.map((_, index) => index));
    expect(messages.length - all.length).toBeLessThanOrEqual(51);
    stream.cut();
  }, 120_000);

  test.each(['?progress=yes', '?progress=', '?progress=all&progress=all', '?progress=all&projection=owners'])(
    '%s is refused',
    async (query) => {
      await listen([]);
      const response = await harness.app.inject(`/v1/feed${query}`);
      expect(response.json()).toMatchObject({
        error: { code: 'bad-request', message: expect.stringMatching(/^progress: /) },
      });
    },
  );
});

describe('/v1/submissions/{id}/progress', () => {
  const path = `/v1/submissions/${submission}/progress`;
  const ask = async () => answers.progressSchema.parse(await harness.json(path));

  test('is what was last heard of, while the submission is evaluated', async () => {
    await listen(entries.slice(0, startedAt));
    evaluator.tell(progressOf(submission, { step: 30, lossMicrobits: 4_000_000 }));
    await heardByGateway();
    expect(await ask()).toEqual({ id: submission, status: 'pending', progress: null });
    await harness.grow(entries.slice(startedAt, startedAt + 1));
    const at = '2026-01-01T00:00:12.345Z';
    expect(await ask()).toEqual({
      id: submission,
      status: 'running',
      progress: {
        runsDone: 4,
        runsPlanned: 9,
        at,
        runs: [{ run: 'architecture seed 1', step: 30, steps: 300, lossMicrobits: 4_000_000, at }],
      },
    });
    evaluator.tell(progressOf(submission, { step: 300, ended: true, runsDone: 5 }));
    await heardByGateway();
    expect(await ask()).toMatchObject({ progress: { runsDone: 5, runs: [] } });
    await harness.grow(entries.slice(startedAt + 1));
    expect(await ask()).toMatchObject({ status: 'completed', progress: null });
  });

  test('is null where nothing was heard, and kept by no cache; answers from the state know nothing of it', async () => {
    await listen(entries.slice(0, startedAt + 1));
    const before = await harness.app.inject(`/v1/submissions/${submission}`);
    expect(await ask()).toEqual({ id: submission, status: 'running', progress: null });
    evaluator.tell(progressOf(submission));
    await heardByGateway();
    const response = await harness.app.inject(path);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(answers.progressSchema.parse(response.json()).progress).not.toBeNull();
    const after = await harness.app.inject(`/v1/submissions/${submission}`);
    expect([after.body, after.headers.etag]).toEqual([before.body, before.headers.etag]);
  });

  test('of a submission that is not in the log is an error', async () => {
    await listen(entries);
    const response = await harness.app.inject(`/v1/submissions/${another}/progress`);
    expect([response.statusCode, response.json()]).toMatchObject([
      404,
      { error: { code: 'unknown-submission' } },
    ]);
  });
});

test('a gateway that is closed listens no longer', async () => {
  const stops: string[] = [];
  harness = await openHarness(entries, { ports: { onProgress: () => () => void stops.push('stopped') } });
  expect(stops).toEqual([]);
  await harness.app.close();
  expect(stops).toEqual(['stopped']);
});
