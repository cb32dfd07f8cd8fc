/** A writer that is stopped at any moment: the next one goes on as if nothing had happened. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import type { FileSystem } from '../../../infra/log-directory/durable-files.ts';
import { openLogDirectory } from '../../../infra/log-directory/log-writer.ts';
import { contents, entries, KEY, verified, withFolder } from './folder-log.ts';

/** Sizes of the log at which a checkpoint is signed: within a tile, over the end of one, over several. */
const SIZES = [0, 2, 250, 259, 530];

class Crash extends Error {}

/** The file system until the `fatal`-th call that changes something; from then on, half-way through that call, nothing works any more. */
function crashingAt(fatal: number, renamed: boolean): { fileSystem: FileSystem; calls: () => number } {
  let calls = 0;
  const reach = (): 'before' | 'now' => {
    calls += 1;
    if (calls > fatal) throw new Crash();
    return calls === fatal ? 'now' : 'before';
  };
  const or = async (change: () => Promise<unknown>, half: () => Promise<unknown>): Promise<void> => {
    if (reach() === 'before') return void (await change());
    await half();
    throw new Crash();
  };
  const fileSystem = {
    ...fs,
    rm: async (path: string, options?: object) =>
      await or(
        () => fs.rm(path, options),
        async () => {},
      ),
    // A rename is whole or not at all: it stops right before or right after it.
    rename: async (from: string, to: string) =>
      await or(
        () => fs.rename(from, to),
        async () => (renamed ? fs.rename(from, to) : undefined),
      ),
    open: async (path: string, flags: string) => {
      const handle = await fs.open(path, flags);
      const write = handle.writeFile.bind(handle);
      const sync = handle.sync.bind(handle);
      handle.writeFile = async (bytes) => {
        if (!(bytes instanceof Uint8Array)) throw new TypeError('only bytes are written');
        await or(
          () => write(bytes),
          () => write(bytes.subarray(0, bytes.length / 2)),
        );
      };
      handle.sync = async () => await or(sync, async () => {});
      return handle;
    },
  } as FileSystem;
  return { fileSystem, calls: () => calls };
}

/** Opens the log and appends, checkpoint by checkpoint, what is missing of it. */
async function write(directory: string, fileSystem?: FileSystem): Promise<void> {
  const writer = await openLogDirectory(directory, KEY, fileSystem);
  try {
    for (const size of SIZES) {
      if (size > writer.checkpoint.size) await writer.append(entries(writer.checkpoint.size, size));
    }
  } finally {
    // A process that died would have let go of the lock too.
    writer.close();
  }
}

test('stopped at each write, sync, rename and removal in turn', async () => {
  await withFolder(async (folder) => {
    const uncrashed = crashingAt(Number.POSITIVE_INFINITY, true);
    await write(join(folder, 'whole'), uncrashed.fileSystem);
    const whole = await contents(join(folder, 'whole'));
    expect(await verified(join(folder, 'whole'))).toEqual(entries(0, 530));
    expect(uncrashed.calls()).toBeGreaterThan(90);
    for (let turn = 2; turn < 2 * (uncrashed.calls() + 1); turn += 1) {
      const { fileSystem } = crashingAt(Math.floor(turn / 2), turn % 2 === 1);
      const directory = join(folder, 'crashed');
      await expect(write(directory, fileSystem)).rejects.toThrow(Crash);
      await write(directory);
      expect(await contents(directory)).toEqual(whole);
      expect((await fs.readdir(`${directory}.writer`)).toSorted()).toEqual(['lock', 'pid']);
      await fs.rm(directory, { recursive: true });
    }
  });
});

test('killed with SIGKILL while it appends', async () => {
  await withFolder(async (folder) => {
    const directory = join(folder, 'log');
    const program = `
      import { openLogDirectory } from '${new URL('../../../infra/log-directory/log-writer.ts', import.meta.url)}';
      import { entries, KEY } from '${new URL('./folder-log.ts', import.meta.url)}';
      const writer = await openLogDirectory(process.argv[1], KEY);
      for (;;) {
        const { size } = writer.checkpoint;
        const checkpoint = await writer.append(entries(size, size + 100));
        process.stdout.write(checkpoint.size + '\\n');
      }`;
    let size = 0;
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      for await (const line of createInterface(child.stdout)) {
        const signed = Number(line);
        if (signed >= size + 500) child.kill('SIGKILL');
      }
      await exited;
      const writer = await openLogDirectory(directory, KEY);
      expect(writer.checkpoint.size).toBeGreaterThanOrEqual(size + 500);
      // Full tiles of an append that was not signed may be there: it is made again, and the log verifies.
      size = writer.checkpoint.size + 100;
      await writer.append(entries(writer.checkpoint.size, size));
      writer.close();
      expect(await verified(directory)).toEqual(entries(0, size));
    }
  });
});
