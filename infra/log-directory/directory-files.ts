/** The files of a log in a folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogFiles } from '../../domain/log/files.ts';

/** Reads and lists the log in the folder `directory`. A link or a device in it is listed like any file that no log has. */
export function directoryFiles(directory: string): LogFiles {
  return {
    read: async (path) => await readOrNull(join(directory, path)),
    list: () => listFiles(directory, ''),
  };
}

/** The content of a file; null where there is none. */
export async function readOrNull(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Whether an error of the file system has this code. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
}

async function* listFiles(directory: string, prefix: string): AsyncGenerator<string> {
  let items: Awaited<ReturnType<typeof readFolder>>;
  try {
    items = await readFolder(join(directory, prefix));
  } catch (error) {
    // A folder of partial tiles may be removed, once they are full, while the log is listed.
    if (isAbsent(error)) return;
    throw error;
  }
  for (const item of items) {
    if (item.isDirectory()) yield* listFiles(directory, `${prefix}${item.name}/`);
    else yield item.isFile() ? `${prefix}${item.name}` : `${prefix}${item.name} (not a regular file)`;
  }
}

async function readFolder(folder: string) {
  return await readdir(folder, { withFileTypes: true });
}
