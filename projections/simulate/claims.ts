/**
 * Claims under the simulated policy: decided by the ledger's own rules, each where it would have become decidable. Where the record owes a
 * decision of the same claim at the same event, it lands where the record landed it, so that the ledger's own policy changes nothing.
 */
import type { DataOf, Decided, PrismEvent } from '../../domain/events/catalogue.ts';
import { claimsTraining, isSettled } from '../../domain/ledger/claimants.ts';
import { nextClaim } from '../../domain/ledger/claims.ts';
import { confirmedBy } from '../../domain/ledger/confirmation.ts';
import { owedEvents } from '../../domain/ledger/owed.ts';
import type { SubmissionEntry } from '../../domain/ledger/state.ts';
import { emptyFamily, evolveFamily } from '../../domain/ownership/family.ts';
import { scoreWhereDue } from './scores.ts';
import { type ClaimKind, claimKey, type Moment, type Note, type Simulation } from './state.ts';

/** Decides all that has become decidable at `basis`, and what follows from it. */
export function deriveClaims(simulation: Simulation, basis: Moment): void {
  const { ledger, undecided, waiting } = simulation;
  for (let changed = true; changed; ) {
    changed = false;
    ledger.pending = ledger.pending.filter((entry) => !isSettled(ledger, entry) && !undecided.has(entry.id));
    for (const entry of ledger.pending) {
      if (scoreWhereDue(simulation, entry)) changed = true;
      if (entry.state.scored === null || waiting.has(entry.id)) continue;
      const step = nextClaim(ledger, entry, basis);
      if (step !== null && take(simulation, entry, step, basis)) changed = true;
    }
  }
}

/** True where it has changed what is decided. */
function take(
  simulation: Simulation,
  entry: SubmissionEntry,
  { stream, decided }: { readonly stream: string; readonly decided: Decided },
  basis: Moment,
): boolean {
  const kind = kindOf(decided);
  if (kind === 'training' && !hasRecipeRuns(entry)) {
    return leaveOpen(simulation, entry, 'needs-evaluation', kind, 'its recipe was not run');
  }
  if (decided.type === 'ConfirmationCalled') return confirm(simulation, entry, decided.data);
  if (isOwed(simulation, decided.type, entry.id, basis)) {
    simulation.waiting.set(entry.id, { stream, decided });
    return false;
  }
  land(simulation, stream, decided, basis);
  return true;
}

function kindOf(decided: Decided): ClaimKind {
  if (decided.type === 'ConfirmationCalled') return decided.data.claim;
  return decided.type === 'TrainingClaimDecided' ? 'training' : 'architecture';
}

/** A recipe that the recorded policy took for the judge's own was not run. */
function hasRecipeRuns(entry: SubmissionEntry): boolean {
  const runs = entry.state.plan?.runs ?? [];
  return claimsTraining(entry) && runs.some(({ pair }) => pair === 'recipe');
}

/** The record owes a decision of this type, for this submission, since the same event. */
function isOwed({ recorded }: Simulation, type: Decided['type'], submission: string, basis: Moment): boolean {
  return owedEvents(recorded).some(
    ({ decided, basis: since }) =>
      decided.type === type &&
      since === basis.id &&
      'submission' in decided.data &&
      decided.data.submission === submission,
  );
}

function leaveOpen(
  simulation: Simulation,
  entry: SubmissionEntry,
  kind: Note['kind'],
  claim: ClaimKind,
  text: string,
): boolean {
  simulation.undecided.add(entry.id);
  simulation.notes.push({ kind, submission: entry.id, hotkey: entry.hotkey, claim, text });
  return true;
}

/** The call was made, or the record owes it. */
function recordedCall(
  { calls, recorded }: Simulation,
  claim: ClaimKind,
  submission: string,
): DataOf<'ConfirmationCalled'> | null {
  const known = calls.get(claimKey(claim, submission));
  if (known !== undefined) return known;
  const stream = `submission-${submission}`;
  for (const { decided, stream: of } of owedEvents(recorded)) {
    if (decided.type === 'ConfirmationCalled' && of === stream && decided.data.claim === claim)
      return decided.data;
  }
  return null;
}

/** Confirms a claim by the runs that were recorded for it; leaves it open where there are none that fit. */
function confirm(
  simulation: Simulation,
  entry: SubmissionEntry,
  call: DataOf<'ConfirmationCalled'>,
): boolean {
  const { claim, incumbent } = call;
  const recorded = recordedCall(simulation, claim, entry.id);
  if (recorded === null) {
    const text = 'would need a confirmation, which was never run';
    return leaveOpen(simulation, entry, 'needs-confirmation', claim, text);
  }
  if (incumbent !== null && incumbent !== recorded.incumbent) {
    const text = `would need a confirmation against ${incumbent}; it was confirmed against ${recorded.incumbent ?? 'the reference'}`;
    return leaveOpen(simulation, entry, 'needs-confirmation', claim, text);
  }
  entry.state = { ...entry.state, phase: 'confirming', called: call };
  if (completeConfirmation(simulation, entry)) return true;
  if (simulation.recorded.submissions.get(entry.id)?.state.phase !== 'abandoned') return false;
  entry.state = { ...entry.state, phase: 'abandoned' };
  return true;
}

/** Judges the recorded runs of the confirmation that `entry` is called to; false where they are not complete. */
export function completeConfirmation(simulation: Simulation, entry: SubmissionEntry): boolean {
  const { called, confirmed } = entry.state;
  const recorded = called && simulation.confirmations.get(claimKey(called.claim, entry.id));
  if (called === null || recorded === null || recorded === undefined) return false;
  const sameNear = called.near === recorded.call.near;
  const measurements = recorded.measurements.filter(
    ({ pair }) => (pair !== 'incumbent' || called.incumbent !== null) && (pair !== 'near' || sameNear),
  );
  noteRuns(simulation, entry, called, recorded.call);
  const measured: SubmissionEntry = { ...entry, state: { ...entry.state, measurements } };
  const family = simulation.ledger.families.get(called.family) ?? emptyFamily;
  const data = confirmedBy(measured, family, recorded.basis);
  entry.state = { ...entry.state, phase: 'scored', called: null, confirmed: [...confirmed, data] };
  return true;
}

function noteRuns(
  { notes }: Simulation,
  { id, hotkey }: SubmissionEntry,
  wanted: DataOf<'ConfirmationCalled'>,
  run: DataOf<'ConfirmationCalled'>,
): void {
  const of = { submission: id, hotkey, claim: wanted.claim };
  const [want, have] = [wanted.seeds.length, run.seeds.length];
  if (want !== have) {
    const text = `the policy wants ${want} paired runs; the ${have} that were recorded are used`;
    notes.push({ ...of, kind: 'other-number-of-runs', text });
  }
  if (wanted.near !== null && wanted.near !== run.near) {
    const text = `${wanted.near} looks like it and was not run beside it: a copy would not show`;
    notes.push({ ...of, kind: 'near-not-run', text });
  }
}

function eventAt(stream: string, decided: Decided, { id, time }: Moment): PrismEvent {
  const meta = { correlationId: id, causationId: id, actor: 'simulation' };
  return { ...decided, id, version: 1, stream, revision: 0, time, meta };
}

/** Applies a decision, a hold or its resolution to its family. */
export function land(simulation: Simulation, stream: string, decided: Decided, at: Moment): void {
  const { ledger, recorded, claims, clocks, words } = simulation;
  const id = stream.slice('family-'.length);
  const family = evolveFamily(ledger.families.get(id) ?? emptyFamily, eventAt(stream, decided, at));
  ledger.families.set(id, family);
  if (decided.type === 'ArchitectureClaimDecided')
    claims.set(claimKey('architecture', decided.data.submission), decided.data);
  if (decided.type === 'TrainingClaimDecided')
    claims.set(claimKey('training', decided.data.submission), decided.data);
  if (decided.type !== 'ArchitectureClaimHeld') return;
  const { submission, deadline } = decided.data;
  const word = words.get(submission);
  if (word !== undefined) land(simulation, stream, { type: 'HoldResolved', data: word }, at);
  else if (recorded.families.get(id)?.holds.get(submission)?.deadline !== deadline)
    clocks.set(submission, { family: id, deadline });
}
