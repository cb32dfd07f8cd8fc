/** The events of a log, checked and parsed, up to an index. */
import type { PrismEvent } from '../../domain/events/catalogue.ts';
import { parseEntry } from '../../domain/events/codec.ts';
import { verifyLog } from '../../domain/log/verify-log.ts';
import { CommandError, EXIT } from './output.ts';
import { filesOf } from './verify.main.ts';

/**
 * Checks the log's signature and hashes at once, and gives a reader of its events that can be used several times.
 * @param at index of the last event that counts; undefined: the log's end
 * Throws `CommandError` where the log is not there or ends before `at`, and `LogError`.
 */
export async function logEvents(
  directoryOrUrl: string,
  at: number | undefined,
): Promise<() => AsyncGenerator<PrismEvent>> {
  const log = await verifyLog(filesOf(directoryOrUrl));
  const { size } = log.checkpoint;
  if (at !== undefined && at >= size)
    throw new CommandError(`--at ${at} is past the log's end: its last index is ${size - 1}`, EXIT.usage);
  return async function* events() {
    for await (const { index, bytes } of log.entries()) {
      yield parseEntry(bytes);
      if (index === at) return;
    }
  };
}
