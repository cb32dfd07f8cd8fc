import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as answers from '../../../services/gateway/answers.ts';
import { openEventStream } from '../../support/event-stream.ts';
import { generateLedger } from '../../support/ledger.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';
import { seededRandom } from '../../support/random.ts';
import { type Harness, openHarness } from './harness.ts';
import { heavyLedger } from './heavy-ledger.ts';

let harness: Harness;
let url: string;

async function listen(entries: readonly Buffer[]): Promise<void> {
  harness = await openHarness(entries);
  url = await harness.app.listen({ host: '127.0.0.1', port: 0 });
}

afterEach(() => harness.close());

/** The next `count` messages. */
async function take(stream: Awaited<ReturnType<typeof openEventStream>>, count: number) {
  const messages = [];
  while (messages.length < count) {
    const message = await stream.next();
    if (message === null) throw new Error(`the stream ended after ${messages.length} of ${count} messages`);
    messages.push(message);
  }
  return messages;
}

const messageOf = (ledger: LedgerBuilder, index: number) => ({
  id: index,
  event: ledger.events[index]?.type,
  data: ledger.entries()[index]?.toString('utf8'),
});

describe('the feed of events', () => {
  test('200 cut connections lose nothing and double nothing, while the log grows', async () => {
    const ledger = generateLedger({ seed: 2, submissions: 300 });
    const entries = ledger.entries();
    const start = entries.length - 400;
    // More than what is kept in memory, so that the first of it is read from the log.
    expect(start).toBeGreaterThan(2_500);
    await listen(entries.slice(0, start));
    const random = seededRandom(11);
    const received: { id: number; event: string; data: string }[] = [];
    let size = start;
    let position: number | null = null;
    for (let cut = 0; cut <= 200; cut += 1) {
      const stream: Awaited<ReturnType<typeof openEventStream>> = await openEventStream(
        `${url}/v1/feed?after=-1`,
        position,
      );
      const wanted =
        cut === 200 ? entries.length - received.length : Math.min(random.int(40), size - received.length);
      received.push(...(await take(stream, cut === 200 ? size - received.length : wanted)));
      if (cut % 5 === 0 && size < entries.length) {
        await harness.grow(entries.slice(size, size + 10));
        size += 10;
      }
      if (cut === 200) received.push(...(await take(stream, size - received.length)));
      position = stream.lastId();
      stream.cut();
    }
    expect(size).toBe(entries.length);
    expect(received.map(({ id }) => id)).toEqual(entries.map((_, index) => index));
    expect(received.map(({ data }) => data)).toEqual(entries.map((entry) => entry.toString('utf8')));
    expect(received.map(({ event }) => event)).toEqual(ledger.events.map(({ type }) => type));
  }, 120_000);

  test('who comes without a position hears what is new, also where the first connection is cut before anything is', async () => {
    const ledger = generateLedger();
    const entries = ledger.entries();
    await listen(entries.slice(0, 20));
    const first = await openEventStream(`${url}/v1/feed`);
    expect(first.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    // Its position comes in a block without data, which a message after it shows to have arrived.
    await harness.grow(entries.slice(20, 21));
    expect(await take(first, 1)).toEqual([messageOf(ledger, 20)]);
    first.cut();
    await harness.grow(entries.slice(21, 24));
    const second = await openEventStream(`${url}/v1/feed`, first.lastId());
    expect((await take(second, 3)).map(({ id }) => id)).toEqual([21, 22, 23]);
    second.cut();
  });

  test('only the types that are asked for, and a position that moves with all', async () => {
    const ledger = generateLedger();
    const entries = ledger.entries();
    await listen(entries);
    const wanted = ledger.events.flatMap(({ type }, index) =>
      type === 'SubmissionScored' || type === 'EpochClosed' ? [index] : [],
    );
    const stream = await openEventStream(`${url}/v1/feed?after=-1&types=SubmissionScored,EpochClosed`);
    expect(await take(stream, wanted.length)).toEqual(wanted.map((index) => messageOf(ledger, index)));
    stream.cut();
    expect((await harness.app.inject('/v1/feed?types=Nothing')).statusCode).toBe(400);
  });

  test('a position ahead of the log is waited for where a browser brings it, and refused where it is asked for', async () => {
    const ledger = generateLedger();
    const entries = ledger.entries();
    await listen(entries.slice(0, 10));
    const early = await openEventStream(`${url}/v1/feed`, 14);
    await harness.grow(entries.slice(10, 18));
    expect((await take(early, 3)).map(({ id }) => id)).toEqual([15, 16, 17]);
    early.cut();
    const refused = await harness.app.inject('/v1/feed?after=18');
    expect(refused.json()).toMatchObject({ error: { code: 'beyond-the-log' } });
    const header = { 'last-event-id': 'yesterday' };
    expect((await harness.app.inject({ url: '/v1/feed', headers: header })).statusCode).toBe(400);
  });

  test('listeners are let go when the gateway closes', async () => {
    await listen(generateLedger().entries());
    const stream = await openEventStream(`${url}/v1/feed?after=100`);
    await take(stream, 1);
    await harness.app.close();
    let message = await stream.next();
    while (message !== null) message = await stream.next();
    expect(stream.response.complete).toBe(true);
  });

  test('a reader that stops reading is not read ahead for', async () => {
    const { entries, more } = heavyLedger();
    await listen(entries);
    const responses: ServerResponse[] = [];
    harness.app.server.prependListener(
      'request',
      (_request, response: ServerResponse) => void responses.push(response),
    );
    const stream = await openEventStream(`${url}/v1/feed?after=-1`);
    const [response] = responses;
    if (response === undefined) throw new Error('no request was seen');
    // Nobody reads: what the kernel takes is taken, then the response is full.
    while (!response.writableNeedDrain) await turn();
    await harness.grow(more);
    for (let turns = 0; turns < 2_000; turns += 1) {
      await turn();
      expect(response.writableLength).toBeLessThan(512 * 1_024);
    }
    expect(response.writableNeedDrain).toBe(true);
    const all = [...entries, ...more];
    const received = await take(stream, all.length);
    expect(received.map(({ id }) => id)).toEqual(all.map((_, index) => index));
    stream.cut();
  }, 120_000);
});

describe('the feed of a read model', () => {
  test.each([
    ['leaderboard', answers.leaderboardSchema],
    ['owners', answers.ownersSchema],
  ] as const)('%s: the present view, and a new one at each change of its digest', async (name, schema) => {
    const ledger = generateLedger();
    const entries = ledger.entries();
    await listen(entries.slice(0, 1));
    const stream = await openEventStream(`${url}/v1/feed?projection=${name}`);
    const view = schema.extend(answers.stateSchema.shape);
    const seen = [view.parse(JSON.parse((await take(stream, 1))[0]?.data ?? ''))];
    const digests = [seen[0]?.stateDigest];
    for (let at = 1; at < entries.length; at += 1) {
      await harness.grow(entries.slice(at, at + 1));
      const present = view.parse(await harness.json(`/v1/${name}`));
      if (present.stateDigest === digests.at(-1)) continue;
      digests.push(present.stateDigest);
      const [message] = await take(stream, 1);
      expect(message).toMatchObject({ id: at, event: name });
      expect(view.parse(JSON.parse(message?.data ?? ''))).toEqual(present);
    }
    expect(digests.length).toBeGreaterThan(5);
    stream.cut();
  });

  test('another read model is refused', async () => {
    await listen([]);
    expect((await harness.app.inject('/v1/feed?projection=weather')).statusCode).toBe(400);
  });
});
