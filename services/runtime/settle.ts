/** Appends a derived event that is owed; whoever is first, it is the same event with the same id. */
import type { Owed } from '../../domain/ledger/state.ts';
import type { LedgerClient } from './ledger-client.ts';

export async function settleOwed(client: LedgerClient, owed: Owed, actor: string): Promise<void> {
  const { stream, correlationId, basis, key } = owed;
  await client.commit({ stream, actor, correlationId, cause: basis, step: key, attempt: 1 }, (state) => {
    const present = state.owed.get(key);
    return present === undefined ? [] : [present.decided];
  });
}
