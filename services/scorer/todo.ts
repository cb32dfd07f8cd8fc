/** What waits for the scorer: derived events of submissions and families, and holds whose deadline has passed. */
import { parseTime } from '../../domain/events/time.ts';
import { owedEvents } from '../../domain/ledger/owed.ts';
import type { LedgerState, Owed } from '../../domain/ledger/state.ts';

export type ScorerItem =
  | { readonly type: 'owed'; readonly owed: Owed }
  | {
      readonly type: 'expired';
      readonly family: string;
      readonly submission: string;
      readonly basis: string;
    };

const OURS: ReadonlySet<string> = new Set([
  'SubmissionScored',
  'ConfirmationCalled',
  'SubmissionConfirmed',
  'ArchitectureClaimDecided',
  'ArchitectureClaimHeld',
  'TrainingClaimDecided',
]);

export function scorerTodo(state: LedgerState, now: string): readonly ScorerItem[] {
  const items: ScorerItem[] = owedEvents(state)
    .filter((owed) => OURS.has(owed.decided.type))
    .map((owed) => ({ type: 'owed', owed }));
  const at = parseTime(now);
  for (const [family, { holds }] of state.families) {
    for (const hold of holds.values()) {
      if (hold.resolution === null && parseTime(hold.deadline) <= at) {
        items.push({ type: 'expired', family, submission: hold.submission, basis: hold.basis });
      }
    }
  }
  return items;
}
