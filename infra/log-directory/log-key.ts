/** The file that holds a log's private key. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatSkey, type NoteSigner, parseSkey } from '../../domain/log/keys.ts';
import { hasCode, readOrNull } from './directory-files.ts';
import { syncFolder } from './durable-files.ts';

const SEED_BYTES = 32;

/**
 * Loads the key of the log named `origin`; makes one where the file does not exist, durable when this returns and readable by its owner
 * only. Throws an `Error` that says what to do where others can read the file or it is the key of another log.
 */
export async function loadOrCreateLogKey(path: string, origin: string): Promise<NoteSigner> {
  if ((await readOrNull(path)) === null) await createKeyFile(path, origin);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw new Error(
      `others can read the log's private key ${path}: run chmod 600 on it, or replace it if they did`,
    );
  }
  const signer = parseSkey((await readFile(path, 'utf8')).trimEnd());
  if (signer.name !== origin) {
    throw new Error(
      `${path} is the key of the log ${signer.name}, not of ${origin}: give that log's own key file`,
    );
  }
  return signer;
}

async function createKeyFile(path: string, origin: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${formatSkey(origin, randomBytes(SEED_BYTES))}\n`);
    await file.sync();
    // Unlike a rename, a link never replaces the key that another process made in the meantime: that one is then used.
    await link(temporary, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await file.close();
    await unlink(temporary);
  }
  await syncFolder(dirname(path));
}
