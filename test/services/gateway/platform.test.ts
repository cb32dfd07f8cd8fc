import { randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as answers from '../../../services/gateway/answers.ts';
import { generateLedger } from '../../support/ledger.ts';
import { type Harness, openHarness, TOKEN } from './harness.ts';

const ledger = generateLedger();
const entries = ledger.entries();
const WEIGHTS = '/internal/v1/get_weights';

describe('get_weights', () => {
  const bearer = { authorization: `Bearer ${TOKEN}` };
  let harness: Harness;
  beforeAll(async () => {
    harness = await openHarness(entries);
  });
  afterAll(() => harness.close());

  test.each(['x-platform-challenge-slug', 'X-Base-Challenge-Slug'])(
    'is the same bytes each time, with %s',
    async (header) => {
      const ask = () => harness.app.inject({ url: WEIGHTS, headers: { ...bearer, [header]: 'prism' } });
      const [first, second] = [await ask(), await ask()];
      const again = await openHarness(entries);
      const elsewhere = await again.app.inject({ url: WEIGHTS, headers: { ...bearer, [header]: 'prism' } });
      await again.close();
      expect(first.statusCode).toBe(200);
      expect(second.rawPayload.equals(first.rawPayload)).toBe(true);
      expect(elsewhere.rawPayload.equals(first.rawPayload)).toBe(true);
      const { epoch, weights, metadata } = answers.getWeightsSchema.parse(first.json());
      const derived = ledger.state.epochs.get(2)?.weights;
      expect(epoch).toBe(2);
      expect(metadata.units).toEqual(
        Object.fromEntries((derived?.shares ?? []).map(({ hotkey, units }) => [hotkey, units])),
      );
      expect(Object.keys(weights)).toEqual(Object.keys(metadata.units));
      expect(first.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  test.each([
    ['no token', {}, 401, 'unauthorized'],
    [
      'another token',
      { authorization: 'Bearer x', 'x-platform-challenge-slug': 'prism' },
      401,
      'unauthorized',
    ],
    [
      'a token that begins alike',
      { authorization: `Bearer ${TOKEN}x`, 'x-platform-challenge-slug': 'prism' },
      401,
      'unauthorized',
    ],
    [
      'the token without its scheme',
      { authorization: TOKEN, 'x-platform-challenge-slug': 'prism' },
      401,
      'unauthorized',
    ],
    ['no slug', bearer, 400, 'wrong-slug'],
    ['another slug', { ...bearer, 'x-platform-challenge-slug': 'chess' }, 400, 'wrong-slug'],
    [
      'two slugs',
      { ...bearer, 'x-platform-challenge-slug': 'prism', 'x-base-challenge-slug': 'chess' },
      400,
      'wrong-slug',
    ],
  ])('%s', async (_, headers, status, code) => {
    const response = await harness.app.inject({ url: WEIGHTS, headers });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: { code } });
  });

  test('503 where no token is configured', async () => {
    const open = await openHarness(entries, { settings: { bridgeToken: null } });
    const response = await open.app.inject({ url: WEIGHTS, headers: { authorization: 'Bearer null' } });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: { code: 'token-not-configured' } });
    await open.close();
  });

  test('503 while the log has never been read, rather than weights of nobody', async () => {
    const blind = await openHarness(entries, { folded: false });
    const response = await blind.app.inject({
      url: WEIGHTS,
      headers: { ...bearer, 'x-base-challenge-slug': 'prism' },
    });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: { code: 'log-unreadable' } });
    await blind.close();
  });
});

describe('the bridge', () => {
  interface Seen {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  }
  let intake: Server;
  let seen: Seen[];
  let harness: Harness;
  let url: string;

  beforeEach(async () => {
    seen = [];
    intake = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks),
        });
        response
          .writeHead(409, { 'content-type': 'application/json', 'x-of-intake': 'yes' })
          .end('{"error":"as it is"}');
      });
    });
    await new Promise<void>((resolve) => intake.listen(0, '127.0.0.1', resolve));
    const { port } = intake.address() as AddressInfo;
    harness = await openHarness(entries, { settings: { intakeUrl: `http://127.0.0.1:${port}` } });
    url = await harness.app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await harness.close();
    intake.close();
  });

  test.each(['application/zip', 'application/json', 'application/octet-stream', 'text/plain'])(
    '%s goes through untouched',
    async (type) => {
      const body = randomBytes(3_000_000);
      const headers = {
        authorization: 'Bearer whatever',
        'content-type': type,
        'x-base-verified-hotkey': '5Miner',
        'x-base-request-hash': 'abc',
        'x-submission-filename': 'a.zip',
      };
      const response = await fetch(`${url}/internal/v1/bridge/submissions?a=1&b=%2F`, {
        method: 'POST',
        headers,
        body,
      });
      expect(response.status).toBe(409);
      expect(response.headers.get('x-of-intake')).toBe('yes');
      expect(await response.text()).toBe('{"error":"as it is"}');
      expect(seen).toMatchObject([
        { method: 'POST', url: '/internal/v1/bridge/submissions?a=1&b=%2F', headers },
      ]);
      expect(seen[0]?.body.equals(body)).toBe(true);
    },
  );

  /** Sends a body with these headers as they are; `fetch` would refuse some of them. */
  function post(headers: { [name: string]: string | number }, body: Buffer): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/internal/v1/bridge/submissions`, { method: 'POST', headers });
      request.once('response', (response) => resolve(response.resume().statusCode)).once('error', reject);
      request.end(body);
    });
  }

  test('a sender that asks before it sends gets its answer', async () => {
    const body = randomBytes(3_000_000);
    expect(await post({ expect: '100-continue', 'content-length': body.length }, body)).toBe(409);
    expect(seen).toHaveLength(1);
  });

  test('413 for more than intake reads, of which it then sees nothing', async () => {
    expect(await post({ 'content-length': 9_000_000 }, Buffer.alloc(10))).toBe(413);
    expect(seen).toEqual([]);
  });

  test('503 with Retry-After while intake is down, and again once it is back', async () => {
    const { port } = intake.address() as AddressInfo;
    await new Promise((resolve) => intake.close(resolve));
    const send = () => fetch(`${url}/internal/v1/bridge/submissions`, { method: 'POST', body: 'x' });
    const down = await send();
    expect(down.status).toBe(503);
    expect(down.headers.get('retry-after')).toBe('2');
    expect(answers.errorSchema.parse(await down.json()).error.code).toBe('intake-unavailable');
    await new Promise<void>((resolve) => intake.listen(port, '127.0.0.1', resolve));
    expect((await send()).status).toBe(409);
  });

  test('nothing else of intake is reachable', async () => {
    const paths = [
      '/internal/v1/bridge/submissions/health',
      '/internal/v1/bridge/submissions/..%2f..%2fhealth',
      '/internal/v1/worker/poll',
    ];
    for (const path of paths) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        httpRequest(`${url}${path}`, { method: 'POST' }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(404);
    }
    expect((await fetch(`${url}/internal/v1/bridge/submissions`)).status).toBe(404);
    expect(seen).toEqual([]);
  });
});
