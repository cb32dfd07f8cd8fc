/** What waits for an evaluator: leases that may be lapsed, and evaluations that nobody holds. Pure. */
import { parseTime } from '../../domain/events/time.ts';
import { planOf } from '../../domain/ledger/planning.ts';
import { admissionOf } from '../../domain/ledger/randomness.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import { isDue } from '../../domain/randomness/rule.ts';
import { lapseReason } from '../../domain/submission/decide.ts';
import { awaitsRuns } from '../../domain/submission/state.ts';

export type EvaluatorItem =
  | { readonly type: 'lapse'; readonly entry: SubmissionEntry }
  | { readonly type: 'evaluate'; readonly entry: SubmissionEntry };

/** Has a plan and seeds that can be known now, or is planned and held by nobody. */
function isReady(state: LedgerState, entry: SubmissionEntry, now: string): boolean {
  const { phase, open } = entry.state;
  if (awaitsRuns(phase)) return open === null;
  if (phase !== 'reviewed' || planOf(state, entry, 0) === null) return false;
  return isDue(entry.policy.plan.randomness, admissionOf(state, entry), parseTime(now));
}

/**
 * Lapses first, then evaluations by admission.
 * @param worker name of this evaluator
 * @param active submissions that this very process is evaluating: their leases are not those of a process that died
 */
export function evaluatorTodo(
  state: LedgerState,
  now: string,
  worker: string,
  active: ReadonlySet<string>,
): readonly EvaluatorItem[] {
  const lapses: EvaluatorItem[] = [];
  const ready: EvaluatorItem[] = [];
  for (const entry of state.pending) {
    const { open } = entry.state;
    if (active.has(entry.id)) continue;
    if (open !== null && lapseReason(open, worker, true, now, entry.policy.work) !== null)
      lapses.push({ type: 'lapse', entry });
    else if (isReady(state, entry, now)) ready.push({ type: 'evaluate', entry });
  }
  return [...lapses, ...ready];
}
