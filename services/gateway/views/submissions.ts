/** Submissions as the gateway shows them: the reference's fields beside ours. */
import type { Gain } from '../../../domain/scoring/gain.ts';
import { scorePpm } from '../../../domain/scoring/score.ts';
import type { Status, SubmissionView } from '../../../projections/submissions.ts';
import type { GatewayState } from '../state.ts';
import { openEpochAt } from './weights.ts';

/** Parts per million as a share. */
export function shareOf(ppm: number): number {
  return ppm / 1_000_000;
}

/** The reference's `q`: the lower bound of a gain as a share of 8 bits. */
export function quality(gain: Gain | null | undefined): number | null {
  return gain === null || gain === undefined ? null : shareOf(scorePpm(gain));
}

function summary(state: GatewayState, view: SubmissionView) {
  const { index, receivedAt, requestHash, runs: _, ...ours } = view;
  const { score, reason } = view;
  return {
    ...ours,
    epoch_id: openEpochAt(state, index),
    code_hash: requestHash,
    created_at: receivedAt,
    // What is held has a reason, and no error yet.
    error: reason === null || view.status === 'held' ? null : `${reason.code}: ${reason.message}`,
    final_score: score === null ? null : shareOf(score.scorePpm),
    q_arch: quality(score?.architecture),
    q_recipe: quality(score?.training),
    receivedIndex: index,
  };
}

export interface SubmissionFilter {
  readonly after: number;
  readonly limit: number;
  readonly status?: Status | undefined;
  readonly hotkey?: string | undefined;
}

/** In the order in which they were received; `after` is the `receivedIndex` of the last one that is known. */
export function submissionsView(state: GatewayState, { after, limit, status, hotkey }: SubmissionFilter) {
  const found: SubmissionView[] = [];
  for (const view of state.models.submissions.byId.values()) {
    if (view.index <= after) continue;
    if (status !== undefined && view.status !== status) continue;
    if (hotkey !== undefined && view.hotkey !== hotkey) continue;
    found.push(view);
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  return {
    submissions: page.map((view) => summary(state, view)),
    next: found.length > limit ? (page.at(-1)?.index ?? null) : null,
  };
}

/** One submission with its judged curves; null where the log does not know it. */
export function submissionView(state: GatewayState, id: string) {
  const view = state.models.submissions.byId.get(id);
  return view === undefined ? null : { ...summary(state, view), runs: view.runs };
}
