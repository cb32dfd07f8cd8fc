/** Checkpoints (C2SP tlog-checkpoint): a log's signed statement of how long it is and what it holds. */
import { fromBase64, fromDecimal, toBase64 } from './base64.ts';
import { EMPTY_ROOT, HASH_BYTES } from './hashes.ts';
import { isKeyName, type NoteSigner, type NoteVerifier } from './keys.ts';
import { LogError } from './log-error.ts';
import { openNote, signNote } from './note.ts';
import { CHECKPOINT_PATH } from './tile.ts';

export interface Checkpoint {
  /** The log's name, which is also its key's name. */
  readonly origin: string;
  /** Entries in the log. */
  readonly size: number;
  /** The Merkle tree's root, 32 bytes. */
  readonly root: Buffer;
}

/** A checkpoint with the note that says it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Buffer;
}

/** Three lines: origin, size, base64 of the root. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** The inverse of `formatCheckpoint`; extension lines are refused. Throws `LogError` `bad-checkpoint`. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  if (rest.length !== 1 || rest[0] !== '' || !isKeyName(origin)) {
    throw new LogError('bad-checkpoint', 'does not say origin, size and root in three lines');
  }
  const size = fromDecimal(sizeText);
  const root = fromBase64(rootText);
  if (size === null) throw new LogError('bad-checkpoint', `not a size: ${JSON.stringify(sizeText)}`);
  if (root === null || root.length !== HASH_BYTES) {
    throw new LogError('bad-checkpoint', `not the base64 of a SHA-256: ${JSON.stringify(rootText)}`);
  }
  if (size === 0 && !root.equals(EMPTY_ROOT)) {
    throw new LogError('bad-checkpoint', 'says a root for no entries that is not that of the empty tree');
  }
  return { origin, size, root };
}

/**
 * Reads a checkpoint signed by `verifier`. Throws `LogError` with `file` (`checkpoint` by default): `bad-note`, `bad-signature`,
 * `bad-checkpoint`, or `wrong-origin` where it is not the key's own log.
 */
export function openCheckpoint(
  note: Buffer,
  verifier: NoteVerifier,
  file = CHECKPOINT_PATH,
): SignedCheckpoint {
  try {
    const checkpoint = parseCheckpoint(openNote(note, verifier));
    if (checkpoint.origin !== verifier.name) {
      throw new LogError(
        'wrong-origin',
        `is of the log ${checkpoint.origin}; the key is of ${verifier.name}`,
      );
    }
    return { ...checkpoint, note };
  } catch (error) {
    if (error instanceof LogError && error.file === null)
      throw new LogError(error.code, error.message, { file });
    throw error;
  }
}

/** Signs that the log named like the key has `size` entries under `root`. */
export function signCheckpoint(size: number, root: Buffer, signer: NoteSigner): SignedCheckpoint {
  const checkpoint = { origin: signer.name, size, root };
  return { ...checkpoint, note: signNote(formatCheckpoint(checkpoint), signer) };
}
