/** A simulation: the recorded history beside what another policy would have made of it. */
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import type { DataOf, Decided } from '../../domain/events/catalogue.ts';
import { emptyLedger, type LedgerState } from '../../domain/ledger/state.ts';
import type { Policy } from '../../domain/policy/policy.ts';

export type ClaimKind = DataOf<'ConfirmationCalled'>['claim'];
export type ClaimDecision = DataOf<'ArchitectureClaimDecided'> | DataOf<'TrainingClaimDecided'>;

/** Names one claim: a submission has at most one of each kind. */
export function claimKey(kind: ClaimKind, submission: string): string {
  return `${kind} ${submission}`;
}

/** What a simulation cannot know, because it was not measured. */
export interface Note {
  readonly kind:
    | 'needs-confirmation'
    | 'needs-evaluation'
    | 'unknown-family'
    | 'other-number-of-runs'
    | 'near-not-run';
  readonly submission: string;
  readonly hotkey: string;
  readonly claim: ClaimKind | null;
  readonly text: string;
}

/** A recorded confirmation that is complete. */
export interface RecordedConfirmation {
  readonly call: DataOf<'ConfirmationCalled'>;
  readonly measurements: readonly Measurement[];
  /** Id of its last measurement. */
  readonly basis: string;
}

/** What of the record has to be known ahead: whether a confirmation was ever called. By `claimKey`. */
export type RecordedCalls = ReadonlyMap<string, DataOf<'ConfirmationCalled'>>;

/** When something is decided: the event that made it so. */
export interface Moment {
  readonly id: string;
  readonly time: string;
}

export interface Waiting {
  readonly stream: string;
  readonly decided: Decided;
}

/** Owned by its fold, which changes it in place. */
export interface Simulation {
  readonly policy: Policy;
  readonly calls: RecordedCalls;
  /** The history as it was recorded. */
  readonly recorded: LedgerState;
  readonly recordedClaims: Map<string, ClaimDecision>;
  /** Under the simulated policy: of it only what claims and weights are decided from. */
  readonly ledger: LedgerState;
  readonly claims: Map<string, ClaimDecision>;
  /** Measurements of those whose score is due, by submission. */
  readonly unscored: Map<string, readonly Measurement[]>;
  readonly confirmations: Map<string, RecordedConfirmation>;
  /** Decisions that the record owes at the same event: they land where it landed them. By submission. */
  readonly waiting: Map<string, Waiting>;
  /** What resolvers have said so far, by submission. */
  readonly words: Map<string, DataOf<'HoldResolved'>>;
  /** Holds that expire by the simulated policy's time and not by the record's, by submission. */
  readonly clocks: Map<string, { readonly family: string; readonly deadline: string }>;
  /** Submissions whose claims stay undecided; they block nobody. */
  readonly undecided: Set<string>;
  readonly notes: Note[];
}

export function startSimulation(policy: Policy, calls: RecordedCalls): Simulation {
  return {
    policy,
    calls,
    recorded: emptyLedger(),
    recordedClaims: new Map(),
    ledger: emptyLedger(),
    claims: new Map(),
    unscored: new Map(),
    confirmations: new Map(),
    waiting: new Map(),
    words: new Map(),
    clocks: new Map(),
    undecided: new Set(),
    notes: [],
  };
}
