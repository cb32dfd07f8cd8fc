/** Folds the recorded facts under another policy: what was sent, found, measured and said by people stays; everything derived is derived anew. */
import type { EventOf, PrismEvent } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import { parseTime } from '../../domain/events/time.ts';
import { contributionsOf } from '../../domain/ledger/contributions.ts';
import { evolveLedger } from '../../domain/ledger/evolve.ts';
import type { SubmissionEntry } from '../../domain/ledger/state.ts';
import { canonicalArchitecture } from '../../domain/ledger/waiting.ts';
import type { SubmissionState } from '../../domain/submission/state.ts';
import { keptAfter, weightsOf } from '../../domain/weights/weights.ts';
import { completeConfirmation, deriveClaims, land } from './claims.ts';
import { claimKey, type Simulation } from './state.ts';

/** Folds the next event of the log. Throws `RefusedError` for one that cannot follow. */
export function simulateEvent(simulation: Simulation, event: PrismEvent): void {
  const { recorded, ledger } = simulation;
  const id = event.stream.slice('submission-'.length);
  const before = recorded.submissions.get(id)?.state ?? null;
  evolveLedger(recorded, event);
  ledger.size = recorded.size;
  expireHolds(simulation, event);
  if (event.type === 'LedgerOpened') {
    ledger.id = recorded.id;
    ledger.policy = simulation.policy;
  } else if (event.stream.startsWith('submission-')) onSubmission(simulation, event, id, before);
  else if (event.stream.startsWith('family-')) onFamily(simulation, event);
  else if (event.type === 'EpochClosed') closeEpoch(simulation, event);
}

function receive({ recorded, ledger, policy }: Simulation, id: string): void {
  const entry = recorded.submissions.get(id);
  if (entry === undefined) return;
  // What was run cannot be run otherwise: its plan stays.
  const simulated: SubmissionEntry = { ...entry, policy: { ...policy, plan: entry.policy.plan } };
  ledger.submissions.set(id, simulated);
  ledger.pending.push(simulated);
}

/** @param before what it was before the event, as recorded */
function onSubmission(
  simulation: Simulation,
  event: PrismEvent,
  id: string,
  before: SubmissionState | null,
): void {
  const { recorded, ledger } = simulation;
  if (event.type === 'SubmissionReceived') receive(simulation, id);
  const [entry, now] = [ledger.submissions.get(id), recorded.submissions.get(id)?.state];
  if (entry === undefined || now === undefined) return;
  if (event.type === 'SubmissionScored') {
    simulation.unscored.set(id, before?.measurements ?? []);
  } else if (event.type === 'SubmissionConfirmed') {
    const { claim, basis } = event.data;
    const [call, measurements] = [before?.called ?? null, before?.measurements ?? []];
    if (call !== null) simulation.confirmations.set(claimKey(claim, id), { call, measurements, basis });
    completeConfirmation(simulation, entry);
  } else if (now.scored === null) {
    entry.state = now;
  } else if (event.type === 'EvaluationAbandoned' && entry.state.called?.claim === before?.called?.claim) {
    // Otherwise it was given up in a confirmation that this policy does not call for.
    if (entry.state.called !== null) entry.state = { ...entry.state, phase: 'abandoned' };
  }
  if (TRIGGERS.has(event.type)) deriveClaims(simulation, event);
}

/** What of a submission's life can make a claim decidable. */
const TRIGGERS: ReadonlySet<PrismEvent['type']> = new Set([
  'SubmissionRejected',
  'SubmissionReviewed',
  'EvaluationAbandoned',
  'SubmissionScored',
  'SubmissionConfirmed',
]);

function onFamily(simulation: Simulation, event: PrismEvent): void {
  const { recordedClaims, waiting, ledger, clocks, words } = simulation;
  if (event.type === 'ArchitectureClaimDecided' || event.type === 'TrainingClaimDecided') {
    const kind = event.type === 'TrainingClaimDecided' ? 'training' : 'architecture';
    recordedClaims.set(claimKey(kind, event.data.submission), event.data);
  }
  if (event.type === 'HoldResolved') words.set(event.data.submission, event.data);
  const submission = 'submission' in event.data ? event.data.submission : '';
  if (event.type === 'HoldResolved' || event.type === 'HoldExpired') {
    const hold = ledger.families.get(event.stream.slice('family-'.length))?.holds.get(submission);
    const follows = event.type === 'HoldResolved' || !clocks.has(submission);
    if (hold?.resolution === null && follows) {
      clocks.delete(submission);
      land(simulation, event.stream, event, event);
    }
  } else {
    const due = waiting.get(submission);
    if (due?.decided.type === event.type) {
      waiting.delete(submission);
      land(simulation, due.stream, due.decided, event);
    }
  }
  deriveClaims(simulation, event);
}

/** Ends the holds whose simulated deadline has passed by the time of `event`, unless that is their resolution. */
function expireHolds(simulation: Simulation, event: PrismEvent): void {
  for (const [submission, { family, deadline }] of simulation.clocks) {
    if (event.time < deadline) continue;
    simulation.clocks.delete(submission);
    land(simulation, streamOf.family(family), { type: 'HoldExpired', data: { submission } }, event);
    deriveClaims(simulation, event);
  }
}

function closeEpoch(
  { recorded, ledger, policy, undecided }: Simulation,
  event: EventOf<'EpochClosed'>,
): void {
  const { epoch } = event.data;
  const entry = recorded.epochs.get(epoch);
  if (entry === undefined) return;
  const span = { fromMs: parseTime(entry.openedTime), toMs: parseTime(event.time) };
  // What stays undecided holds up nobody: nothing is kept for it either.
  const contributions = contributionsOf(ledger).filter(
    ({ held, submission }) => !(held && undecided.has(submission)),
  );
  const { kept } = ledger;
  const spec = { epoch, basis: event.id, contributions, kept, rules: policy.weights };
  const weights = weightsOf({ ...spec, span });
  ledger.kept = keptAfter(kept, contributions, weights);
  ledger.epochs.set(epoch, { ...entry, weights, emissions: new Map() });
  ledger.lastEpoch = epoch;
}

/** What can only be said at the end: a recipe that was rejected, but whose family this policy lets be discovered before it. */
export function endSimulation({ ledger, notes }: Simulation): void {
  for (const entry of ledger.submissions.values()) {
    const { rejected, admitted } = entry.state;
    if (rejected?.stage !== 'evaluation' || admitted?.layout.kind !== 'training_for_arch') continue;
    if (notes.some(({ kind, submission }) => kind === 'unknown-family' && submission === entry.id)) continue;
    if (canonicalArchitecture(ledger, entry) === 'unknown') continue;
    const text = 'was rejected for its unknown family, which would be known: it would need an evaluation';
    notes.push({
      kind: 'needs-evaluation',
      submission: entry.id,
      hotkey: entry.hotkey,
      claim: 'training',
      text,
    });
  }
}
