/** Work side by side, bounded; the first failure stops the rest. */

/**
 * Calls `work` for every item, at most `width` at a time. After the first failure no further item is started, the abort signal given to
 * the running ones fires, and once they have ended the failure is thrown.
 */
export async function forEachInParallel<T>(
  items: readonly T[],
  width: number,
  signal: AbortSignal,
  work: (item: T, abort: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const queue = [...items];
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && !stop.signal.aborted; item = queue.shift()) {
      try {
        await work(item, stop.signal);
      } catch (error) {
        failures.push(error);
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  signal.removeEventListener('abort', onAbort);
  if (failures.length > 0) throw failures[0];
  if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
