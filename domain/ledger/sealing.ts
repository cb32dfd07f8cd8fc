/**
 * When a submission's sources may be seen. That something was sent, its content digest and the digest of its list of files are public at once,
 * in `SubmissionAdmitted`. The sources open to everyone alike, once nothing that they claim is undecided and some time after the last decision that gave
 * their submission something. What owns nothing stays sealed for ever: an idea that was unlucky, or was rejected for a detail, must not be there for others
 * to take.
 */
import type { PrismEvent } from '../events/catalogue.ts';
import { addMs, parseTime } from '../events/time.ts';
import type { Policy } from '../policy/policy.ts';
import type { SubmissionState } from '../submission/state.ts';
import { claimsArchitecture, claimsTraining } from './claimants.ts';

/** Owned by its fold: `evolveSeals` changes it in place. */
export interface Seal {
  /** That it was received under: no later policy opens it sooner or later. */
  readonly policy: Policy;
  readonly state: { admitted: SubmissionState['admitted']; reviewed: SubmissionState['reviewed'] };
  readonly decided: Set<'architecture' | 'training'>;
  /** Rejected or given up. */
  isEnded: boolean;
  /** Not before this time (RFC 3339); null while nothing is owned. */
  opensAt: string | null;
}

export interface SealsState {
  /** The last policy adopted; null before the ledger is open. */
  policy: Policy | null;
  readonly bySubmission: Map<string, Seal>;
}

/** What everyone may see at a time. */
export type Visibility =
  | { readonly kind: 'open'; readonly opensAt: string; readonly sources: Sources }
  /** `opensAt` is null while a claim is undecided. */
  | { readonly kind: 'sealed'; readonly opensAt: string | null }
  | { readonly kind: 'never' };

export type Sources = NonNullable<SubmissionState['admitted']>;

export function emptySeals(): SealsState {
  return { policy: null, bySubmission: new Map() };
}

/** Folds the next event of the log in place. */
export function evolveSeals(seals: SealsState, event: PrismEvent): void {
  if (event.type === 'LedgerOpened' || event.type === 'PolicyAdopted') seals.policy = event.data.policy;
  if (event.type === 'ArchitectureClaimDecided') {
    decide(seals, event, 'architecture', event.data.outcome === 'discovered');
  } else if (event.type === 'TrainingClaimDecided') {
    decide(seals, event, 'training', event.data.outcome === 'granted');
  } else if (event.stream.startsWith('submission-')) {
    onSubmission(seals, event, event.stream.slice('submission-'.length));
  }
}

function onSubmission({ policy, bySubmission }: SealsState, event: PrismEvent, id: string): void {
  if (event.type === 'SubmissionReceived' && policy !== null) {
    const state = { admitted: null, reviewed: null };
    bySubmission.set(id, { policy, state, decided: new Set(), isEnded: false, opensAt: null });
  }
  const seal = bySubmission.get(id);
  if (seal === undefined) return;
  if (event.type === 'SubmissionAdmitted') seal.state.admitted = event.data;
  if (event.type === 'SubmissionReviewed') seal.state.reviewed = event.data;
  if (event.type === 'SubmissionRejected' || event.type === 'EvaluationAbandoned') seal.isEnded = true;
}

function decide(
  { bySubmission }: SealsState,
  event: { readonly time: string; readonly data: { readonly submission: string } },
  claim: 'architecture' | 'training',
  gives: boolean,
): void {
  const seal = bySubmission.get(event.data.submission);
  if (seal === undefined) return;
  seal.decided.add(claim);
  if (gives) seal.opensAt = addMs(event.time, seal.policy.ownership.sealMs);
}

/** Whether a claim is open that may yet give it something. */
function awaitsDecision(seal: Seal): boolean {
  if (seal.isEnded) return false;
  if (seal.state.admitted === null) return true;
  return (
    (claimsArchitecture(seal) && !seal.decided.has('architecture')) ||
    (claimsTraining(seal) && !seal.decided.has('training'))
  );
}

/**
 * What everyone may see of a submission's sources.
 * @param now milliseconds since the Unix epoch
 */
export function visibilityAt(seal: Seal, now: number): Visibility {
  if (awaitsDecision(seal)) return { kind: 'sealed', opensAt: null };
  const { opensAt, state } = seal;
  if (opensAt === null || state.admitted === null) return { kind: 'never' };
  return now < parseTime(opensAt)
    ? { kind: 'sealed', opensAt }
    : { kind: 'open', opensAt, sources: state.admitted };
}
