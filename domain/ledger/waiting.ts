/** For which earlier submissions a claim waits: those that could still take what it claims. */
import { similarityPpm } from '../ownership/likeness.ts';
import {
  claimsArchitecture,
  claimsTraining,
  decidedIn,
  familyOf,
  familyState,
  isSettled,
} from './claimants.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';

/** Submissions admitted before `entry` whose claims are open. */
export function earlier(state: LedgerState, entry: SubmissionEntry): readonly SubmissionEntry[] {
  return state.pending.filter((other) => other.order < entry.order && !isSettled(state, other));
}

function looksLike(a: SubmissionEntry, b: SubmissionEntry, nearMatchPpm: number): boolean {
  const [left, right] = [a.state.reviewed?.architecture, b.state.reviewed?.architecture];
  return (
    left !== null &&
    left !== undefined &&
    right !== null &&
    right !== undefined &&
    similarityPpm(left, right) >= nearMatchPpm
  );
}

/** An earlier submission that may yet take the architecture that `entry` claims; unreviewed counts as matching. */
export function blocksArchitecture(
  state: LedgerState,
  other: SubmissionEntry,
  entry: SubmissionEntry,
): boolean {
  if (!claimsArchitecture(other) || decidedIn(state, other, 'architectureDecided')) return false;
  return other.state.reviewed === null || looksLike(other, entry, entry.policy.ownership.nearMatchPpm);
}

/** An earlier submission that may yet take the training of `family`. */
export function blocksTraining(state: LedgerState, other: SubmissionEntry, family: string): boolean {
  if (!claimsTraining(other) || decidedIn(state, other, 'trainingDecided') || state.id === null) return false;
  const own = familyOf(state.id, other);
  return own === null || own === family;
}

/**
 * What a `training_for_arch` is to be run on: null while an earlier submission may yet discover its family, `unknown` where none admitted
 * before it has.
 */
export function canonicalArchitecture(
  state: LedgerState,
  entry: SubmissionEntry,
): { readonly submission: string } | 'unknown' | null {
  const family = state.id === null ? null : familyOf(state.id, entry);
  if (family === null) return 'unknown';
  const discoverer = familyState(state, family).discovery?.submission;
  if (discoverer !== undefined) {
    const order = state.submissions.get(discoverer)?.order ?? Number.POSITIVE_INFINITY;
    return order < entry.order ? { submission: discoverer } : 'unknown';
  }
  const undecided = earlier(state, entry).some((other) => {
    if (!claimsArchitecture(other) || decidedIn(state, other, 'architectureDecided')) return false;
    const own = state.id === null ? null : familyOf(state.id, other);
    return own === null || own === family;
  });
  return undecided ? null : 'unknown';
}
