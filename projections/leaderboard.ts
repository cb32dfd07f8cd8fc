/** Scored submissions by what they have shown: the gain of their better pair at its lower bound; ties to the earlier admission. */
import type { DataOf, PrismEvent } from '../domain/events/catalogue.ts';
import type { Gain } from '../domain/scoring/gain.ts';
import type { HookGain } from '../domain/scoring/hook.ts';
import type { Projection } from './projection.ts';

export interface LeaderboardRow {
  readonly rank: number;
  readonly submission: string;
  readonly hotkey: string;
  readonly kind: string;
  readonly scorePpm: number;
  readonly gain: Gain;
  readonly architecture: Gain | null;
  readonly training: Gain | null;
  readonly hook: HookGain | null;
}

interface Entrant {
  readonly submission: string;
  readonly hotkey: string;
  readonly index: number;
  kind: string;
  score: DataOf<'SubmissionScored'> | null;
}

export interface LeaderboardState {
  readonly entrants: Map<string, Entrant>;
}

export function leaderboardRows(state: LeaderboardState): readonly LeaderboardRow[] {
  const scored = [...state.entrants.values()].flatMap((entrant) =>
    entrant.score === null ? [] : [{ ...entrant, score: entrant.score }],
  );
  scored.sort((a, b) => b.score.total.lowerMicrobits - a.score.total.lowerMicrobits || a.index - b.index);
  return scored.map(({ submission, hotkey, kind, score }, position) => ({
    rank: position + 1,
    submission,
    hotkey,
    kind,
    scorePpm: score.scorePpm,
    gain: score.total,
    architecture: score.architecture,
    training: score.training,
    hook: score.hook,
  }));
}

function apply(state: LeaderboardState, event: PrismEvent, index: number): void {
  const submission = event.stream.slice('submission-'.length);
  if (event.type === 'SubmissionReceived') {
    state.entrants.set(submission, { submission, hotkey: event.data.hotkey, index, kind: '', score: null });
    return;
  }
  const entrant = state.entrants.get(submission);
  if (entrant === undefined) return;
  if (event.type === 'SubmissionAdmitted') entrant.kind = event.data.layout.kind;
  else if (event.type === 'SubmissionScored') entrant.score = event.data;
  else if (event.type === 'SubmissionRejected' || event.type === 'EvaluationAbandoned')
    state.entrants.delete(submission);
}

export const leaderboard: Projection<LeaderboardState> = {
  name: 'leaderboard',
  initial: () => ({ entrants: new Map() }),
  apply,
  view: (state) => leaderboardRows(state),
};
