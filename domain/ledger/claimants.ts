/** Which claims a submission makes, in which family, and when none of them is open any more. */
import { familyId } from '../events/ids.ts';
import { emptyFamily, type FamilyState } from '../ownership/family.ts';
import type { Policy } from '../policy/policy.ts';
import type { SubmissionState } from '../submission/state.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';

/** What says which claims a submission makes. */
export interface Claimant {
  readonly policy: Policy;
  readonly state: Pick<SubmissionState, 'admitted' | 'reviewed'>;
}

/** Has an architecture of its own to claim: known from its admission. */
export function claimsArchitecture(entry: Claimant): boolean {
  return entry.state.admitted !== null && entry.state.admitted.layout.kind !== 'training_for_arch';
}

/** Has a recipe to claim, as far as is known: certain once it is reviewed. */
export function claimsTraining(entry: Claimant): boolean {
  const { admitted, reviewed } = entry.state;
  if (admitted === null || admitted.layout.training === null) return false;
  if (reviewed === null) return true;
  return (
    reviewed.training !== null &&
    !entry.policy.ownership.referenceTrainingDigests.includes(reviewed.training.digest)
  );
}

/** The family that a submission belongs to; null where that is not known yet. */
export function familyOf(ledger: string, entry: SubmissionEntry): string | null {
  const { admitted, reviewed } = entry.state;
  if (admitted?.layout.kind === 'training_for_arch') return admitted.layout.architectureId;
  const digest = reviewed?.architecture?.digest;
  return digest === undefined ? null : familyId(ledger, digest);
}

export function familyState(state: LedgerState, id: string): FamilyState {
  return state.families.get(id) ?? emptyFamily;
}

export function decidedIn(
  state: LedgerState,
  entry: SubmissionEntry,
  which: 'architectureDecided' | 'trainingDecided',
): boolean {
  const family = state.id === null ? null : familyOf(state.id, entry);
  return family !== null && familyState(state, family)[which].has(entry.id);
}

/** True once nothing that this submission claims is open any more. */
export function isSettled(state: LedgerState, entry: SubmissionEntry): boolean {
  const { phase } = entry.state;
  if (phase === 'rejected' || phase === 'abandoned') return true;
  if (phase !== 'scored') return false;
  return (
    (!claimsArchitecture(entry) || decidedIn(state, entry, 'architectureDecided')) &&
    (!claimsTraining(entry) || decidedIn(state, entry, 'trainingDecided'))
  );
}
