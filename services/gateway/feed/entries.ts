/** Log entries as server-sent events: one frame for all who listen. */

export interface FeedEntry {
  readonly index: number;
  readonly type: string;
  readonly frame: Buffer;
}

/** @param bytes canonical JSON of an event: one line, as it stands in the log */
export function feedEntry(index: number, bytes: Buffer): FeedEntry {
  const text = bytes.toString('utf8');
  const { type }: { type: string } = JSON.parse(text);
  return { index, type, frame: Buffer.from(`id: ${index}\nevent: ${type}\ndata: ${text}\n\n`, 'utf8') };
}

const MAX_ENTRIES = 1_024;
const MAX_BYTES = 8 * 1024 * 1024;

/** The last entries of the log: most listeners are at its end. */
export class RecentEntries {
  #entries: FeedEntry[] = [];
  #bytes = 0;

  push(entry: FeedEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.frame.length;
    if (this.#entries.length > 2 * MAX_ENTRIES || this.#bytes > 2 * MAX_BYTES) this.#forget();
  }

  /** Entries from `from` on, up to so many and so many bytes, at least one where one is there; null where they are no longer kept. */
  from(from: number, entries: number, bytes: number): readonly FeedEntry[] | null {
    const first = this.#entries[0]?.index;
    if (first === undefined || from < first) return null;
    const page: FeedEntry[] = [];
    let size = 0;
    for (const entry of this.#entries.slice(from - first, from - first + entries)) {
      page.push(entry);
      size += entry.frame.length;
      if (size >= bytes) break;
    }
    return page;
  }

  #forget(): void {
    const kept = this.#entries.slice(-MAX_ENTRIES);
    let bytes = kept.reduce((sum, entry) => sum + entry.frame.length, 0);
    while (bytes > MAX_BYTES) bytes -= kept.shift()?.frame.length ?? bytes;
    this.#entries = kept;
    this.#bytes = bytes;
  }
}
