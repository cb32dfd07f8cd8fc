/** The scorer: appends the scores and claims that the ledger owes, and expires holds. */
import { streamOf } from '../../domain/events/ids.ts';
import type { LedgerClient } from '../runtime/ledger-client.ts';
import type { Service } from '../runtime/loop.ts';
import { settleOwed } from '../runtime/settle.ts';
import { type ScorerItem, scorerTodo } from './todo.ts';

const ACTOR = 'service:scorer';

export function scorer(client: LedgerClient): Service<ScorerItem> {
  return {
    name: 'scorer',
    todo: scorerTodo,
    keyOf: (item) => (item.type === 'owed' ? item.owed.key : `expire ${item.submission}`),
    async handle(item) {
      if (item.type === 'owed') {
        await settleOwed(client, item.owed, ACTOR);
        return;
      }
      const { family, submission, basis } = item;
      const writing = {
        stream: streamOf.family(family),
        actor: ACTOR,
        correlationId: submission,
        cause: basis,
        step: `expire ${submission}`,
        attempt: 1,
      };
      await client.commit(writing, (state) => {
        const hold = state.families.get(family)?.holds.get(submission);
        // Looked at again: a clock may have been set back since, and an expiry that is dated too early would be refused by every reader.
        const due = hold?.resolution === null && hold.deadline <= client.now();
        return due ? [{ type: 'HoldExpired', data: { submission } }] : [];
      });
    },
  };
}
