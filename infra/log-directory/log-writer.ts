/** The one writer of a log in a folder. The checkpoint is written last: what it does not cover has not happened. */
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { openCheckpoint, type SignedCheckpoint, signCheckpoint } from '../../domain/log/checkpoint.ts';
import { appendToEdge, EMPTY_EDGE, edgeRoot, type LogEdge } from '../../domain/log/edge.ts';
import type { LogFile, LogFiles } from '../../domain/log/files.ts';
import { type NoteSigner, parseVkey } from '../../domain/log/keys.ts';
import { loadEdge } from '../../domain/log/load-edge.ts';
import { LogError } from '../../domain/log/log-error.ts';
import {
  CHECKPOINT_PATH,
  filledPartials,
  parseTilePath,
  TILE_WIDTH,
  VKEY_PATH,
} from '../../domain/log/tile.ts';
import { directoryFiles } from './directory-files.ts';
import { DurableFiles, type FileSystem, syncFolder } from './durable-files.ts';
import { partialsFolder, removeLeftovers } from './leftovers.ts';
import { lockWriter } from './writer-lock.ts';

/**
 * Opens the log in `directory` for writing; makes it, with a signed checkpoint of no entries, where there is none. Next to it stands the
 * folder `<directory>.writer` with the lock and files that are not whole yet. What a crashed writer left is put right.
 *
 * Throws `LogLockedError` where another writer has it open, and `LogError` where the log is not what its checkpoint says or has another key.
 */
export async function openLogDirectory(
  directory: string,
  signer: NoteSigner,
  fileSystem?: FileSystem,
): Promise<LogWriter> {
  const folder = resolve(directory);
  const scratch = `${folder}.writer`;
  await mkdir(folder, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const unlock = lockWriter(scratch);
  try {
    const durable = new DurableFiles(folder, scratch, fileSystem);
    await durable.clearScratch();
    const files = directoryFiles(folder);
    await keepKey(files, durable, signer);
    const checkpoint = await readOrBegin(files, durable, signer);
    const edge = checkpoint.size === 0 ? EMPTY_EDGE : await loadEdge(checkpoint, files.read);
    await removeLeftovers(files, durable, checkpoint.size);
    await syncFolder(dirname(folder));
    return new LogWriter({ files, durable, signer, unlock, edge, checkpoint });
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Stores the log's public key where there is none; refuses to write to a log of another one. */
async function keepKey(files: LogFiles, durable: DurableFiles, signer: NoteSigner): Promise<void> {
  const line = Buffer.from(`${signer.vkey}\n`, 'utf8');
  const stored = await files.read(VKEY_PATH);
  if (stored === null) return await durable.write([{ path: VKEY_PATH, bytes: line }]);
  if (!stored.equals(line)) {
    throw new LogError('wrong-key', `the log is not signed by the given key ${signer.vkey}`, {
      file: VKEY_PATH,
    });
  }
}

async function readOrBegin(
  files: LogFiles,
  durable: DurableFiles,
  signer: NoteSigner,
): Promise<SignedCheckpoint> {
  const note = await files.read(CHECKPOINT_PATH);
  if (note !== null) return openCheckpoint(note, parseVkey(signer.vkey));
  for await (const path of files.list?.() ?? []) {
    // A log has a checkpoint before it has tiles. To begin anew on top of these would be to sign another history.
    if (parseTilePath(path) !== null) {
      throw new LogError('missing-file', `is missing, but ${path} is there: put it back`, {
        file: CHECKPOINT_PATH,
      });
    }
  }
  const checkpoint = signCheckpoint(0, edgeRoot([]), signer);
  await durable.write([{ path: CHECKPOINT_PATH, bytes: checkpoint.note }]);
  return checkpoint;
}

interface WriterParts {
  readonly files: LogFiles;
  readonly durable: DurableFiles;
  readonly signer: NoteSigner;
  readonly unlock: () => void;
  readonly edge: LogEdge;
  readonly checkpoint: SignedCheckpoint;
}

export class LogWriter {
  readonly #parts: WriterParts;
  #edge: LogEdge;
  #checkpoint: SignedCheckpoint;
  #state: 'ready' | 'appending' | 'failed' | 'closed' = 'ready';

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#edge = parts.edge;
    this.#checkpoint = parts.checkpoint;
  }

  /** The last signed checkpoint. */
  get checkpoint(): SignedCheckpoint {
    return this.#checkpoint;
  }

  /**
   * Appends entries in order and signs the new size. All of it is durable when this returns. Throws `LogError` (`entry-too-long`: nothing
   * was written) or the file system's error; after the latter the log must be opened anew, which says where it stands.
   */
  async append(entries: readonly Uint8Array[]): Promise<SignedCheckpoint> {
    if (this.#state !== 'ready')
      throw new Error(`the log cannot be appended to: its writer is ${this.#state}`);
    if (entries.length === 0) return this.#checkpoint;
    const { edge, files } = appendToEdge(this.#edge, entries);
    this.#state = 'appending';
    try {
      await this.#write(edge, files);
      this.#state = 'ready';
      return this.#checkpoint;
    } finally {
      if (this.#state === 'appending') this.#state = 'failed';
    }
  }

  /** Lets another writer have the log. Writes nothing. */
  close(): void {
    if (this.#state !== 'closed') this.#parts.unlock();
    this.#state = 'closed';
  }

  async #write(edge: LogEdge, files: readonly LogFile[]): Promise<void> {
    const { durable, signer } = this.#parts;
    await this.#refuseRewriting(files);
    await durable.write(files);
    await this.#refuseIfMoved();
    const checkpoint = signCheckpoint(edge.size, edgeRoot(edge.tiles), signer);
    await durable.write([{ path: CHECKPOINT_PATH, bytes: checkpoint.note }]);
    const before = this.#edge.size;
    [this.#edge, this.#checkpoint] = [edge, checkpoint];
    // Partial tiles stay for readers of earlier checkpoints until the full one is there, as the format asks.
    for (const tile of filledPartials(before, edge.size)) await durable.remove(partialsFolder(tile));
  }

  /** A crashed append may have left full tiles; the same entries must follow now, or the log was already signed with others. */
  async #refuseRewriting(files: readonly LogFile[]): Promise<void> {
    for (const { path, bytes } of files) {
      if (parseTilePath(path)?.width !== TILE_WIDTH) continue;
      const stored = await this.#parts.files.read(path);
      if (stored === null || stored.equals(bytes)) continue;
      const message = 'a full tile never changes, but other entries are there than are to be appended';
      throw new LogError('would-rewrite', message, { file: path });
    }
  }

  /** Compare-and-swap: whatever else may have written here, a checkpoint that we do not know is not overwritten. */
  async #refuseIfMoved(): Promise<void> {
    const stored = await this.#parts.files.read(CHECKPOINT_PATH);
    if (stored?.equals(this.#checkpoint.note)) return;
    throw new LogError('would-rewrite', 'is not the one that this writer wrote last', {
      file: CHECKPOINT_PATH,
    });
  }
}
