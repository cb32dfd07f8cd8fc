import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { directoryFiles } from '../../../infra/log-directory/directory-files.ts';
import * as answers from '../../../services/gateway/answers.ts';
import { ERROR_STATUS } from '../../../services/gateway/errors.ts';
import { openApiDocument } from '../../../services/gateway/openapi.ts';
import { VERSION } from '../../../services/gateway/routes/service.ts';
import { generateLedger } from '../../support/ledger.ts';
import { logFolder } from '../../support/log-folder.ts';
import { openHarness } from './harness.ts';

const entries = generateLedger().entries();
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

describe('health', () => {
  test('is ok while the log can be read, and only then; what was read is still answered', async () => {
    const harness = await openHarness(entries.slice(0, 40));
    const { directory } = harness.folder;
    const health = async () => {
      const response = await harness.app.inject('/health');
      return { status: response.statusCode, body: answers.healthSchema.parse(response.json()) };
    };
    const well = {
      status: 'ok',
      slug: 'prism',
      version: VERSION,
      index: 39,
      checkpointSize: 40,
      reason: null,
    };
    expect(await health()).toEqual({ status: 200, body: well });
    await rename(directory, `${directory}.gone`);
    expect(await health()).toMatchObject({
      status: 503,
      body: { status: 'unavailable', index: 39, reason: 'checkpoint: is missing' },
    });
    expect((await harness.app.inject('/v1/events/3')).json()).toMatchObject({
      error: { code: 'log-unreadable' },
    });
    expect(await harness.json('/v1/leaderboard')).toMatchObject({ index: 39 });
    await rename(`${directory}.gone`, directory);
    expect(await health()).toEqual({ status: 200, body: well });
    await harness.close();
  });

  test('is not ok over another history, of which nothing is folded', async () => {
    const harness = await openHarness(entries.slice(0, 40));
    const other = await logFolder(generateLedger({ seed: 99 }).entries());
    const { directory } = harness.folder;
    await rename(directory, `${directory}.gone`);
    await rename(other.directory, directory);
    const response = await harness.app.inject('/health');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({
      index: 39,
      reason: expect.stringContaining('does not continue'),
    });
    await other.remove();
    await harness.close();
  });

  test('is not ok over a log that was cut short', async () => {
    const harness = await openHarness(entries.slice(0, 40));
    const shorter = await logFolder(entries.slice(0, 30));
    await rename(harness.folder.directory, `${harness.folder.directory}.gone`);
    await rename(shorter.directory, harness.folder.directory);
    expect(await harness.json('/health')).toMatchObject({
      reason: expect.stringContaining('fewer entries than the 40'),
    });
    await shorter.remove();
    await harness.close();
  });

  test('is not ok over a changed checkpoint', async () => {
    const harness = await openHarness(entries.slice(0, 40));
    await writeFile(join(harness.folder.directory, 'checkpoint'), 'prism.test\n41\nAAAA\n');
    expect((await harness.app.inject('/health')).statusCode).toBe(503);
    await harness.close();
  });
});

describe('the follower', () => {
  test('starts before there is a log, and follows it by wake-ups', async () => {
    const folder = await logFolder();
    let isThere = false;
    let wake = (_category: string): void => {};
    const { read } = directoryFiles(folder.directory);
    const messages: string[] = [];
    const harness = await openHarness([], {
      ports: {
        readLogFile: async (path) => (isThere ? await read(path) : null),
        onWake: (onWake) => {
          wake = onWake;
          return () => {};
        },
        logger: {
          info: (message) => void messages.push(message),
          error: (message) => void messages.push(message),
        },
      },
      folded: false,
    });
    const stop = new AbortController();
    const running = harness.follower.run(stop.signal);
    expect((await harness.app.inject('/v1/leaderboard')).json()).toMatchObject({
      error: { code: 'log-unreadable' },
    });
    expect((await harness.app.inject('/health')).statusCode).toBe(503);
    isThere = true;
    for (const until of [10, 30, 60]) {
      await folder.writer.append(entries.slice(harness.follower.size, until));
      wake('log');
      await harness.follower.grown(until - 1, 10_000, stop.signal);
      expect(harness.follower.size).toBe(until);
    }
    expect(messages).toEqual(['the log cannot be read', expect.stringContaining('can be read again')]);
    stop.abort();
    await running;
    await harness.close();
    await folder.remove();
  });
});

describe('version', () => {
  test('as the reference says it', async () => {
    const harness = await openHarness([]);
    const version = answers.versionSchema.parse(await harness.json('/version'));
    expect(version).toMatchObject({ api_version: '1.0', challenge_version: VERSION });
    expect(version.capabilities).toEqual(expect.arrayContaining(['get_weights', 'proxy_routes']));
    await harness.close();
  });
});

describe('openapi.json', () => {
  const document = openApiDocument(VERSION);

  test('is served, and the one in docs/ is current', async () => {
    const harness = await openHarness([]);
    expect(await harness.json('/openapi.json')).toEqual(document);
    await harness.close();
    const written: unknown = JSON.parse(
      readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
    );
    // Not current? npx node services/gateway/write-openapi.ts
    expect(written).toEqual(document);
  });

  test('has every route that is served, and no other', async () => {
    const harness = await openHarness([]);
    await harness.app.ready();
    const { paths } = documentSchema.parse(document);
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method })),
    );
    for (const { path, method } of documented) {
      const route = path.replace('{path}', '*').replaceAll(/\{(\w+)\}/g, ':$1');
      expect([
        route,
        harness.app.hasRoute({ method: method === 'get' ? 'GET' : 'POST', url: route }),
      ]).toEqual([route, true]);
    }
    const served = harness.app.printRoutes({ commonPrefix: false }).match(/\((GET|POST)/g) ?? [];
    await harness.close();
    // Served besides: the document itself, and the bridge with a slash at its end.
    expect(served.length).toBe(documented.length + 2);
  });

  test('docs/http.md tells of every route and of every error', () => {
    const text = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8');
    const routes = Object.entries(documentSchema.parse(document).paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `\`${method.toUpperCase()} ${path}\``),
    );
    expect(routes.filter((route) => !text.includes(route))).toEqual([]);
    expect(Object.keys(ERROR_STATUS).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });
});
