import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectNatsBus } from '../../../infra/bus/nats.ts';
import { startNatsServer } from '../../../infra/bus/nats-server.ts';
import { openEventStore } from '../../../infra/event-store/index.ts';
import { openLogDirectory } from '../../../infra/log-directory/log-writer.ts';
import { start } from '../../../services/gateway/start.main.ts';
import { loadSettings, placesOf, type Settings } from '../../../services/settings.ts';
import { openEventStream } from '../../support/event-stream.ts';
import { generateLedger } from '../../support/ledger.ts';
import { TEST_SIGNER } from '../../support/log-folder.ts';
import { progressOf } from './progress.ts';

const ledger = generateLedger();
const entries = ledger.entries();
const extra = { intakeUrl: 'http://127.0.0.1:9', natsUrl: null };
let data: string;
let settings: Settings;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'prism-gateway-'));
  settings = loadSettings(null, {}, { data, port: 0 });
});
afterEach(() => rm(data, { recursive: true, force: true }));

async function writeLog(count: number): Promise<void> {
  const writer = await openLogDirectory(placesOf(settings).log, TEST_SIGNER);
  await writer.append(entries.slice(writer.checkpoint.size, count));
  writer.close();
}

describe('the gateway as it is started', () => {
  test('serves what is in the data folder, follows it, and closes on its signal', async () => {
    const places = placesOf(settings);
    await mkdir(dirname(places.bridgeToken), { recursive: true });
    await writeFile(places.bridgeToken, 'secret\n');
    await writeLog(100);
    const stop = new AbortController();
    const { url, closed } = await start(settings, extra, stop.signal);
    const health = await fetch(`${url}/health`);
    expect(await health.json()).toMatchObject({ status: 'ok', index: 99 });
    const headers = { authorization: 'Bearer secret', 'x-base-challenge-slug': 'prism' };
    expect((await fetch(`${url}/internal/v1/get_weights`, { headers })).status).toBe(200);
    const stream = await openEventStream(`${url}/v1/feed?after=99`);
    await writeLog(102);
    expect([(await stream.next())?.id, (await stream.next())?.id]).toEqual([100, 101]);
    stop.abort();
    await closed;
    expect(await stream.next()).toBeNull();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  test('knows of a submission that stands in the store alone', async () => {
    const [submission = ''] = ledger.state.submissions.keys();
    const received = ledger.events.filter(({ stream }) => stream === `submission-${submission}`).slice(0, 1);
    const store = openEventStore(placesOf(settings).store);
    await store.append(`submission-${submission}`, 'no-stream', received);
    await store.close();
    await writeLog(1);
    const stop = new AbortController();
    const { url, closed } = await start(settings, extra, stop.signal);
    const receipt = (id: string) => fetch(`${url}/v1/submissions/${id}/receipt`).then(({ status }) => status);
    expect(await receipt(submission)).toBe(202);
    expect(await receipt('00000000-0000-5000-8000-000000000000')).toBe(404);
    await writeLog(entries.length);
    expect(await receipt(submission)).toBe(200);
    stop.abort();
    await closed;
  });

  test('shows the progress that evaluators tell over NATS', async () => {
    const server = await startNatsServer({ dir: join(data, 'nats') });
    const evaluator = await connectNatsBus({ servers: server.url, name: 'evaluator' });
    await writeLog(10);
    const stop = new AbortController();
    const { url, closed } = await start(settings, { ...extra, natsUrl: server.url }, stop.signal);
    const stream = await openEventStream(`${url}/v1/feed?progress=all`);
    const told = progressOf('070105ab-0000-5000-8000-000000000000');
    evaluator.tell(told);
    expect(await stream.next()).toEqual({ id: 9, event: 'progress', data: JSON.stringify(told) });
    stop.abort();
    await closed;
    await evaluator.close();
    await server.stop();
  });

  test('listens before there is a log, and lets Platform in only with a token', async () => {
    const stop = new AbortController();
    const { url, closed } = await start(settings, extra, stop.signal);
    expect((await fetch(`${url}/health`)).status).toBe(503);
    const refused = await fetch(`${url}/internal/v1/get_weights`, { headers: { authorization: 'Bearer x' } });
    expect(await refused.json()).toMatchObject({ error: { code: 'token-not-configured' } });
    await writeLog(10);
    expect(await (await fetch(`${url}/v1/submissions?at=9`)).json()).toMatchObject({ index: 9 });
    stop.abort();
    await closed;
  });
});
