/**
 * The fold of the whole log. It refuses what cannot follow, and derives what is owed: scores, claims and weights are computed at their basis,
 * so that it makes no difference where in the log they land.
 */
import { pointsOf } from '../evaluation/plan.ts';
import { firstTrained } from '../evaluation/runs.ts';
import { canonicalText } from '../events/canonical.ts';
import { catalogue, type DataOf, type EventOf, type PrismEvent } from '../events/catalogue.ts';
import { familyId, ledgerId, streamOf, submissionId } from '../events/ids.ts';
import { emptyFamily, evolveFamily, type FamilyState } from '../ownership/family.ts';
import { ensure } from '../refused.ts';
import { scoreOf } from '../scoring/score.ts';
import { evolveSubmission } from '../submission/evolve.ts';
import { absentSubmission } from '../submission/state.ts';
import { familyOf, isSettled } from './claimants.ts';
import { nextClaim } from './claims.ts';
import { confirmedBy } from './confirmation.ts';
import { onEpoch } from './epochs.ts';
import { ensureIsolated } from './isolation.ts';
import { drawOthers } from './others.ts';
import { owe, settle } from './owed.ts';
import { planOf } from './planning.ts';
import { ensureSeeds } from './randomness.ts';
import { ensureReviewRules, heldUntil } from './review-hold.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';

function entryOf(state: LedgerState, event: PrismEvent): SubmissionEntry {
  const entry = state.submissions.get(event.stream.slice('submission-'.length));
  ensure(
    entry !== undefined,
    'unknown',
    `${event.stream} starts with ${event.type}, not with SubmissionReceived`,
  );
  return entry;
}

function receive(state: LedgerState, event: EventOf<'SubmissionReceived'>): void {
  const { hotkey, nonce } = event.data;
  ensure(state.id !== null && state.policy !== null, 'not-yet', 'the ledger is not open');
  const id = submissionId(state.id, hotkey, nonce);
  ensure(
    event.stream === streamOf.submission(id),
    'wrong-content',
    `hotkey and nonce belong in submission-${id}`,
  );
  ensure(!state.submissions.has(id), 'already-done', `submission ${id} was received before`);
  ensure(
    state.policy.plan.randomness.kind !== 'block' || event.data.chainHeight !== null,
    'wrong-content',
    'its policy draws from a block some way after the head of the chain, and no height is recorded',
  );
  const submission = evolveSubmission(absentSubmission, event);
  const number = (state.received.get(hotkey) ?? 0) + 1;
  state.received.set(hotkey, number);
  const entry = {
    id,
    hotkey,
    order: state.size,
    number,
    receivedId: event.id,
    receivedTime: event.time,
    epoch: state.lastEpoch + 1,
    policy: state.policy,
    state: submission,
    reviewHeldUntil: null,
    lastEventId: event.id,
  };
  state.submissions.set(id, entry);
  state.pending.push(entry);
}

function onSubmission(state: LedgerState, event: PrismEvent): void {
  if (event.type === 'SubmissionReceived') {
    receive(state, event);
    return;
  }
  const entry = entryOf(state, event);
  if (event.type === 'EvaluationPlanned') ensurePlanned(state, entry, event.data);
  if (event.type === 'RunMeasured') {
    const checkpoints = pointsOf(entry.policy.plan)[event.data.point]?.checkpoints ?? [];
    const [wanted, measured] = [checkpoints, event.data.curve].map((points) =>
      points.map(({ step }) => step).join(),
    );
    ensure(
      wanted === measured,
      'wrong-content',
      `its policy wants the curve at steps ${wanted}, not ${measured}`,
    );
  }
  if (event.type === 'RunMeasured') ensureIsolated(entry.policy.plan, event.data);
  if (event.type === 'SubmissionRejected' && event.data.stage === 'evaluation') {
    ensure(
      planOf(state, entry, 0) === 'unknown',
      'wrong-content',
      'only an unknown family is rejected at this stage',
    );
  }
  ensureReviewRules(entry, event);
  entry.state = evolveSubmission(entry.state, event);
  entry.reviewHeldUntil = heldUntil(entry, event);
  entry.lastEventId = event.id;
  if (event.type !== 'RunMeasured') return;
  if (entry.state.phase === 'remeasured') {
    const family = familyOf(state.id ?? '', entry);
    const confirmed = confirmedBy(entry, state.families.get(family ?? '') ?? emptyFamily, event.id);
    owe(state, event.stream, event.id, entry.id, { type: 'SubmissionConfirmed', data: confirmed });
  }
  if (entry.state.phase === 'measured') {
    const own = entry.state.admitted?.layout.kind !== 'training_for_arch';
    const { plan, scoring: rules } = entry.policy;
    const data = scoreOf(entry.state.measurements, {
      plan,
      rules,
      firstTrained: firstTrained(plan),
      ownArchitecture: own,
      basis: event.id,
    });
    owe(state, event.stream, event.id, entry.id, { type: 'SubmissionScored', data });
  }
}

function ensurePlanned(
  state: LedgerState,
  entry: SubmissionEntry,
  planned: DataOf<'EvaluationPlanned'>,
): void {
  const expected = planOf(state, entry, planned.others.length);
  ensure(expected !== null && expected !== 'unknown', 'not-yet', 'its architecture is not decided yet');
  const { planDigest, runs, futilityMicrobits, hookWith, architectureFrom } = planned;
  ensure(
    canonicalText(expected) ===
      canonicalText({
        planDigest,
        runs,
        futilityMicrobits,
        hookWith,
        architectureFrom,
      }),
    'wrong-content',
    'plans something else than its policy wants',
  );
  ensure(
    planned.seeds.length === entry.policy.plan.seeds,
    'wrong-content',
    `its policy wants ${entry.policy.plan.seeds} seeds`,
  );
  ensureSeeds(state, entry, planned);
  ensure(
    canonicalText(planned.others) === canonicalText(drawOthers(state, entry, planned.seeds)),
    'wrong-content',
    'its recipe is tried on other architectures than its seeds draw',
  );
}

function onFamily(state: LedgerState, event: PrismEvent): void {
  const id = event.stream.slice('family-'.length);
  if (event.type === 'ArchitectureClaimDecided' || event.type === 'ArchitectureClaimHeld') {
    ensure(
      state.id !== null && familyId(state.id, event.data.digest) === id,
      'wrong-content',
      'the digest belongs to another family',
    );
  }
  const family = state.families.get(id) ?? emptyFamily;
  if (event.type === 'HoldExpired') {
    const deadline = family.holds.get(event.data.submission)?.deadline;
    // Both are RFC 3339 in one form, so that text order is time order.
    ensure(deadline === undefined || event.time >= deadline, 'too-early', `the hold runs until ${deadline}`);
  }
  if (event.type === 'HoldResolved') ensureDisinterested(state, family, event.data);
  state.families.set(id, evolveFamily(family, event));
}

/** Nobody decides a case of their own: neither the claimant nor whom the claim looks like. */
function ensureDisinterested(
  state: LedgerState,
  family: FamilyState,
  { submission, resolver }: DataOf<'HoldResolved'>,
): void {
  const hold = family.holds.get(submission);
  const parties = [hold?.hotkey, state.submissions.get(hold?.nearSubmission ?? '')?.hotkey];
  ensure(
    !parties.includes(resolver),
    'wrong-content',
    `${resolver} is a party to the hold of ${submission}, and cannot resolve it`,
  );
}

function onPolicy(state: LedgerState, event: PrismEvent): void {
  ensure(event.stream === streamOf.policy, 'wrong-content', `${event.type} belongs in ${streamOf.policy}`);
  if (event.type === 'LedgerOpened') {
    ensure(state.size === 0, 'already-done', 'a ledger is opened once, at index 0');
    ensure(
      event.id === ledgerId(event.data),
      'wrong-content',
      "the ledger's id does not follow from its opening",
    );
    state.id = event.id;
    state.opened = event.data;
    state.openedTime = event.time;
    state.epochSecrets.set(1, { commitment: event.data.seedCommitment, secret: null });
    state.policy = event.data.policy;
  } else if (event.type === 'PolicyAdopted') {
    state.policy = event.data.policy;
  }
}

/** Owes every claim that `event` has made decidable. A submission has at most one claim owed at a time. */
function deriveClaims(state: LedgerState, event: PrismEvent): void {
  state.pending = state.pending.filter((entry) => !isSettled(state, entry));
  for (const entry of state.pending) {
    if (entry.state.scored === null || stepOwed(state, entry)) continue;
    const step = nextClaim(state, entry, event);
    if (step !== null) owe(state, step.stream, event.id, entry.id, step.decided);
  }
}

const CLAIM_DECISIONS = [
  'ArchitectureClaimDecided',
  'ArchitectureClaimHeld',
  'TrainingClaimDecided',
] as const;

function stepOwed(state: LedgerState, entry: SubmissionEntry): boolean {
  if (state.owed.has(`ConfirmationCalled ${streamOf.submission(entry.id)} `)) return true;
  const family = state.id === null ? null : familyOf(state.id, entry);
  return (
    family !== null &&
    CLAIM_DECISIONS.some((type) => state.owed.has(`${type} ${streamOf.family(family)} ${entry.id}`))
  );
}

const CLAIM_TRIGGERS: ReadonlySet<PrismEvent['type']> = new Set([
  'SubmissionRejected',
  'SubmissionReviewed',
  'EvaluationAbandoned',
  'SubmissionScored',
  'SubmissionConfirmed',
  'ArchitectureClaimDecided',
  'TrainingClaimDecided',
  'HoldResolved',
  'HoldExpired',
]);

/** Folds one event. Throws `RefusedError` for one that cannot follow; the state is then no longer to be used. */
export function evolveLedger(state: LedgerState, event: PrismEvent): void {
  ensure(state.id !== null || event.type === 'LedgerOpened', 'not-yet', 'a ledger starts with LedgerOpened');
  const expected = (state.revisions.get(event.stream) ?? -1) + 1;
  ensure(
    event.revision === expected,
    'wrong-content',
    `${event.stream} continues at revision ${expected}, not ${event.revision}`,
  );
  const definition = catalogue[event.type];
  if (definition.derived) settle(state, event);
  if (definition.category === 'policy') onPolicy(state, event);
  else if (definition.category === 'submission') onSubmission(state, event);
  else if (definition.category === 'family') onFamily(state, event);
  else onEpoch(state, event);
  state.revisions.set(event.stream, event.revision);
  state.size += 1;
  if (CLAIM_TRIGGERS.has(event.type)) deriveClaims(state, event);
}
