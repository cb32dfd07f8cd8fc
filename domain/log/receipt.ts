/** A miner's receipt (C2SP tlog-proof, `.tlog-proof`): that an entry is in the log, checkable offline with nothing but the log's key. */
import { fromBase64, fromDecimal, toBase64 } from './base64.ts';
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, leafHash } from './hashes.ts';
import type { NoteVerifier } from './keys.ts';
import { LogError } from './log-error.ts';
import { verifyInclusion } from './proofs.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

export interface Receipt {
  /** The entry's log index. */
  readonly index: number;
  /** Inclusion proof, from the leaf's sibling up. */
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: Buffer;
  /** Free data of the writer, which nothing authenticates; null where there is none. */
  readonly extra: Buffer | null;
}

export function formatReceipt({ index, hashes, checkpoint, extra }: Receipt): string {
  const extraLine = extra === null ? [] : [`extra ${toBase64(extra)}`];
  const lines = [HEADER, ...extraLine, `index ${index}`, ...hashes.map(toBase64)];
  return `${lines.join('\n')}\n\n${checkpoint.toString('utf8')}`;
}

/** Reads a receipt without believing it. Throws `LogError` `bad-proof`. */
export function parseReceipt(text: string): Receipt {
  const blank = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(blank, 0)).split('\n');
  if (blank < 0 || header !== HEADER) throw new LogError('bad-proof', `a receipt begins with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ')
    ? fromBase64((lines.shift() ?? '').slice('extra '.length))
    : undefined;
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? fromDecimal(indexLine.slice('index '.length)) : null;
  if (extra === null) throw new LogError('bad-proof', 'the extra line of the receipt is not base64');
  if (index === null) throw new LogError('bad-proof', `not an index line: ${JSON.stringify(indexLine)}`);
  const hashes = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length === HASH_BYTES) return hash;
    throw new LogError('bad-proof', `not the base64 of a SHA-256: ${JSON.stringify(line)}`);
  });
  return { index, hashes, checkpoint: Buffer.from(text.slice(blank + 2), 'utf8'), extra: extra ?? null };
}

/**
 * Checks that `entry` is in the log whose key is `verifier`, as the receipt says. Returns its index and the checkpoint. Throws
 * `LogError`: `bad-proof`, or what `openCheckpoint` throws.
 */
export function verifyReceipt(
  text: string,
  entry: Uint8Array,
  verifier: NoteVerifier,
): { index: number; checkpoint: SignedCheckpoint } {
  const { index, hashes, checkpoint: note } = parseReceipt(text);
  const checkpoint = openCheckpoint(note, verifier);
  const { size, root } = checkpoint;
  if (!verifyInclusion(hashes, { index, size, leaf: leafHash(entry), root })) {
    throw new LogError('bad-proof', `does not show that the entry is at index ${index} of ${size}`, {
      index,
    });
  }
  return { index, checkpoint };
}
