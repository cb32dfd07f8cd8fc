/**
 * A submission's life as state: received -> admitted -> reviewed -> planned -> measured -> scored, or rejected, or abandoned. What is scored may
 * be confirmed, claim by claim: confirming -> remeasured -> scored again.
 */

import { isFutile } from '../evaluation/futility.ts';
import type { Measurement } from '../evaluation/measurement.ts';
import { isFirstStage, type RunKey, sameRun } from '../evaluation/runs.ts';
import type { DataOf } from '../events/catalogue.ts';

/** One attempt at the evaluation; at most one is open. */
export interface Attempt {
  readonly attempt: number;
  readonly token: number;
  readonly worker: string;
  readonly leaseUntil: string;
  readonly deadline: string;
}

/** What became of the hold of a review: `open` until a person or the time decides. */
export type ReviewHold = 'open' | DataOf<'ReviewHoldResolved'>['outcome'] | 'expired';

export type Phase =
  | 'absent'
  | 'received'
  | 'admitted'
  | 'reviewed'
  | 'planned'
  | 'measured'
  | 'scored'
  | 'confirming'
  | 'remeasured'
  | 'rejected'
  | 'abandoned';

export interface SubmissionState {
  readonly phase: Phase;
  readonly received: DataOf<'SubmissionReceived'> | null;
  readonly admitted: DataOf<'SubmissionAdmitted'> | null;
  /** What a model made of it. */
  readonly semantic: DataOf<'SemanticReviewed'> | null;
  /** Null: its review was never held. */
  readonly reviewHold: ReviewHold | null;
  readonly reviewed: DataOf<'SubmissionReviewed'> | null;
  readonly rejected: DataOf<'SubmissionRejected'> | null;
  readonly reviewFaults: number;
  readonly plan: DataOf<'EvaluationPlanned'> | null;
  /** Attempts begun. */
  readonly attempts: number;
  readonly open: Attempt | null;
  /** The last attempt has recorded something. */
  readonly progress: boolean;
  /** Attempts in a row that ended without recording anything. */
  readonly stalled: number;
  readonly measurements: readonly Measurement[];
  readonly scored: DataOf<'SubmissionScored'> | null;
  /** The confirmation that is under way. */
  readonly called: DataOf<'ConfirmationCalled'> | null;
  readonly confirmed: readonly DataOf<'SubmissionConfirmed'>[];
  /** Of the plan, then of each confirmation: what a run's `seed` is an index into. */
  readonly seeds: readonly string[];
}

export const absentSubmission: SubmissionState = {
  phase: 'absent',
  received: null,
  admitted: null,
  semantic: null,
  reviewHold: null,
  reviewed: null,
  rejected: null,
  reviewFaults: 0,
  plan: null,
  attempts: 0,
  open: null,
  progress: false,
  stalled: 0,
  measurements: [],
  scored: null,
  called: null,
  confirmed: [],
  seeds: [],
};

/** Nothing more will happen to it. */
export function isFinal(phase: Phase): boolean {
  return phase === 'rejected' || phase === 'abandoned';
}

/** Has runs to be measured. */
export function awaitsRuns(phase: Phase): boolean {
  return phase === 'planned' || phase === 'confirming';
}

/** Runs of the evaluation or of the confirmation that is under way. */
export function plannedRuns({ plan, called }: SubmissionState): readonly RunKey[] {
  return called?.runs ?? plan?.runs ?? [];
}

export function measurementOf(state: SubmissionState, run: RunKey): Measurement | undefined {
  return state.measurements.find((measured) => sameRun(measured, run));
}

/**
 * Planned runs that are due and have not been measured: the first stage, and the others once it is done and not futile. None: the evaluation
 * is complete.
 */
export function outstandingRuns(state: SubmissionState): readonly RunKey[] {
  const { plan, called, measurements } = state;
  if (plan === null) return [];
  const missing = plannedRuns(state).filter((run) => measurementOf(state, run) === undefined);
  if (called !== null) return missing;
  const first = missing.filter(isFirstStage);
  if (first.length > 0) return first;
  return isFutile(measurements.filter(isFirstStage), plan.futilityMicrobits) ? [] : missing;
}

/** `stalled` once the open attempt ends without recording anything more. */
export function stalledAfter({ progress, stalled }: SubmissionState): number {
  return progress ? 0 : stalled + 1;
}
