/** What only the EventStoreDB adapter can meet: a server that is away, and one that others write to. On the double; see its header. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventStore, StoreUnavailableError } from '../../../domain/ports.ts';
import { openEventStoreDb } from '../../../infra/event-store/eventstoredb/store.ts';
import { openEventStore } from '../../../infra/event-store/index.ts';
import { bytesOf, collect, newEvents, newStream, readBytes } from '../../contract/events.ts';
import type { ProposedRecord } from '../../doubles/eventstoredb/log.ts';
import { type EventStoreDbDouble, startEventStoreDbDouble } from '../../doubles/eventstoredb/server.ts';

let double: EventStoreDbDouble;
let store: EventStore;
let stream: string;
beforeEach(async () => {
  double = await startEventStoreDbDouble();
  store = openEventStoreDb(double.url);
  stream = newStream();
});
afterEach(async () => {
  await store.close();
  double.stop();
});

/** A record as PRISM writes it, changed by `change`. */
function record(change: Partial<ProposedRecord> = {}): ProposedRecord {
  const metadata = { version: 1, time: '2026-01-01T00:00:00.000Z', $correlationId: randomUUID(), actor: 'a' };
  return {
    id: randomUUID(),
    type: 'Tested',
    contentType: 'application/json',
    data: Buffer.from('{"n":1}'),
    metadata: Buffer.from(JSON.stringify(metadata)),
    ...change,
  };
}

describe('a server that fails', () => {
  test('a lost acknowledgement: the append is made, and its retry succeeds and adds nothing', async () => {
    const events = newEvents(3);
    double.loseNextAcknowledgement();
    await expect(store.append(stream, 'no-stream', events)).rejects.toThrow(StoreUnavailableError);
    expect(double.log.stream(stream)).toHaveLength(3);
    expect(await store.append(stream, 'no-stream', events)).toBe(2);
    expect(await readBytes(store.readStream(stream))).toEqual(bytesOf(stream, events));
  });

  test('a server that is down, and back on the same port', async () => {
    const events = newEvents(1);
    await store.append(stream, 'no-stream', events);
    double.stop();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(store.append(stream, 0, newEvents(1))).rejects.toThrow(StoreUnavailableError);
      await expect(collect(store.readAll(null))).rejects.toThrow(StoreUnavailableError);
      await expect(collect(store.readStream(stream))).rejects.toThrow(StoreUnavailableError);
    }
    await double.start();
    expect(await store.append(stream, 0, newEvents(1))).toBe(1);
    expect(await collect(store.readAll(null))).toHaveLength(2);
  });

  test('a server that was down from the start', async () => {
    double.stop();
    await expect(store.append(stream, 'no-stream', newEvents(1))).rejects.toThrow(StoreUnavailableError);
    await double.start();
    expect(await store.append(stream, 'no-stream', newEvents(1))).toBe(0);
  });

  test('a server that goes away in the middle of a read', async () => {
    for (let from = 0; from < 3_000; from += 500) {
      await store.append(stream, from === 0 ? 'no-stream' : from - 1, newEvents(500));
    }
    const read = async () => {
      for await (const { event } of store.readAll(null)) if (event.revision === 5) double.stop();
    };
    await expect(read()).rejects.toThrow(StoreUnavailableError);
  });

  const refusals: readonly [string, status, string, RegExp][] = [
    ['access-denied', status.PERMISSION_DENIED, 'access-denied', /refused: access denied: give a user/],
    ['a call that it does not know', status.UNIMPLEMENTED, 'x', /refused: it is no EventStoreDB server/],
  ];
  test.each(refusals)('%s is a refusal, not an outage', async (_name, code, exception, message) => {
    double.refuseNextAppend(code, exception);
    const error = await store.append(stream, 'no-stream', newEvents(1)).catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    expect(error).toHaveProperty('message', expect.stringMatching(message));
    expect(await store.append(stream, 'no-stream', newEvents(1))).toBe(0);
  });

  const outages: readonly [string, status][] = [
    ['timeout', status.ABORTED],
    ['deadline', status.DEADLINE_EXCEEDED],
    ['reset', status.INTERNAL],
  ];
  test.each(outages)('%s may have been appended: StoreUnavailableError', async (exception, code) => {
    double.refuseNextAppend(code, exception);
    await expect(store.append(stream, 'no-stream', newEvents(1))).rejects.toThrow(StoreUnavailableError);
    expect(await store.append(stream, 'no-stream', newEvents(1))).toBe(0);
  });
});

describe('a server that others write to', () => {
  test("their streams and the server's own are left out", async () => {
    double.log.append('$settings', -1, [record({ data: Buffer.from('not ours') })]);
    await store.append(stream, 'no-stream', newEvents(2));
    double.log.append(`$$${stream}`, -1, [record({ type: '$metadata', data: Buffer.from('{}') })]);
    double.log.append('invoice-1', -1, [record({ type: 'invoice.sent', metadata: Buffer.from('') })]);
    await store.append(stream, 1, newEvents(1));
    const all = await collect(store.readAll(null));
    expect(all.map(({ event }) => [event.stream, event.revision])).toEqual([0, 1, 2].map((n) => [stream, n]));
    expect(await collect(store.readAll(all[1]?.position ?? null))).toEqual(all.slice(2));
  });

  const foreign: readonly [string, Partial<ProposedRecord>, RegExp][] = [
    ['no metadata', { metadata: Buffer.from('') }, /its metadata is not ours/],
    ['other metadata', { metadata: Buffer.from('{"user":"x"}') }, /its metadata is not ours/],
    ['bytes', { contentType: 'application/octet-stream' }, /its data is not JSON/],
    ['broken JSON', { data: Buffer.from('{"n":') }, /data/],
    ['a fraction', { data: Buffer.from('{"n":1.5}') }, /\/n is 1.5, not a safe integer/],
    ['a type of another form', { type: 'tested-event' }, /type/],
    ['too many bytes', { data: Buffer.from(`{"n":"${'x'.repeat(70_000)}"}`) }, /at most 65535/],
  ];
  test.each(foreign)(
    'an event in one of our streams with %s is an error that names it',
    async (_name, change, reason) => {
      const written = record(change);
      double.log.append(stream, -1, [written]);
      for (const read of [() => store.readAll(null), () => store.readStream(stream)]) {
        const error = await collect(read()).catch((e: unknown) => e);
        expect(error).not.toBeInstanceOf(StoreUnavailableError);
        expect(error).toHaveProperty('message', expect.stringContaining(`event ${written.id}`));
        expect(error).toHaveProperty('message', expect.stringMatching(reason));
      }
    },
  );

  test('an event as PRISM writes it is read, whoever wrote it', async () => {
    double.log.append(stream, -1, [record()]);
    expect(await collect(store.readStream(stream))).toHaveLength(1);
  });
});

describe('one client', () => {
  test('a second one in the process is refused until the first is closed', async () => {
    expect(() => openEventStoreDb(double.url)).toThrow('has an EventStoreDB client already');
    await store.close();
    store = openEventStoreDb(double.url);
    expect(await store.append(stream, 'no-stream', newEvents(1))).toBe(0);
  });

  test('a closed one lets the process end while the server is up', async () => {
    const module = join(import.meta.dirname, '../../../infra/event-store/index.ts');
    const program = `
      import { openEventStore } from ${JSON.stringify(module)};
      const store = openEventStore(${JSON.stringify(double.url)});
      for await (const stored of store.readAll(null)) console.log(stored);
      await store.append('policy', 'no-stream', ${JSON.stringify(newEvents(1))});
      await store.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(double.log.stream('policy')).toHaveLength(1);
  });
});

describe('the address of a store', () => {
  test('of an unknown scheme, and one that hides conflicts', async () => {
    expect(() => openEventStore('postgres://localhost/x')).toThrow('no event store speaks postgres://');
    await store.close();
    expect(() => openEventStore('esdb://h?tls=false&throwOnAppendFailure=false')).toThrow('hides conflicts');
    expect(() => openEventStore('esdb://h?tls=perhaps')).toThrow('true or false');
    store = openEventStore(double.url);
    expect(await collect(store.readAll(null))).toEqual([]);
  });
});
