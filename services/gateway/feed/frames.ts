/** What a listener is sent: pulled by its own reading, so that a slow one holds no more than a page. */

import type { EventType } from '../../../domain/events/catalogue.ts';
import type { Follower } from '../follower.ts';
import type { ProgressMailbox } from './progress-mailbox.ts';

/** How often something is sent on a silent connection, so that nobody in between gives it up. */
export const HEARTBEAT_MS = 15_000;
/** A browser comes back after this time. */
const RETRY_MS = 1_000;

/** A block without data moves a reader's position and shows it nothing. */
function position(index: number): string {
  return `: \nid: ${index}\n\n`;
}

/**
 * Every event after index `after`, in order, without end: each once.
 * @param types only these, where given; the positions between are sent all the same
 * @param mailbox what is in it is sent between events, where no event waits
 */
export async function* eventFrames(
  follower: Follower,
  after: number,
  types: ReadonlySet<EventType> | undefined,
  mailbox: ProgressMailbox,
  signal: AbortSignal,
): AsyncGenerator<string | Buffer> {
  const wanted: ReadonlySet<string> | undefined = types;
  yield `retry: ${RETRY_MS}\n${position(after)}`;
  let last = after;
  while (!signal.aborted) {
    let silent = true;
    for (const { index, type, frame } of last + 1 < follower.size ? await follower.page(last + 1) : []) {
      last = index;
      if (wanted?.has(type) === false) continue;
      silent = false;
      yield frame;
    }
    if (last + 1 < follower.size) {
      if (silent) yield position(last);
      continue;
    }
    const progress = mailbox.take();
    if (progress !== '') {
      yield progress;
      continue;
    }
    await follower.grown(last + 1, mailbox.waitMs(HEARTBEAT_MS), signal, mailbox.arrival());
    if (last + 1 >= follower.size && mailbox.isEmpty) yield position(last);
  }
}

/**
 * A view, at first and whenever its digest has changed. Each replaces the one before: changes in one step of the log are one message.
 * @param view the present one
 */
export async function* viewFrames(
  follower: Follower,
  name: string,
  view: () => { readonly index: number; readonly stateDigest: string },
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  let sent: string | null = null;
  while (!signal.aborted) {
    const { size } = follower;
    const present = view();
    if (present.stateDigest === sent) {
      yield position(present.index);
    } else {
      sent = present.stateDigest;
      yield `id: ${present.index}\nevent: ${name}\ndata: ${JSON.stringify(present)}\n\n`;
    }
    await follower.grown(size, HEARTBEAT_MS, signal);
  }
}
