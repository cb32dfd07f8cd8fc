/** Blobs in a folder: `<first two hex digits>/<digest>`, each written once, whole or not at all. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from '../../domain/events/canonical.ts';
import type { BlobStore } from '../../domain/ports.ts';

/** A file in `tmp` of this age was left by a process that died; in milliseconds. */
const ABANDONED_MS = 24 * 3_600 * 1_000;

/** Opens the blobs in `root`, made where it is absent. Any number of processes may share it. */
export async function openBlobFolder(root: string): Promise<BlobStore> {
  const temporary = join(root, 'tmp');
  await mkdir(temporary, { recursive: true });
  await removeAbandoned(temporary);

  async function read(digest: string): Promise<Buffer> {
    const bytes = await readFile(pathOf(root, digest)).catch((error) => {
      throw error.code === 'ENOENT' ? new Error(`blob ${digest} is not in ${root}`, { cause: error }) : error;
    });
    const actual = sha256(bytes);
    if (actual !== digest) {
      throw new Error(
        `blob ${digest} in ${root} is damaged: its bytes hash to ${actual}; restore it from a copy`,
      );
    }
    return bytes;
  }

  return {
    put: async (bytes) => {
      const digest = sha256(bytes);
      const path = pathOf(root, digest);
      const isThere = await read(digest).then(
        () => true,
        () => false,
      );
      if (!isThere) {
        const draft = join(temporary, randomUUID());
        await writeDurably(draft, bytes);
        await mkdir(dirname(path), { recursive: true });
        await rename(draft, path);
      }
      // Also where it was there: the process that renamed it may not have come this far.
      await syncFolder(dirname(path));
      await syncFolder(root);
      return digest;
    },
    get: read,
    has: async (digest) =>
      access(pathOf(root, digest)).then(
        () => true,
        () => false,
      ),
  };
}

/** Throws for what is no digest, so that no name can lead out of the folder. */
function pathOf(root: string, digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new RangeError(`${digest} is not a lower-case hex SHA-256`);
  return join(root, digest.slice(0, 2), digest);
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function removeAbandoned(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_MS) await rm(path, { force: true });
  }
}
