/** The whole ledger as state, and what it owes: the one fold that services, projections and the verifier share. */
import type { DataOf, Decided } from '../events/catalogue.ts';
import type { FamilyState } from '../ownership/family.ts';
import type { Policy } from '../policy/policy.ts';
import type { SubmissionState } from '../submission/state.ts';

export interface SubmissionEntry {
  readonly id: string;
  readonly hotkey: string;
  /** Index of `SubmissionReceived` in the log: the order of who was first. */
  readonly order: number;
  /** Id of `SubmissionReceived`. */
  readonly receivedId: string;
  readonly receivedTime: string;
  /** The epoch that was open when it was received. */
  readonly epoch: number;
  /** The last policy adopted before it was received. */
  readonly policy: Policy;
  state: SubmissionState;
  /** Id of its last event. */
  lastEventId: string;
}

/** A derived event that follows from the log up to `basis` and is not in the log yet. */
export interface Owed {
  readonly key: string;
  readonly stream: string;
  readonly basis: string;
  readonly correlationId: string;
  readonly decided: Decided;
}

export interface EpochEntry {
  readonly closedId: string;
  readonly closedTime: string;
  weights: DataOf<'WeightsDerived'> | null;
  readonly emissions: Map<string, DataOf<'WeightsEmitted'>>;
}

/** The secret of an epoch, as far as the ledger says: its commitment stands before the epoch is open. */
export interface EpochSecret {
  readonly commitment: string;
  /** Null until it is revealed, after the epoch's close. */
  readonly secret: string | null;
}

/** Owned by its fold: `evolveLedger` changes it in place. */
export interface LedgerState {
  /** Events folded so far: the index of the next one. */
  size: number;
  /** Null until `LedgerOpened`. */
  id: string | null;
  opened: DataOf<'LedgerOpened'> | null;
  policy: Policy | null;
  readonly submissions: Map<string, SubmissionEntry>;
  /** Submissions with a claim that is not decided yet, in the order of admission. */
  pending: SubmissionEntry[];
  readonly families: Map<string, FamilyState>;
  readonly epochs: Map<number, EpochEntry>;
  lastEpoch: number;
  /** Of every epoch up to the open one. */
  readonly epochSecrets: Map<number, EpochSecret>;
  readonly owed: Map<string, Owed>;
  /** Last revision of each stream. */
  readonly revisions: Map<string, number>;
}

export function emptyLedger(): LedgerState {
  return {
    size: 0,
    id: null,
    opened: null,
    policy: null,
    submissions: new Map(),
    pending: [],
    families: new Map(),
    epochs: new Map(),
    lastEpoch: 0,
    epochSecrets: new Map(),
    owed: new Map(),
    revisions: new Map(),
  };
}
