import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifyLog } from '../../../domain/log/verify-log.ts';
import { urlFiles } from '../../../infra/log-directory/url-files.ts';
import { generateLedger } from '../../support/ledger.ts';
import { TEST_SIGNER } from '../../support/log-folder.ts';
import { type Harness, openHarness } from './harness.ts';

const entries = generateLedger({ submissions: 30 }).entries();
let harness: Harness;
let url: string;

beforeAll(async () => {
  harness = await openHarness(entries);
  url = await harness.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => harness.close());

describe('the log behind the gateway', () => {
  test('verifies by its address, entry for entry', async () => {
    const log = await verifyLog(urlFiles(url), { vkey: TEST_SIGNER.vkey });
    const read: Buffer[] = [];
    for await (const { bytes } of log.entries()) read.push(bytes);
    expect(read).toEqual(entries);
  });

  test.each([
    ['/checkpoint', 'text/plain; charset=utf-8', 'no-cache'],
    ['/log.vkey', 'text/plain; charset=utf-8', 'public, no-cache'],
    ['/tile/0/000', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['/tile/entries/000', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    [
      `/tile/0/001.p/${entries.length - 256}`,
      'application/octet-stream',
      'public, max-age=31536000, immutable',
    ],
  ])('%s', async (path, type, cacheControl) => {
    const response = await harness.app.inject(path);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({ 'content-type': type, 'cache-control': cacheControl });
  });

  test('a tile that no checkpoint read so far covers is not to be kept', async () => {
    const young = await openHarness(entries.slice(0, 100));
    await young.folder.writer.append(entries.slice(100, 300));
    const response = await young.app.inject('/tile/entries/000');
    expect([response.statusCode, response.headers['cache-control']]).toEqual([200, 'no-cache']);
    await young.close();
  });

  test.each([
    '/tile/../checkpoint',
    '/tile/..%2f..%2fcheckpoint',
    '/tile/0/../../../log.writer/pid',
    '/tile/0/%2e%2e/%2e%2e/log.vkey',
    '/tile/0/000%00',
    '/tile//0/000',
    '/tile/0/0',
    '/tile/00/000',
    '/tile/0/000.p/0',
    '/tile/0/999',
    '/tile/',
    '/log.key',
    '/.writer/lock',
  ])('%s is not a file of the log', async (path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      // Not fetch: it would tidy up the path before it asks.
      const { hostname, port } = new URL(url);
      request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});
