import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { signCheckpoint } from '../../../domain/log/checkpoint.ts';
import { EMPTY_ROOT } from '../../../domain/log/hashes.ts';
import { signerFromSeed } from '../../../domain/log/keys.ts';
import { openLogDirectory } from '../../../infra/log-directory/log-writer.ts';
import { LogLockedError } from '../../../infra/log-directory/writer-lock.ts';
import { contents, entries, KEY, verified, withFolder } from './folder-log.ts';

describe('a new log', () => {
  test('is a signed one of no entries, which verifies', async () => {
    await withFolder(async (folder) => {
      const directory = join(folder, 'a/b/log');
      const writer = await openLogDirectory(directory, KEY);
      expect(writer.checkpoint.size).toBe(0);
      writer.close();
      expect(await verified(directory)).toEqual([]);
      expect(await readFile(join(directory, 'log.vkey'), 'utf8')).toBe(`${KEY.vkey}\n`);
    });
  });
});

describe('appending', () => {
  test('leaves a log that verifies at every size on the way', async () => {
    await withFolder(async (folder) => {
      let writer = await openLogDirectory(folder, KEY);
      let size = 0;
      for (const [at, count] of [1, 2, 250, 3, 1, 255, 300, 256].entries()) {
        const checkpoint = await writer.append(entries(size, size + count));
        size += count;
        expect(checkpoint.size).toBe(size);
        expect(await verified(folder)).toEqual(entries(0, size));
        if (at % 3 !== 2) continue;
        writer.close();
        writer = await openLogDirectory(folder, KEY);
        expect(writer.checkpoint).toEqual(checkpoint);
      }
      writer.close();
    });
  });

  test('keeps partial tiles of signed sizes until the full one is there', async () => {
    await withFolder(async (folder) => {
      const writer = await openLogDirectory(folder, KEY);
      await writer.append(entries(0, 10));
      await writer.append(entries(10, 200));
      expect((await readdir(join(folder, 'tile/0/000.p'))).toSorted()).toEqual(['10', '200']);
      expect((await readdir(join(folder, 'tile/entries/000.p'))).toSorted()).toEqual(['10', '200']);
      await writer.append(entries(200, 260));
      writer.close();
      const files = Object.keys(await contents(folder)).toSorted();
      const tiles = [
        'tile/0/000',
        'tile/0/001.p/4',
        'tile/1/000.p/1',
        'tile/entries/000',
        'tile/entries/001.p/4',
      ];
      expect(files).toEqual(['checkpoint', 'log.vkey', ...tiles]);
    });
  });

  test('nothing writes nothing', async () => {
    await withFolder(async (folder) => {
      const writer = await openLogDirectory(folder, KEY);
      const before = await contents(folder);
      expect(await writer.append([])).toBe(writer.checkpoint);
      writer.close();
      expect(await contents(folder)).toEqual(before);
    });
  });

  test('an entry of 65,535 bytes is taken, a longer one refused without a trace', async () => {
    await withFolder(async (folder) => {
      const writer = await openLogDirectory(folder, KEY);
      await writer.append([Buffer.alloc(65_535, 1)]);
      const before = await contents(folder);
      const refused = writer.append([Buffer.alloc(1), Buffer.alloc(65_536)]);
      await expect(refused).rejects.toMatchObject({ code: 'entry-too-long', index: 2 });
      expect(await contents(folder)).toEqual(before);
      await writer.append([Buffer.alloc(1)]);
      writer.close();
      expect((await verified(folder)).map(({ length }) => length)).toEqual([65_535, 1]);
    });
  });

  test('is done by one writer at a time, and one append at a time', async () => {
    await withFolder(async (folder) => {
      const directory = join(folder, 'log');
      const writer = await openLogDirectory(directory, KEY);
      const second = openLogDirectory(directory, KEY);
      await expect(second).rejects.toThrow(LogLockedError);
      await expect(second).rejects.toThrow(`process ${process.pid}`);
      const [first] = [writer.append(entries(0, 5))];
      await expect(writer.append(entries(5, 6))).rejects.toThrow('appending');
      await first;
      writer.close();
      await expect(writer.append(entries(5, 6))).rejects.toThrow('closed');
      const next = await openLogDirectory(directory, KEY);
      await next.append(entries(5, 6));
      next.close();
      expect(await verified(directory)).toEqual(entries(0, 6));
    });
  });
});

describe('what a writer refuses', () => {
  async function withLog(use: (directory: string) => Promise<void>): Promise<void> {
    await withFolder(async (folder) => {
      const directory = join(folder, 'log');
      const writer = await openLogDirectory(directory, KEY);
      await writer.append(entries(0, 300));
      writer.close();
      await use(directory);
    });
  }

  test('a log of another key', async () => {
    await withLog(async (directory) => {
      const other = signerFromSeed(KEY.name, Buffer.alloc(32, 8));
      await expect(openLogDirectory(directory, other)).rejects.toMatchObject({
        code: 'wrong-key',
        file: 'log.vkey',
      });
      await rm(join(directory, 'log.vkey'));
      const unlabelled = openLogDirectory(directory, other);
      await expect(unlabelled).rejects.toMatchObject({ code: 'bad-signature', file: 'checkpoint' });
    });
  });

  test('a log whose checkpoint is gone', async () => {
    await withLog(async (directory) => {
      await rm(join(directory, 'checkpoint'));
      const opening = openLogDirectory(directory, KEY);
      await expect(opening).rejects.toMatchObject({ code: 'missing-file', file: 'checkpoint' });
    });
  });

  test('a log whose right edge is damaged', async () => {
    await withLog(async (directory) => {
      await writeFile(join(directory, 'tile/entries/001.p/44'), 'x');
      await expect(openLogDirectory(directory, KEY)).rejects.toMatchObject({ file: 'tile/entries/001.p/44' });
    });
  });

  test.each(['notes.txt', 'tile/0/extra', 'link'])('a file that no log has: %s', async (path) => {
    await withLog(async (directory) => {
      const file = join(directory, path);
      await (path === 'link' ? symlink('checkpoint', file) : writeFile(file, 'x'));
      await expect(openLogDirectory(directory, KEY)).rejects.toMatchObject({ code: 'unknown-file' });
      await expect(verified(directory)).rejects.toMatchObject({ code: 'unknown-file' });
    });
  });

  test('to sign over a checkpoint that it does not know', async () => {
    await withLog(async (directory) => {
      const writer = await openLogDirectory(directory, KEY);
      const larger = signCheckpoint(1000, EMPTY_ROOT, KEY).note;
      await writeFile(join(directory, 'checkpoint'), larger);
      const append = writer.append(entries(300, 301));
      await expect(append).rejects.toMatchObject({ code: 'would-rewrite', file: 'checkpoint' });
      await expect(writer.append(entries(300, 301))).rejects.toThrow('failed');
      writer.close();
      expect(await readFile(join(directory, 'checkpoint'))).toEqual(larger);
    });
  });

  test('to go on otherwise than a larger log that was there did', async () => {
    await withLog(async (directory) => {
      const stale = await readFile(join(directory, 'checkpoint'));
      const writer = await openLogDirectory(directory, KEY);
      await writer.append(entries(300, 600));
      writer.close();
      await mkdir(join(directory, 'tile/entries/001.p'), { recursive: true });
      await mkdir(join(directory, 'tile/0/001.p'), { recursive: true });
      await writeFile(join(directory, 'checkpoint'), stale);
      const rolledBack = await openLogDirectory(directory, KEY);
      expect(rolledBack.checkpoint.size).toBe(300);
      const other = rolledBack.append(entries(301, 601));
      await expect(other).rejects.toMatchObject({ code: 'would-rewrite' });
      rolledBack.close();
      const again = await openLogDirectory(directory, KEY);
      await again.append(entries(300, 600));
      again.close();
      expect(await verified(directory)).toEqual(entries(0, 600));
    });
  });
});
