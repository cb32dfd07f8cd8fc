/** The leaderboard as the gateway shows it: the reference's fields beside ours. */
import { leaderboardRows } from '../../../projections/leaderboard.ts';
import type { GatewayState } from '../state.ts';
import { pageOf } from './page.ts';
import { shareOf } from './submissions.ts';
import { openEpoch } from './weights.ts';

/** @param page `after`: the last rank that is known */
export function leaderboardView(
  state: GatewayState,
  { after, limit }: { readonly after: number; readonly limit: number },
) {
  const { page, next } = pageOf(leaderboardRows(state.models.leaderboard), after, limit, ({ rank }) => rank);
  const entries = page.map(({ submission, ...row }) => ({
    ...row,
    score: shareOf(row.scorePpm),
    submission_id: submission,
  }));
  return { epoch_id: openEpoch(state), entries, next };
}
