/** Scored submissions by what they have shown: the gain of their better pair at its lower bound; ties to the earlier admission. */
import type { DataOf, PrismEvent } from '../domain/events/catalogue.ts';
import type { Gain } from '../domain/scoring/gain.ts';
import type { HookGain } from '../domain/scoring/hook.ts';
import type { Projection } from './projection.ts';

export interface LeaderboardRow {
  readonly rank: number;
  /** The ranks that it may have as far as the intervals tell: those it is tied with lie between. */
  readonly bestRank: number;
  readonly worstRank: number;
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

/** As far above its mean as the lower bound is below it. */
const upperOf = ({ meanMicrobits, lowerMicrobits }: Gain): number => 2 * meanMicrobits - lowerMicrobits;

/** How many of the ascending `values` are less than `value`. */
function countBelow(values: readonly number[], value: number): number {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((values[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The least and the greatest rank that each gain may have: only gains whose whole interval is above, or below, are surely before or after it. */
function possibleRanks(gains: readonly Gain[]) {
  const lowers = gains.map(({ lowerMicrobits }) => lowerMicrobits).sort((a, b) => a - b);
  const uppers = gains.map(upperOf).sort((a, b) => a - b);
  return (gain: Gain) => ({
    bestRank: 1 + gains.length - countBelow(lowers, upperOf(gain) + 1),
    worstRank: gains.length - countBelow(uppers, gain.lowerMicrobits),
  });
}

export function leaderboardRows(state: LeaderboardState): readonly LeaderboardRow[] {
  const scored = [...state.entrants.values()].flatMap((entrant) =>
    entrant.score === null ? [] : [{ ...entrant, score: entrant.score }],
  );
  scored.sort((a, b) => b.score.total.lowerMicrobits - a.score.total.lowerMicrobits || a.index - b.index);
  const rankOf = possibleRanks(scored.map(({ score }) => score.total));
  return scored.map(({ submission, hotkey, kind, score }, position) => ({
    rank: position + 1,
    ...rankOf(score.total),
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
