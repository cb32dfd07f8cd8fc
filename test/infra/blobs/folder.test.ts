import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openBlobFolder } from '../../../infra/blobs/folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'prism-blobs-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const pathOf = (digest: string): string => join(dir, digest.slice(0, 2), digest);

function startWriter(count: number): ChildProcess {
  const script = join(import.meta.dirname, 'writer.ts');
  return spawn(process.execPath, [script, dir, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function digestsOf(
  writer: ChildProcess,
  onLine: (count: number) => void = () => {},
): Promise<string[]> {
  if (writer.stdout === null) throw new Error('the writer has no output');
  const digests: string[] = [];
  for await (const line of createInterface(writer.stdout)) onLine(digests.push(line));
  return digests;
}

test('a damaged blob is never handed out, and is mended by storing it again', async () => {
  const blobs = await openBlobFolder(dir);
  const digest = await blobs.put(Buffer.from('some bytes'));
  for (const damage of [
    () => writeFileSync(pathOf(digest), 'some bytez'),
    () => truncateSync(pathOf(digest), 3),
  ]) {
    damage();
    await expect(blobs.get(digest)).rejects.toThrow(`blob ${digest} in ${dir} is damaged`);
    await blobs.put(Buffer.from('some bytes'));
    expect((await blobs.get(digest)).toString()).toBe('some bytes');
  }
});

test('several processes that store the same blobs at once end well, and leave nothing but the blobs', async () => {
  const writers = Array.from({ length: 3 }, () => startWriter(60));
  const exits = writers.map((writer) => once(writer, 'exit'));
  const [digests = [], ...others] = await Promise.all(writers.map((writer) => digestsOf(writer)));
  expect(await Promise.all(exits)).toEqual(writers.map(() => [0, null]));
  expect(others).toEqual([digests, digests]);
  const blobs = await openBlobFolder(dir);
  for (const digest of digests) await blobs.get(digest);
  const shards = new Set(digests.map((digest) => digest.slice(0, 2)));
  expect(new Set(readdirSync(dir))).toEqual(new Set([...shards, 'tmp']));
  expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
});

test('a process killed midway loses no blob that it said was stored, and no other is half there', async () => {
  const writer = startWriter(1_000_000);
  const digests = await digestsOf(writer, (count) => {
    if (count === 25) writer.kill('SIGKILL');
  });
  expect(digests.length).toBeGreaterThanOrEqual(25);
  const blobs = await openBlobFolder(dir);
  for (const digest of digests) await blobs.get(digest);
  const stored = readdirSync(dir).filter((shard) => shard !== 'tmp');
  for (const digest of stored.flatMap((shard) => readdirSync(join(dir, shard)))) await blobs.get(digest);
});

test('what a dead process left behind is removed a day later, and what a living one writes is not', async () => {
  await openBlobFolder(dir);
  const [old, fresh] = [join(dir, 'tmp', 'old'), join(dir, 'tmp', 'fresh')];
  for (const path of [old, fresh]) writeFileSync(path, 'half a bl');
  const twoDaysAgo = Date.now() / 1_000 - 2 * 24 * 3_600;
  utimesSync(old, twoDaysAgo, twoDaysAgo);
  await openBlobFolder(dir);
  expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
});
