/** The whole ledger as state, and what it owes: the one fold that services, projections and the verifier share. */
import type { DataOf, Decided } from '../events/catalogue.ts';
import type { FamilyState } from '../ownership/family.ts';
import type { Policy } from '../policy/policy.ts';
import type { SubmissionState } from '../submission/state.ts';
import type { Kept } from '../weights/weights.ts';

export interface SubmissionEntry {
  readonly id: string;
  readonly hotkey: string;
  /** Index of `SubmissionReceived` in the log: the order of who was first. */
  readonly order: number;
  /** Which submission of its hotkey it is, from 1, in the order of receipt. */
  readonly number: number;
  /** Id of `SubmissionReceived`. */
  readonly receivedId: string;
  readonly receivedTime: string;
  /** The epoch that was open when it was received. */
  readonly epoch: number;
  /** The last policy adopted before it was received. */
  readonly policy: Policy;
  state: SubmissionState;
  /** When the open hold of its review expires; null where there is none. */
  reviewHeldUntil: string | null;
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
  /** Time of the close before it, or of the ledger's opening. */
  readonly openedTime: string;
  weights: DataOf<'WeightsDerived'> | null;
  /** What its weights would be if everything had stood for the whole epoch: for comparing runs whose clocks differ. */
  readonly timeless: DataOf<'WeightsDerived'>;
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
  /** Time of `LedgerOpened`; empty before it. */
  openedTime: string;
  policy: Policy | null;
  readonly submissions: Map<string, SubmissionEntry>;
  /** Submissions received from each hotkey. */
  readonly received: Map<string, number>;
  /** Submissions with a claim that is not decided yet, in the order of admission. */
  pending: SubmissionEntry[];
  readonly families: Map<string, FamilyState>;
  readonly epochs: Map<number, EpochEntry>;
  lastEpoch: number;
  /** Pay that is kept for held discoveries, after the last closed epoch. */
  kept: Kept;
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
    openedTime: '',
    policy: null,
    submissions: new Map(),
    received: new Map(),
    pending: [],
    families: new Map(),
    epochs: new Map(),
    lastEpoch: 0,
    kept: new Map(),
    epochSecrets: new Map(),
    owed: new Map(),
    revisions: new Map(),
  };
}
