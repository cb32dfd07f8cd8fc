/** What each event does to a submission. Throws `RefusedError` for an event that cannot follow: a ledger with one is not valid. */
import { runName, sameRun } from '../evaluation/runs.ts';
import type { Decided } from '../events/catalogue.ts';
import { ensure } from '../refused.ts';
import { ensureVerdictMayFollow, evolveReviewHold } from './review-hold.ts';
import {
  type Attempt,
  awaitsRuns,
  isFinal,
  measurementOf,
  outstandingRuns,
  type Phase,
  plannedRuns,
  type SubmissionState,
  stalledAfter,
} from './state.ts';

/** Which stage rejects what is in each phase; in any other phase nothing is rejected. */
const STAGES: ReadonlyMap<Phase, 'intake' | 'review' | 'evaluation'> = new Map([
  ['received', 'intake'],
  ['admitted', 'review'],
  ['reviewed', 'evaluation'],
] as const);

function openAttempt(state: SubmissionState, attempt: number, token: number): Attempt {
  const open = state.open;
  ensure(
    open !== null && open.attempt === attempt && open.token === token,
    'fenced',
    `attempt ${attempt} with token ${token} is not open`,
  );
  return open;
}

export function evolveSubmission(state: SubmissionState, event: Decided): SubmissionState {
  ensure(!isFinal(state.phase), 'final', `nothing can follow once a submission is ${state.phase}`);
  switch (event.type) {
    case 'SubmissionReceived':
      ensure(state.phase === 'absent', 'already-done', 'already received');
      return { ...state, phase: 'received', received: event.data };
    case 'SubmissionAdmitted':
      ensure(state.phase === 'received', 'not-yet', 'only what was just received can be admitted');
      return { ...state, phase: 'admitted', admitted: event.data };
    case 'SubmissionRejected': {
      const due = STAGES.get(state.phase);
      ensure(due !== undefined, 'already-done', `cannot be rejected when ${state.phase}`);
      ensure(
        event.data.stage === due,
        'not-yet',
        `${event.data.stage} does not reject what is ${state.phase}`,
      );
      ensureVerdictMayFollow(state, 'rejected');
      return { ...state, phase: 'rejected', rejected: event.data };
    }
    case 'SubmissionReviewed':
      ensure(state.phase === 'admitted', 'not-yet', `cannot be reviewed when ${state.phase}`);
      ensureVerdictMayFollow(state, 'accepted');
      ensure(
        event.data.architecture !== null || state.admitted?.layout.kind === 'training_for_arch',
        'wrong-content',
        'an architecture was reviewed without its digest',
      );
      return { ...state, phase: 'reviewed', reviewed: event.data };
    case 'SemanticReviewed':
    case 'ReviewHoldResolved':
    case 'ReviewHoldExpired':
      return evolveReviewHold(state, event);
    case 'ReviewFaulted':
      ensure(state.phase === 'admitted', 'not-yet', `no review is due when ${state.phase}`);
      ensureVerdictMayFollow(state, 'rejected');
      ensure(
        event.data.attempt === state.reviewFaults + 1,
        'already-done',
        `review attempt ${event.data.attempt} is not the next`,
      );
      return { ...state, reviewFaults: event.data.attempt };
    case 'EvaluationPlanned':
      ensure(state.phase === 'reviewed', 'not-yet', `cannot be planned when ${state.phase}`);
      return { ...state, phase: 'planned', plan: event.data, seeds: event.data.seeds };
    case 'EvaluationStarted': {
      ensure(awaitsRuns(state.phase), 'not-yet', `cannot be evaluated when ${state.phase}`);
      ensure(state.open === null, 'already-done', 'another attempt is open');
      ensure(
        event.data.attempt === state.attempts + 1,
        'already-done',
        `attempt ${event.data.attempt} is not the next`,
      );
      ensure(
        event.data.token === event.data.attempt,
        'fenced',
        'the fencing token is the number of the attempt',
      );
      return { ...state, attempts: event.data.attempt, open: { ...event.data }, progress: false };
    }
    case 'EvaluationRenewed': {
      const open = openAttempt(state, event.data.attempt, event.data.token);
      return { ...state, open: { ...open, leaseUntil: event.data.leaseUntil } };
    }
    case 'RunMeasured': {
      openAttempt(state, event.data.attempt, event.data.token);
      const planned = plannedRuns(state).some((run) => sameRun(run, event.data));
      ensure(planned, 'wrong-content', `run ${runName(event.data)} is not planned`);
      ensure(
        measurementOf(state, event.data) === undefined,
        'already-done',
        `run ${runName(event.data)} was measured before`,
      );
      ensure(
        outstandingRuns(state).some((run) => sameRun(run, event.data)),
        'not-yet',
        `run ${runName(event.data)} is not due before the first stage is done`,
      );
      const next = { ...state, measurements: [...state.measurements, event.data], progress: true };
      if (outstandingRuns(next).length > 0) return next;
      return { ...next, phase: state.called === null ? 'measured' : 'remeasured', open: null };
    }
    case 'EvaluationFaulted':
    case 'EvaluationLapsed':
      openAttempt(state, event.data.attempt, event.data.token);
      return { ...state, open: null, stalled: stalledAfter(state) };
    case 'EvaluationAbandoned': {
      const stage = state.phase === 'admitted' ? 'review' : 'evaluation';
      ensure(
        state.phase === 'admitted' || (awaitsRuns(state.phase) && state.open === null),
        'not-yet',
        `cannot be abandoned when ${state.phase}`,
      );
      ensure(
        event.data.stage === stage,
        'wrong-content',
        `abandoned at ${event.data.stage} while ${state.phase}`,
      );
      ensure(
        event.data.attempts === (stage === 'review' ? state.reviewFaults : state.attempts),
        'wrong-content',
        'counts other attempts than were made',
      );
      return { ...state, phase: 'abandoned' };
    }
    case 'SubmissionScored':
      ensure(state.phase === 'measured', 'not-yet', `cannot be scored when ${state.phase}`);
      // The curves have served; projections keep them for readers.
      return { ...state, phase: 'scored', scored: event.data, measurements: [] };
    case 'ConfirmationCalled': {
      const { claim, seeds } = event.data;
      ensure(state.phase === 'scored', 'not-yet', `cannot be confirmed when ${state.phase}`);
      ensure(
        state.confirmed.every((confirmed) => confirmed.claim !== claim),
        'already-done',
        `its ${claim} claim was confirmed before`,
      );
      return {
        ...state,
        phase: 'confirming',
        called: event.data,
        seeds: [...state.seeds, ...seeds],
        progress: false,
        stalled: 0,
      };
    }
    case 'SubmissionConfirmed':
      ensure(
        state.phase === 'remeasured' && state.called?.claim === event.data.claim,
        'not-yet',
        `no ${event.data.claim} claim has been measured again`,
      );
      return {
        ...state,
        phase: 'scored',
        called: null,
        confirmed: [...state.confirmed, event.data],
        measurements: [],
      };
    default:
      ensure(false, 'wrong-content', `${event.type} does not belong to a submission`);
  }
}
