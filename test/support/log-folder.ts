/** Real log folders for tests, signed with a key that is known to all. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signerFromSeed } from '../../domain/log/keys.ts';
import { type LogWriter, openLogDirectory } from '../../infra/log-directory/log-writer.ts';
import { TEST_ORIGIN } from './ledger.ts';

export const TEST_SIGNER = signerFromSeed(TEST_ORIGIN, Buffer.alloc(32, 7));

export interface LogFolder {
  readonly directory: string;
  readonly writer: LogWriter;
  /** Closes the writer and removes the folder. */
  remove(): Promise<void>;
}

/** A new log in a temporary folder, with `entries` in it. */
export async function logFolder(entries: readonly Buffer[] = []): Promise<LogFolder> {
  const parent = await mkdtemp(join(tmpdir(), 'prism-log-'));
  const directory = join(parent, 'log');
  const writer = await openLogDirectory(directory, TEST_SIGNER);
  await writer.append(entries);
  return {
    directory,
    writer,
    remove: async () => {
      writer.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}
