/** Where in the log everything stands that a decision rests on: the verifying fold, and beside it the position of every event. */
import { costOf } from '../../domain/evaluation/measurement.ts';
import { type RunKey, runName } from '../../domain/evaluation/runs.ts';
import type { DataOf, EventOf, EventType, PrismEvent } from '../../domain/events/catalogue.ts';
import { parseTime } from '../../domain/events/time.ts';
import { contributionsOf } from '../../domain/ledger/contributions.ts';
import { evolveLedger } from '../../domain/ledger/evolve.ts';
import { emptyLedger, type LedgerState } from '../../domain/ledger/state.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { Runs } from '../../domain/scoring/measured-runs.ts';
import { type Earned, earningsOf, type Span } from '../../domain/weights/earnings.ts';
import type { Kept } from '../../domain/weights/weights.ts';

/** An event by its place in the log. */
export interface Ref {
  readonly index: number;
  readonly id: string;
  readonly type: EventType;
  readonly time: string;
  readonly actor: string;
}

/** What an event says, and where it stands. */
export interface Found<Data> {
  readonly at: Ref;
  readonly data: Data;
}

/** A measured run: what a score is made from. */
export interface RunFound {
  readonly at: Ref;
  readonly run: RunKey;
  readonly name: string;
  readonly attempt: number;
  readonly ending: DataOf<'RunMeasured'>['ending'];
  /** What it has come to: mean of area and late loss with the bits of what was delivered, as its policy counts them; microbits per byte. */
  readonly figureMicrobits: number;
  /** Device time of the training, microseconds. */
  readonly costUs: number;
  readonly payloadBytes: number;
}

export interface ConfirmationFound {
  readonly called: Found<DataOf<'ConfirmationCalled'>>;
  readonly runs: RunFound[];
  confirmed: Found<DataOf<'SubmissionConfirmed'>> | null;
}

export interface SubmissionTrail {
  readonly received: Ref;
  /** In force when it was received: a place in `Trail.policies`. */
  readonly policy: number;
  admitted: Ref | null;
  reviewed: Ref | null;
  planned: Ref | null;
  readonly runs: RunFound[];
  scored: Ref | null;
  readonly confirmations: ConfirmationFound[];
  /** Of a rejection, or of being given up. */
  ended: Ref | null;
}

export type ClaimDecision = DataOf<'ArchitectureClaimDecided'> | DataOf<'TrainingClaimDecided'>;

export interface HoldFound extends Found<DataOf<'ArchitectureClaimHeld'>> {
  /** Null while it is open; the reason is null where it expired. */
  resolution: { readonly at: Ref; readonly outcome: string; readonly reason: string | null } | null;
}

export interface EpochTrail {
  readonly closed: Ref;
  readonly policy: number;
  readonly span: Span;
  readonly earned: readonly Earned[];
  /** Of earlier epochs, when it was closed. */
  readonly kept: Kept;
  derived: Found<DataOf<'WeightsDerived'>> | null;
  revealed: Ref | null;
  readonly emitted: Found<DataOf<'WeightsEmitted'>>[];
}

/** Owned by its fold, which changes it in place. */
export interface Trail {
  readonly ledger: LedgerState;
  /** By event id: what a `basis` names. */
  readonly refs: Map<string, Ref>;
  readonly policies: Found<Policy>[];
  readonly submissions: Map<string, SubmissionTrail>;
  /** By kind and submission. */
  readonly claims: Map<string, Found<ClaimDecision>>;
  /** By submission. */
  readonly holds: Map<string, HoldFound>;
  readonly epochs: Map<number, EpochTrail>;
}

export function emptyTrail(): Trail {
  return {
    ledger: emptyLedger(),
    refs: new Map(),
    policies: [],
    submissions: new Map(),
    claims: new Map(),
    holds: new Map(),
    epochs: new Map(),
  };
}

/** Folds the next event of the log in place. Throws `RefusedError` for one that cannot follow, or that says something else than follows. */
export function trace(trail: Trail, event: PrismEvent): void {
  const { ledger } = trail;
  const at: Ref = {
    index: ledger.size,
    id: event.id,
    type: event.type,
    time: event.time,
    actor: event.meta.actor,
  };
  const { kept } = ledger;
  evolveLedger(ledger, event);
  trail.refs.set(event.id, at);
  if (event.type === 'LedgerOpened' || event.type === 'PolicyAdopted')
    trail.policies.push({ at, data: event.data.policy });
  else if (event.stream.startsWith('submission-')) onSubmission(trail, event, at);
  else if (event.stream.startsWith('family-')) onFamily(trail, event, at);
  else onEpoch(trail, event, at, kept);
}

function onSubmission(trail: Trail, event: PrismEvent, at: Ref): void {
  const id = event.stream.slice('submission-'.length);
  if (event.type === 'SubmissionReceived') {
    const policy = trail.policies.length - 1;
    const nothing = { admitted: null, reviewed: null, planned: null, scored: null, ended: null };
    trail.submissions.set(id, { received: at, policy, ...nothing, runs: [], confirmations: [] });
  }
  const of = trail.submissions.get(id);
  if (of === undefined) return;
  if (event.type === 'SubmissionAdmitted') of.admitted = at;
  else if (event.type === 'SubmissionReviewed') of.reviewed = at;
  else if (event.type === 'EvaluationPlanned') of.planned = at;
  else if (event.type === 'SubmissionScored') of.scored = at;
  else if (event.type === 'SubmissionRejected' || event.type === 'EvaluationAbandoned') of.ended = at;
  else if (event.type === 'ConfirmationCalled')
    of.confirmations.push({ called: { at, data: event.data }, runs: [], confirmed: null });
  else if (event.type === 'RunMeasured')
    (of.confirmations.at(-1)?.runs ?? of.runs).push(runFound(trail, of, event, at));
  else if (event.type === 'SubmissionConfirmed') {
    const last = of.confirmations.at(-1);
    if (last !== undefined) last.confirmed = { at, data: event.data };
  }
}

function runFound(trail: Trail, of: SubmissionTrail, { data }: EventOf<'RunMeasured'>, at: Ref): RunFound {
  const { pair, variant, point, seed, attempt, ending, payloadBytes } = data;
  const run = { pair, variant, point, seed };
  const policy = trail.policies[of.policy]?.data;
  const payloadCounts = policy?.scoring.payloadCounts ?? false;
  const figure = new Runs([data], policy?.plan ?? { panel: [] }, payloadCounts).value(data, 'figure');
  const came = { figureMicrobits: figure, costUs: costOf(data), payloadBytes };
  return { at, run, name: runName(run), attempt, ending, ...came };
}

function onFamily(trail: Trail, event: PrismEvent, at: Ref): void {
  if (event.type === 'ArchitectureClaimDecided')
    trail.claims.set(`architecture ${event.data.submission}`, { at, data: event.data });
  else if (event.type === 'TrainingClaimDecided')
    trail.claims.set(`training ${event.data.submission}`, { at, data: event.data });
  else if (event.type === 'ArchitectureClaimHeld')
    trail.holds.set(event.data.submission, { at, data: event.data, resolution: null });
  else if (event.type === 'HoldResolved' || event.type === 'HoldExpired') {
    const hold = trail.holds.get(event.data.submission);
    if (hold === undefined) return;
    const [outcome, reason] =
      event.type === 'HoldExpired' ? ['expired', null] : [event.data.outcome, event.data.reason];
    hold.resolution = { at, outcome, reason };
  }
}

function onEpoch({ ledger, epochs, policies }: Trail, event: PrismEvent, at: Ref, kept: Kept): void {
  if (event.type === 'EpochClosed') {
    const policy = policies.length - 1;
    const openedTime = ledger.epochs.get(event.data.epoch)?.openedTime ?? event.time;
    const span = { fromMs: parseTime(openedTime), toMs: parseTime(event.time) };
    const price = policies[policy]?.data.weights.pricePpmPerBit ?? 0;
    const earned = earningsOf(contributionsOf(ledger), price, span);
    const closed = { closed: at, policy, span, earned, kept, derived: null, revealed: null, emitted: [] };
    epochs.set(event.data.epoch, closed);
    return;
  }
  const of = 'epoch' in event.data ? epochs.get(event.data.epoch) : undefined;
  if (of === undefined) return;
  if (event.type === 'WeightsDerived') of.derived = { at, data: event.data };
  else if (event.type === 'SeedRevealed') of.revealed = at;
  else if (event.type === 'WeightsEmitted') of.emitted.push({ at, data: event.data });
}
