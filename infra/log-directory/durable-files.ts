/** Writing files so that each is either there with its whole content, also after a power failure, or not there. */
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogFile } from '../../domain/log/files.ts';

/** What is used of `node:fs/promises`, so that a test can stop the writer at any call. */
export type FileSystem = Pick<typeof fs, 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm'>;

/** Files written at the same time: enough to let the disk sync them together. */
const CONCURRENT_WRITES = 8;

/** Makes what was created, renamed or removed in a folder durable. */
export async function syncFolder(folder: string, fileSystem: FileSystem = fs): Promise<void> {
  const handle = await fileSystem.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export class DurableFiles {
  readonly #directory: string;
  readonly #scratch: string;
  readonly #fileSystem: FileSystem;
  #written = 0;

  /** @param scratch a folder on the same file system, for files that are not whole yet */
  constructor(directory: string, scratch: string, fileSystem: FileSystem = fs) {
    this.#directory = directory;
    this.#scratch = scratch;
    this.#fileSystem = fileSystem;
  }

  /** Removes what a crashed writer left half-written. */
  async clearScratch(): Promise<void> {
    for (const name of await this.#fileSystem.readdir(this.#scratch)) {
      if (name.endsWith('.tmp')) await this.#fileSystem.rm(join(this.#scratch, name));
    }
  }

  /** Writes or replaces files; all are durable when it returns. Their order on disk is not fixed. */
  async write(files: readonly LogFile[]): Promise<void> {
    for (let at = 0; at < files.length; at += CONCURRENT_WRITES) {
      const writes = files.slice(at, at + CONCURRENT_WRITES).map((file) => this.#writeOne(file));
      // Where one fails the others are still waited for: nothing is written any more once this has thrown.
      const failed = (await Promise.allSettled(writes)).find((write) => write.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    for (const folder of foldersOf(files)) await syncFolder(join(this.#directory, folder), this.#fileSystem);
  }

  /** Removes a file or a whole folder; what is not there already is fine. */
  async remove(path: string): Promise<void> {
    await this.#fileSystem.rm(join(this.#directory, path), { recursive: true, force: true });
  }

  async #writeOne({ path, bytes }: LogFile): Promise<void> {
    this.#written += 1;
    const temporary = join(this.#scratch, `${this.#written}.tmp`);
    const target = join(this.#directory, path);
    const handle = await this.#fileSystem.open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#fileSystem.mkdir(dirname(target), { recursive: true });
    await this.#fileSystem.rename(temporary, target);
  }
}

/** The folders of these files and all above them, deepest first: a new folder is durable once the one above it is. */
function foldersOf(files: readonly LogFile[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].toSorted((a, b) => b.length - a.length);
}
