import { createReadStream } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { LogReader } from '../../../domain/log/log-reader.ts';
import { verifyLog } from '../../../domain/log/verify-log.ts';
import { openLogDirectory } from '../../../infra/log-directory/log-writer.ts';
import { urlFiles } from '../../../infra/log-directory/url-files.ts';
import { entries, KEY, withFolder } from './folder-log.ts';

async function serving(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  try {
    await use(`http://127.0.0.1:${address.port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

test('a log behind a web server is read and verified', async () => {
  await withFolder(async (folder) => {
    const writer = await openLogDirectory(join(folder, 'log'), KEY);
    await writer.append(entries(0, 3000));
    writer.close();
    const listener: RequestListener = (request, response) => {
      const stream = createReadStream(join(folder, request.url ?? ''));
      stream.on('error', () => response.writeHead(404).end());
      stream.pipe(response);
    };
    await serving(listener, async (url) => {
      const log = await verifyLog(urlFiles(`${url}/log`), { vkey: KEY.vkey });
      expect(log.filesListed).toBe(false);
      const read: Buffer[] = [];
      for await (const { bytes } of log.entries()) read.push(bytes);
      expect(read).toEqual(entries(0, 3000));
      expect(await new LogReader(urlFiles(`${url}/log/`).read, KEY.vkey).readEntry(2222)).toEqual(
        entries(2222, 2223)[0],
      );
      await expect(verifyLog(urlFiles(url), { vkey: KEY.vkey })).rejects.toMatchObject({
        code: 'missing-file',
      });
    });
  });
});

test('a server that fails is asked again, up to three times; one that refuses is not', async () => {
  const asked = new Map<string, number>();
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '';
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    if (path === '/refusing') response.writeHead(403).end();
    else if (path === '/gone') response.writeHead(410).end();
    else if (path === '/broken') response.writeHead(502).end();
    else if (times < 3) response.destroy();
    else response.end('content');
  };
  await serving(listener, async (url) => {
    const { read } = urlFiles(url);
    expect(await read('flaky')).toEqual(Buffer.from('content'));
    expect(await read('gone')).toBeNull();
    await expect(read('broken')).rejects.toThrow(`cannot read ${url}/broken: the server answered 502`);
    await expect(read('refusing')).rejects.toThrow('403');
    expect(Object.fromEntries(asked)).toEqual({ '/flaky': 3, '/gone': 1, '/broken': 3, '/refusing': 1 });
  });
});

test('a file that is longer than any of a log is not read to its end', async () => {
  const block = Buffer.alloc(1 << 20);
  const endless: RequestListener = (_, response) => {
    const more = (): void => {
      while (response.write(block));
    };
    response.on('drain', more);
    more();
  };
  await serving(endless, async (url) => {
    await expect(urlFiles(url).read('checkpoint')).rejects.toThrow('more than any of a log');
  });
});

test('only http and https addresses are taken', () => {
  expect(() => urlFiles('file:///etc')).toThrow(RangeError);
  expect(() => urlFiles('not an address')).toThrow(RangeError);
});
