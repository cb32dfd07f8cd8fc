/** Reading a log that may be growing: every answer is checked against its latest signed checkpoint. */
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { authenticEntries, type LogEntry } from './entries.ts';
import { ReadAhead, type ReadFile, readRequired } from './files.ts';
import { type NoteVerifier, parseVkey } from './keys.ts';
import { openTree } from './open-tree.ts';
import { consistencyProof, inclusionProof } from './proofs.ts';
import { formatReceipt } from './receipt.ts';
import { CHECKPOINT_PATH } from './tile.ts';
import type { MerkleTree } from './tree.ts';

/** That an entry is in the log. */
export interface Inclusion {
  readonly index: number;
  /** The checkpoint that the proof leads to. */
  readonly checkpoint: SignedCheckpoint;
  /** From the leaf's sibling up. */
  readonly hashes: readonly Buffer[];
  /** All of it as a `.tlog-proof` file. */
  readonly receipt: string;
}

/** Every method throws `LogError` where the log is not what its checkpoint says, or has none yet (`missing-file`). */
export class LogReader {
  readonly #read: ReadFile;
  readonly #verifier: NoteVerifier;
  #tree: Promise<MerkleTree> | null = null;
  #latest: SignedCheckpoint | null = null;

  /** @param vkey the key that the log must be signed with */
  constructor(read: ReadFile, vkey: string) {
    this.#read = read;
    this.#verifier = parseVkey(vkey);
  }

  /** The log's present checkpoint, its signature checked. */
  async checkpoint(): Promise<SignedCheckpoint> {
    const note = await readRequired(this.#read, CHECKPOINT_PATH);
    if (this.#latest === null || !this.#latest.note.equals(note)) {
      this.#latest = openCheckpoint(note, this.#verifier);
      this.#tree = null;
    }
    return this.#latest;
  }

  /** The bytes of an entry; null where the log does not have it yet. */
  async readEntry(index: number): Promise<Buffer | null> {
    for await (const entry of this.entries(index, index + 1)) return entry.bytes;
    return null;
  }

  /** Entries `from` up to but not including `to`, in order; ends at the present end of the log. */
  async *entries(from = 0, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<LogEntry> {
    assertIndex(from);
    const checkpoint = await this.checkpoint();
    if (from >= Math.min(to, checkpoint.size)) return;
    const ahead = new ReadAhead(this.#read);
    yield* authenticEntries(await openTree(checkpoint, ahead.read), ahead, from, to);
  }

  /** A proof that the entry at `index` is in the log; null where the log does not have it yet. */
  async inclusion(index: number): Promise<Inclusion | null> {
    assertIndex(index);
    const checkpoint = await this.checkpoint();
    if (index >= checkpoint.size) return null;
    const hashes = await inclusionProof(await this.#treeOf(checkpoint), index);
    const receipt = formatReceipt({ index, hashes, checkpoint: checkpoint.note, extra: null });
    return { index, checkpoint, hashes, receipt };
  }

  /** A proof that the present log continues that of `from` entries; null where the log is not that long. */
  async consistency(from: number): Promise<{ checkpoint: SignedCheckpoint; hashes: Buffer[] } | null> {
    assertIndex(from);
    const checkpoint = await this.checkpoint();
    if (from > checkpoint.size) return null;
    return { checkpoint, hashes: await consistencyProof(await this.#treeOf(checkpoint), from) };
  }

  async #treeOf(checkpoint: SignedCheckpoint): Promise<MerkleTree> {
    if (this.#latest !== checkpoint) return await openTree(checkpoint, this.#read);
    // A tree that could not be opened (a file just being replaced) is opened anew by the next caller.
    const tree = this.#tree ?? openTree(checkpoint, this.#read);
    this.#tree = tree;
    return await tree.catch((error: unknown) => {
      this.#tree = null;
      throw error;
    });
  }
}

function assertIndex(index: number): void {
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`not a log index: ${index}`);
}
