/** What follows from the log and is not in it yet: derived events, each computed at its basis. */
import { canonicalText } from '../events/canonical.ts';
import type { Decided, PrismEvent } from '../events/catalogue.ts';
import { ensure } from '../refused.ts';
import type { LedgerState, Owed } from './state.ts';

/** Names what an event is about, so that a derived event finds what is owed. */
function keyOf(stream: string, decided: Decided): string {
  const subject = 'submission' in decided.data ? decided.data.submission : '';
  return `${decided.type} ${stream} ${subject}`;
}

export function owe(
  state: LedgerState,
  stream: string,
  basis: string,
  correlationId: string,
  decided: Decided,
): void {
  const key = keyOf(stream, decided);
  state.owed.set(key, { key, stream, basis, correlationId, decided });
}

/** A derived event must say exactly what the log up to its basis says. */
export function settle(state: LedgerState, event: PrismEvent): void {
  const owed = state.owed.get(keyOf(event.stream, event));
  ensure(
    owed !== undefined,
    'not-owed',
    `${event.type} in ${event.stream} does not follow from the log up to its basis`,
  );
  const [expected, actual] = [canonicalText(owed.decided.data), canonicalText(event.data)];
  ensure(
    expected === actual,
    'not-owed',
    `${event.type} in ${event.stream} says ${actual}; the log up to its basis says ${expected}`,
  );
  state.owed.delete(owed.key);
}

/** What is owed, in the order in which it became due. */
export function owedEvents(state: LedgerState): readonly Owed[] {
  return [...state.owed.values()];
}
