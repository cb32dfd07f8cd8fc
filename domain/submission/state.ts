/** A submission's life as state: received -> admitted -> reviewed -> planned -> measured -> scored, or rejected, or abandoned. */
import type { Measurement } from '../evaluation/plan.ts';
import type { DataOf } from '../events/catalogue.ts';

/** One attempt at the evaluation; at most one is open. */
export interface Attempt {
  readonly attempt: number;
  readonly token: number;
  readonly worker: string;
  readonly leaseUntil: string;
  readonly deadline: string;
}

export type Phase =
  | 'absent'
  | 'received'
  | 'admitted'
  | 'reviewed'
  | 'planned'
  | 'measured'
  | 'scored'
  | 'rejected'
  | 'abandoned';

export interface SubmissionState {
  readonly phase: Phase;
  readonly received: DataOf<'SubmissionReceived'> | null;
  readonly admitted: DataOf<'SubmissionAdmitted'> | null;
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
}

export const absentSubmission: SubmissionState = {
  phase: 'absent',
  received: null,
  admitted: null,
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
};

/** Nothing more will happen to it. */
export function isFinal(phase: Phase): boolean {
  return phase === 'scored' || phase === 'rejected' || phase === 'abandoned';
}

/** Runs that the plan wants: every pair on the streams of every seed, in the order they are run. */
export function plannedRuns(
  plan: DataOf<'EvaluationPlanned'>,
): readonly { readonly pair: Measurement['pair']; readonly seed: number }[] {
  return plan.seeds.flatMap((_, seed) => plan.pairs.map((pair) => ({ pair, seed })));
}

export function measurementOf(
  state: SubmissionState,
  pair: Measurement['pair'],
  seed: number,
): Measurement | undefined {
  return state.measurements.find((one) => one.pair === pair && one.seed === seed);
}

/** Planned runs that have not been measured yet. */
export function outstandingRuns(state: SubmissionState): ReturnType<typeof plannedRuns> {
  if (state.plan === null) return [];
  return plannedRuns(state.plan).filter((run) => measurementOf(state, run.pair, run.seed) === undefined);
}

/** `stalled` once the open attempt ends without recording anything more. */
export function stalledAfter({ progress, stalled }: SubmissionState): number {
  return progress ? 0 : stalled + 1;
}
