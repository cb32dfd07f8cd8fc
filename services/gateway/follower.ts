/** Keeps the state up to the last signed checkpoint, and wakes who waits for more. */
import { parseEntry } from '../../domain/events/codec.ts';
import type { SignedCheckpoint } from '../../domain/log/checkpoint.ts';
import { LogError } from '../../domain/log/log-error.ts';
import type { LogReader } from '../../domain/log/log-reader.ts';
import { verifyConsistency } from '../../domain/log/proofs.ts';
import { CHECKPOINT_PATH } from '../../domain/log/tile.ts';
import { HttpError } from './errors.ts';
import { type FeedEntry, feedEntry, RecentEntries } from './feed/entries.ts';
import type { GatewayLog } from './log.ts';
import type { GatewayPorts } from './ports.ts';
import { emptyState, foldEvent, type GatewayState } from './state.ts';

const POLL_MS = 250;
/** A page of the feed ends after this many entries, or this many bytes: what a slow reader may hold. */
const PAGE_ENTRIES = 64;
const PAGE_BYTES = 256 * 1024;

export class Follower {
  /** Folded in place: whoever reads it must be done before it awaits anything. */
  readonly state: GatewayState = emptyState();
  readonly #log: GatewayLog;
  readonly #ports: Pick<GatewayPorts, 'onWake' | 'logger'>;
  readonly #recent = new RecentEntries();
  readonly #waiting = new Set<() => void>();
  #checkpoint: SignedCheckpoint | null = null;
  #failure: Error | null = null;
  #catchingUp: Promise<void> | null = null;

  constructor(log: GatewayLog, ports: Pick<GatewayPorts, 'onWake' | 'logger'>) {
    this.#log = log;
    this.#ports = ports;
  }

  /** Events folded so far. */
  get size(): number {
    return this.state.models.size;
  }

  /** The last checkpoint that all is folded of; null until there is one. */
  get checkpoint(): SignedCheckpoint | null {
    return this.#checkpoint;
  }

  /** The state, once all of a checkpoint has been folded; half a history is not shown. Throws `HttpError` `log-unreadable` before. */
  present(): GatewayState {
    if (this.#checkpoint === null) throw new HttpError('log-unreadable', 'the log has not been read yet');
    return this.state;
  }

  /** Whether the log has an entry at `index`, looked up anew where it is not known yet. Throws where the log cannot be read. */
  async reaches(index: number): Promise<boolean> {
    // The first may have been under way already, with a checkpoint from before the question.
    for (let tries = 0; tries < 2 && index >= this.size; tries += 1) await this.catchUp();
    return index < this.size;
  }

  /** Folds up to the present checkpoint. Throws where the log cannot be read; the state then stays at what was good. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= this.#catchUp().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  /** Follows the log until `signal` is aborted. A log that cannot be read is reported once and waited for. */
  async run(signal: AbortSignal): Promise<void> {
    let woken = false;
    let wake = (): void => {};
    const nudge = (): void => {
      woken = true;
      wake();
    };
    const stop = this.#ports.onWake(nudge);
    signal.addEventListener('abort', nudge, { once: true });
    while (!signal.aborted) {
      woken = false;
      await this.catchUp().catch(() => {});
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (woken) wake();
      });
    }
    stop();
  }

  /** Resolves once more than `size` events are folded, after `ms`, or on one of `signals`, whichever comes first. */
  grown(size: number, ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
    if (this.size > size || signals.some(({ aborted }) => aborted)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        for (const signal of signals) signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      for (const signal of signals) signal.addEventListener('abort', done, { once: true });
      this.#waiting.add(done);
    });
  }

  /** Some entries from `from` on, at least one where one is folded; from memory where they are new, else from the log. */
  async page(from: number): Promise<readonly FeedEntry[]> {
    const recent = this.#recent.from(from, PAGE_ENTRIES, PAGE_BYTES);
    if (recent !== null) return recent;
    const page: FeedEntry[] = [];
    let bytes = 0;
    const reader = await this.#log.reader();
    for await (const entry of reader.entries(from, Math.min(from + PAGE_ENTRIES, this.size))) {
      page.push(feedEntry(entry.index, entry.bytes));
      bytes += entry.bytes.length;
      if (bytes >= PAGE_BYTES) break;
    }
    return page;
  }

  async #catchUp(): Promise<void> {
    const before = this.size;
    try {
      await this.#fold(await this.#log.reader());
      if (this.#failure !== null)
        this.#ports.logger.info(`the log can be read again, to index ${this.size - 1}`);
      this.#failure = null;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (this.#failure?.message !== failure.message)
        this.#ports.logger.error('the log cannot be read', failure);
      this.#failure = failure;
      throw failure;
    } finally {
      if (this.size > before) for (const wake of [...this.#waiting]) wake();
    }
  }

  async #fold(reader: LogReader): Promise<void> {
    let target = await reader.checkpoint();
    const seen = this.#checkpoint;
    if (seen !== null && !seen.note.equals(target.note)) target = await continuing(reader, seen);
    for await (const { index, bytes } of reader.entries(this.size, target.size)) {
      foldEvent(this.state, parseEntry(bytes));
      this.#recent.push(feedEntry(index, bytes));
    }
    this.#checkpoint = target;
  }
}

/** The log's present checkpoint, which must say that what was folded is still how the log begins. */
async function continuing(reader: LogReader, earlier: SignedCheckpoint): Promise<SignedCheckpoint> {
  const proof = await reader.consistency(earlier.size);
  if (proof === null) {
    throw new LogError('rollback', `has fewer entries than the ${earlier.size} read before`, {
      file: CHECKPOINT_PATH,
    });
  }
  const { checkpoint, hashes } = proof;
  const continues = verifyConsistency(hashes, {
    from: earlier.size,
    fromRoot: earlier.root,
    to: checkpoint.size,
    toRoot: checkpoint.root,
  });
  if (!continues)
    throw new LogError('fork', 'does not continue what was read before', { file: CHECKPOINT_PATH });
  return checkpoint;
}
