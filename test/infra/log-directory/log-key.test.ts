import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadOrCreateLogKey } from '../../../infra/log-directory/log-key.ts';
import { withFolder } from './folder-log.ts';

const ORIGIN = 'prism.example/ledger';

test('a key is made once, for its owner only, and loaded from then on', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'keys/log');
    const made = await loadOrCreateLogKey(path, ORIGIN);
    expect(made.name).toBe(ORIGIN);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await loadOrCreateLogKey(path, ORIGIN)).vkey).toBe(made.vkey);
    expect(await readdir(join(folder, 'keys'))).toEqual(['log']);
    expect((await loadOrCreateLogKey(join(folder, 'other'), ORIGIN)).vkey).not.toBe(made.vkey);
  });
});

test('processes that make it at the same time agree on one', async () => {
  await withFolder(async (folder) => {
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => loadOrCreateLogKey(join(folder, 'log'), ORIGIN)),
    );
    expect(new Set(keys.map(({ vkey }) => vkey)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['log']);
  });
});

test('a key that others can read, of another log, or that is none, is refused with what to do', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'log');
    await loadOrCreateLogKey(path, ORIGIN);
    await expect(loadOrCreateLogKey(path, 'other.example/log')).rejects.toThrow('not of other.example/log');
    await chmod(path, 0o640);
    await expect(loadOrCreateLogKey(path, ORIGIN)).rejects.toThrow('chmod 600');
    await writeFile(join(folder, 'broken'), 'PRIVATE+KEY+x\n', { mode: 0o600 });
    await expect(loadOrCreateLogKey(join(folder, 'broken'), ORIGIN)).rejects.toMatchObject({
      code: 'bad-key',
    });
    await expect(loadOrCreateLogKey(join(folder, 'new'), 'a name')).rejects.toMatchObject({
      code: 'bad-key',
    });
    expect(await readdir(folder)).not.toContain('new');
  });
});
