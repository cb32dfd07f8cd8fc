/** An independent verifier, Go's golang.org/x/mod/sumdb as Debian packages it, accepts the log as it is and finds a flipped bit. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import type { SignedCheckpoint } from '../../../domain/log/checkpoint.ts';
import { LogReader } from '../../../domain/log/log-reader.ts';
import { directoryFiles, hasCode } from '../../../infra/log-directory/directory-files.ts';
import { openLogDirectory } from '../../../infra/log-directory/log-writer.ts';
import { entries, KEY, withFolder } from './folder-log.ts';

const run = promisify(execFile);
const GOPATH = '/usr/share/gocode';
const SOURCE = fileURLToPath(new URL('./go/verify.go', import.meta.url));

/** Compiles the verifier from the packages on this machine alone. */
async function goVerifier(folder: string): Promise<string> {
  const program = join(folder, 'verify');
  const env = { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOPATH, GOCACHE: join(folder, 'cache') };
  const hint = 'this test needs Go and golang.org/x/mod: apt-get install golang-go golang-golang-x-mod-dev';
  if (!existsSync(join(GOPATH, 'src/golang.org/x/mod/sumdb/tlog'))) throw new Error(hint);
  await run('go', ['build', '-o', program, SOURCE], { env }).catch((error: unknown) => {
    throw hasCode(error, 'ENOENT') ? new Error(hint) : error;
  });
  return program;
}

/** What the Go program prints about a log, and about two proofs made here: of entry `index`, and since the checkpoint `old`. */
async function goSays(
  program: string,
  directory: string,
  index: number,
  old: SignedCheckpoint,
): Promise<string> {
  const reader = new LogReader(directoryFiles(directory).read, KEY.vkey);
  const [inclusion, consistency] = [await reader.inclusion(index), await reader.consistency(old.size)];
  const listed = (hashes: readonly Buffer[] = []): string =>
    hashes.map((hash) => hash.toString('base64')).join(',');
  const oldRoot = old.root.toString('base64');
  const args = [
    String(index),
    listed(inclusion?.hashes),
    String(old.size),
    oldRoot,
    listed(consistency?.hashes),
  ];
  try {
    return (await run(program, [directory, KEY.vkey, ...args])).stdout.trim();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'stdout' in error) return String(error.stdout).trim();
    throw error;
  }
}

test('Go opens the note and authenticates every tile, every entry and our proofs', async () => {
  await withFolder(async (folder) => {
    const program = await goVerifier(folder);
    const directory = join(folder, 'log');
    const writer = await openLogDirectory(directory, KEY);
    const earlier = [];
    for (const size of [1, 300, 5000, 66_000]) {
      earlier.push(await writer.append(entries(writer.checkpoint.size, size)));
    }
    writer.close();
    const root = writer.checkpoint.root.toString('base64');
    for (const old of earlier) {
      for (const index of [0, 31_488, 65_999]) {
        expect(await goSays(program, directory, index, old)).toBe(`ok 66000 ${root}`);
      }
    }

    const bundle = join(directory, 'tile/entries/123');
    const bytes = await readFile(bundle);
    bytes[2] = 1 ^ (bytes[2] ?? 0);
    await writeFile(bundle, bytes);
    const [first] = earlier;
    expect(first && (await goSays(program, directory, 0, first))).toBe('leaf mismatch 31488');
  });
});
