/** Pages by cursor: the key of the last item that the reader has. Items are in ascending order of their key. */

export interface Page<Item> {
  readonly page: readonly Item[];
  /** Cursor of the next page; null where this is the last. */
  readonly next: number | null;
}

export function pageOf<Item>(
  items: readonly Item[],
  after: number,
  limit: number,
  keyOf: (item: Item) => number,
): Page<Item> {
  const rest = items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { page, next: last !== undefined && rest.length > limit ? keyOf(last) : null };
}
