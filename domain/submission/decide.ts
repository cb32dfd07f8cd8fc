/** What a command leads to in the present state of a submission. */

import type { Measurement } from '../evaluation/measurement.ts';
import type { DataOf, Decided } from '../events/catalogue.ts';
import { clip } from '../events/clip.ts';
import { addMs, parseTime } from '../events/time.ts';
import type { Policy } from '../policy/policy.ts';
import { ensure } from '../refused.ts';
import { evolveSubmission } from './evolve.ts';
import { rejectionOf } from './review-hold.ts';
import { type Attempt, type SubmissionState, stalledAfter } from './state.ts';

type Work = Policy['work'];

export type SubmissionCommand =
  | {
      readonly type: 'admit';
      readonly received: DataOf<'SubmissionReceived'>;
      readonly admitted: DataOf<'SubmissionAdmitted'>;
    }
  | {
      readonly type: 'turn-away';
      readonly received: DataOf<'SubmissionReceived'>;
      readonly rejected: DataOf<'SubmissionRejected'>;
    }
  | { readonly type: 'accept-review'; readonly reviewed: DataOf<'SubmissionReviewed'> }
  | { readonly type: 'reject'; readonly rejected: DataOf<'SubmissionRejected'> }
  | {
      readonly type: 'hear-model';
      readonly opinion: DataOf<'SemanticReviewed'>;
      /** What it passes review with where nothing holds it. */
      readonly reviewed: DataOf<'SubmissionReviewed'>;
    }
  | {
      readonly type: 'resolve-review-hold';
      readonly outcome: 'admit' | 'reject';
      readonly reason: string;
    }
  | { readonly type: 'expire-review-hold' }
  | { readonly type: 'fault-review'; readonly reason: string; readonly work: Work }
  | { readonly type: 'plan'; readonly planned: DataOf<'EvaluationPlanned'> }
  | { readonly type: 'start'; readonly worker: string; readonly now: string; readonly work: Work }
  | { readonly type: 'renew'; readonly token: number; readonly now: string; readonly work: Work }
  | { readonly type: 'measure'; readonly token: number; readonly measurement: Measurement }
  | { readonly type: 'fault'; readonly token: number; readonly reason: string; readonly work: Work }
  | {
      readonly type: 'lapse';
      readonly by: string;
      readonly restarted: boolean;
      readonly now: string;
      readonly work: Work;
    };

function held(state: SubmissionState, token: number): Attempt {
  ensure(
    state.open !== null && state.open.token === token,
    'fenced',
    `token ${token} no longer holds the evaluation`,
  );
  return state.open;
}

/** An error's text as an event can hold it; some errors have none. */
function reasonOf(text: string): string {
  return text === '' ? 'no reason was given' : clip(text, 500);
}

/**
 * The end of an attempt, and of the whole where no attempt is left.
 * @param spent attempts that count against `limit`; of an evaluation those that recorded nothing, so that restarts do not use it up
 */
function ended(
  end: Decided,
  attempts: number,
  spent: number,
  limit: number,
  stage: 'review' | 'evaluation',
  reason: string,
): readonly Decided[] {
  if (spent < limit) return [end];
  return [
    end,
    {
      type: 'EvaluationAbandoned',
      data: {
        stage,
        attempts,
        reason: reasonOf(`given up after ${attempts} attempts; the last: ${reason}`),
      },
    },
  ];
}

/** Why an attempt's lease may be lapsed at `now` by `by`; null while it may not. */
export function lapseReason(
  open: Attempt,
  by: string,
  restarted: boolean,
  now: string,
  work: Work,
): string | null {
  const at = parseTime(now);
  if (at > parseTime(open.leaseUntil) + work.clockSkewMs)
    return `lease of ${open.worker} ran out at ${open.leaseUntil}`;
  if (at > parseTime(open.deadline) + work.clockSkewMs)
    return `attempt ran past its deadline ${open.deadline}`;
  if (restarted && open.worker === by) return `worker ${by} has restarted`;
  return null;
}

/** The events that `command` leads to, in order: they can follow. Throws `RefusedError` where it leads to none. */
export function decideSubmission(state: SubmissionState, command: SubmissionCommand): readonly Decided[] {
  const decided = decisionOf(state, command);
  decided.reduce(evolveSubmission, state);
  return decided;
}

function decisionOf(state: SubmissionState, command: SubmissionCommand): readonly Decided[] {
  switch (command.type) {
    case 'admit':
      return [
        { type: 'SubmissionReceived', data: command.received },
        { type: 'SubmissionAdmitted', data: command.admitted },
      ];
    case 'turn-away':
      return [
        { type: 'SubmissionReceived', data: command.received },
        { type: 'SubmissionRejected', data: command.rejected },
      ];
    case 'accept-review':
      return [{ type: 'SubmissionReviewed', data: command.reviewed }];
    case 'reject':
      return [{ type: 'SubmissionRejected', data: command.rejected }];
    case 'hear-model': {
      const { opinion, reviewed } = command;
      const heard: Decided = { type: 'SemanticReviewed', data: opinion };
      return opinion.verdict === 'clear' ? [heard, { type: 'SubmissionReviewed', data: reviewed }] : [heard];
    }
    case 'resolve-review-hold': {
      const { outcome, reason } = command;
      const resolved: Decided = { type: 'ReviewHoldResolved', data: { outcome, reason } };
      if (outcome === 'admit') return [resolved];
      return [resolved, { type: 'SubmissionRejected', data: rejectionOf(reason) }];
    }
    case 'expire-review-hold':
      return [{ type: 'ReviewHoldExpired', data: {} }];
    case 'fault-review': {
      const attempt = state.reviewFaults + 1;
      const fault: Decided = {
        type: 'ReviewFaulted',
        data: { attempt, reason: reasonOf(command.reason) },
      };
      return ended(fault, attempt, attempt, command.work.reviewAttempts, 'review', command.reason);
    }
    case 'plan':
      return [{ type: 'EvaluationPlanned', data: command.planned }];
    case 'start': {
      ensure(state.open === null, 'already-done', 'another attempt is open');
      ensure(state.stalled < command.work.evaluationAttempts, 'limit-reached', 'no attempt is left');
      const attempt = state.attempts + 1;
      const data = {
        attempt,
        token: attempt,
        worker: command.worker,
        leaseUntil: addMs(command.now, command.work.leaseMs),
        deadline: addMs(command.now, command.work.attemptDeadlineMs),
      };
      return [{ type: 'EvaluationStarted', data }];
    }
    case 'renew': {
      const { attempt, token } = held(state, command.token);
      return [
        {
          type: 'EvaluationRenewed',
          data: { attempt, token, leaseUntil: addMs(command.now, command.work.leaseMs) },
        },
      ];
    }
    case 'measure': {
      const { attempt, token } = held(state, command.token);
      return [{ type: 'RunMeasured', data: { ...command.measurement, attempt, token } }];
    }
    case 'fault': {
      const { attempt, token } = held(state, command.token);
      const reason = reasonOf(command.reason);
      return ended(
        { type: 'EvaluationFaulted', data: { attempt, token, reason } },
        attempt,
        stalledAfter(state),
        command.work.evaluationAttempts,
        'evaluation',
        reason,
      );
    }
    case 'lapse': {
      ensure(state.open !== null, 'already-done', 'no attempt is open');
      const { attempt, token } = state.open;
      const reason = lapseReason(state.open, command.by, command.restarted, command.now, command.work);
      ensure(reason !== null, 'too-early', `the lease of ${state.open.worker} still runs`);
      return ended(
        { type: 'EvaluationLapsed', data: { attempt, token, reason } },
        attempt,
        stalledAfter(state),
        command.work.evaluationAttempts,
        'evaluation',
        reason,
      );
    }
  }
}
