/** Which earlier discovery of another hotkey an architecture looks like. */
import type { NearMatch } from '../ownership/claims.ts';
import { similarityPpm } from '../ownership/likeness.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';

/** Whether what two submissions' hosts have declared has one structure; null where one has declared nothing. */
function haveOneStructure(a: SubmissionEntry, b: SubmissionEntry): boolean | null {
  const [left, right] = [a.state.scored?.structure ?? null, b.state.scored?.structure ?? null];
  return left === null || right === null ? null : left === right;
}

/** The most alike family that another hotkey's earlier submission has discovered; the earliest of equals. */
export function nearMatch(state: LedgerState, entry: SubmissionEntry): NearMatch | null {
  const own = entry.state.reviewed?.architecture;
  if (own === null || own === undefined) return null;
  let best: NearMatch | null = null;
  let bestOrder = Number.POSITIVE_INFINITY;
  for (const [family, { discovery }] of state.families) {
    const other = discovery === null ? undefined : state.submissions.get(discovery.submission);
    const fingerprint = other?.state.reviewed?.architecture;
    if (
      other === undefined ||
      // Discovered under a later policy that calls fewer things alike, it did not have to wait for this one.
      other.order > entry.order ||
      other.hotkey === entry.hotkey ||
      fingerprint === null ||
      fingerprint === undefined
    )
      continue;
    const similarity = similarityPpm(own, fingerprint);
    if (similarity < entry.policy.ownership.nearMatchPpm) continue;
    if (
      best === null ||
      similarity > best.similarityPpm ||
      (similarity === best.similarityPpm && other.order < bestOrder)
    ) {
      const sameStructure = haveOneStructure(entry, other);
      best = { family, submission: other.id, similarityPpm: similarity, sameStructure };
      bestOrder = other.order;
    }
  }
  return best;
}
