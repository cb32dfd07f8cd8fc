/**
 * The verifier: finds any changed bit of any file of a log, knowing nothing but the log's key. It reads the log once, front to back, and
 * holds a few tiles at a time.
 */
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { authenticEntries, type LogEntry } from './entries.ts';
import { type LogFiles, ReadAhead, type ReadFile, readRequired } from './files.ts';
import { type NoteVerifier, parseVkey } from './keys.ts';
import { LogError } from './log-error.ts';
import { checkOlderPartials } from './older-partials.ts';
import { openTree } from './open-tree.ts';
import { CHECKPOINT_PATH, parseTilePath, sizeNeeded, VKEY_PATH } from './tile.ts';
import type { MerkleTree } from './tree.ts';

/** What is checked, in this order; `entries` and `partials` while the entries are read. */
export type VerifyStep = 'files' | 'key' | 'checkpoint' | 'root' | 'history' | 'entries' | 'partials';

export interface VerifyOptions {
  /** The key that the log must be signed with. Without it the log is checked against the key stored next to it. */
  readonly vkey?: string;
  /** The note of a checkpoint of this log seen earlier: the log must continue it. */
  readonly earlier?: Buffer;
  /** Told as each step begins. */
  readonly onStep?: (step: VerifyStep) => void;
}

export interface VerifiedLog {
  readonly checkpoint: SignedCheckpoint;
  readonly vkey: string;
  /** False where no key was given: the log is consistent in itself, but anyone could have made it. */
  readonly keyPinned: boolean;
  /** False where the files could not be listed, so that superfluous ones cannot have been noticed. */
  readonly filesListed: boolean;
  /**
   * Every entry in order, each shown to be under the signed checkpoint before it is handed over. The log is verified once this has ended
   * without an error. Throws `LogError`.
   */
  entries(): AsyncGenerator<LogEntry>;
}

/**
 * Checks a log: first its files' names, key, checkpoint, root and history, then, as the returned entries are read, every tile and bundle.
 * Throws `LogError`, which names the first wrong log index, else the file.
 *
 * A log that is being written can show files of an append whose checkpoint is not there yet: `ahead-of-checkpoint` may then be tried again.
 */
export async function verifyLog(files: LogFiles, options: VerifyOptions = {}): Promise<VerifiedLog> {
  const onStep = options.onStep ?? (() => {});
  // The files are listed before the checkpoint is read, so that a log growing meanwhile is not mistaken for one with files too many.
  onStep('files');
  const largest = files.list === null ? null : await largestTile(files.list());

  onStep('key');
  const verifier = await readKey(files.read, options.vkey);

  onStep('checkpoint');
  const checkpoint = openCheckpoint(await readRequired(files.read, CHECKPOINT_PATH), verifier);
  if (largest !== null && largest.sizeNeeded > checkpoint.size) {
    const message = `belongs to a log of at least ${largest.sizeNeeded} entries; the checkpoint says ${checkpoint.size}`;
    throw new LogError('ahead-of-checkpoint', message, { file: largest.path });
  }

  onStep('root');
  const ahead = new ReadAhead(files.read);
  const tree = await openTree(checkpoint, ahead.read);

  onStep('history');
  if (options.earlier !== undefined) {
    await checkContinues(tree, openCheckpoint(options.earlier, verifier, 'earlier checkpoint'));
  }

  return {
    checkpoint,
    vkey: verifier.vkey,
    keyPinned: options.vkey !== undefined,
    filesListed: files.list !== null,
    async *entries() {
      onStep('entries');
      yield* authenticEntries(tree, ahead);
      onStep('partials');
      await checkOlderPartials(files, checkpoint.size);
    },
  };
}

/** Refuses files that no log has; returns the one that only the largest log has. */
async function largestTile(paths: AsyncIterable<string>): Promise<{ path: string; sizeNeeded: number }> {
  let largest = { path: '', sizeNeeded: 0 };
  for await (const path of paths) {
    if (path === CHECKPOINT_PATH || path === VKEY_PATH) continue;
    const tile = parseTilePath(path);
    if (tile === null) throw new LogError('unknown-file', 'is not a file of a log', { file: path });
    if (sizeNeeded(tile) > largest.sizeNeeded) largest = { path, sizeNeeded: sizeNeeded(tile) };
  }
  return largest;
}

/** The given key, which the one stored next to the log must equal; else the stored one. */
async function readKey(read: ReadFile, pinned: string | undefined): Promise<NoteVerifier> {
  const stored = await read(VKEY_PATH);
  if (pinned === undefined) {
    if (stored === null)
      throw new LogError('missing-file', 'is missing: give the key of the log', { file: VKEY_PATH });
    return storedKey(stored);
  }
  const verifier = parseVkey(pinned);
  if (stored !== null && !stored.equals(Buffer.from(`${pinned}\n`, 'utf8'))) {
    const message = `does not hold the key that was given, ${pinned}`;
    throw new LogError('wrong-key', message, { file: VKEY_PATH });
  }
  return verifier;
}

/** Reads the content of `log.vkey`: one line. Throws `LogError` `bad-key`. */
export function storedKey(content: Buffer): NoteVerifier {
  const line = content.toString('utf8');
  try {
    const verifier = parseVkey(line.slice(0, -1));
    if (content.equals(Buffer.from(`${verifier.vkey}\n`, 'utf8'))) return verifier;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw new LogError('bad-key', error.message, { file: VKEY_PATH });
  }
  throw new LogError('bad-key', 'is not one line with a verifier key', { file: VKEY_PATH });
}

/** The tree's first entries must be those of the earlier checkpoint. */
async function checkContinues(tree: MerkleTree, earlier: SignedCheckpoint): Promise<void> {
  if (earlier.size > tree.size) {
    const message = `the log had ${earlier.size} entries earlier and has ${tree.size} now`;
    throw new LogError('rollback', message, { file: CHECKPOINT_PATH });
  }
  const root = await tree.rangeRoot(0, earlier.size);
  if (!root.equals(earlier.root)) {
    const message = `its first ${earlier.size} entries are not those that the earlier checkpoint signed`;
    throw new LogError('fork', message, { file: CHECKPOINT_PATH });
  }
}
