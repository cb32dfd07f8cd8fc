/** Are the seeds of every planned evaluation what the rule of its policy gives? Asked at the end of a replay, when secrets are revealed. */
import { admissionOf } from '../domain/ledger/randomness.ts';
import type { LedgerState } from '../domain/ledger/state.ts';
import { type SeedsVerdict, verifySeeds } from '../domain/randomness/verify.ts';

export type SeedsCount = {
  readonly [verdict in Exclude<SeedsVerdict['verdict'], 'wrong'>]: number;
};

/** Thrown for seeds that do not follow. */
export class WrongSeedsError extends Error {
  readonly submission: string;
  constructor(submission: string, reason: string) {
    super(`submission ${submission}: ${reason}`);
    this.name = 'WrongSeedsError';
    this.submission = submission;
  }
}

/** How many evaluations' seeds were checked, and how many cannot be yet. Throws `WrongSeedsError`. */
export function countSeeds(ledger: LedgerState): SeedsCount {
  const counts = { checked: 0, 'committed, unchecked': 0, 'block, unchecked': 0 };
  for (const entry of ledger.submissions.values()) {
    const { plan } = entry.state;
    if (plan === null) continue;
    const found = verifySeeds({
      source: plan.randomness,
      seeds: plan.seeds,
      admission: admissionOf(ledger, entry),
      rule: entry.policy.plan.randomness,
      secret: ledger.epochSecrets.get(entry.epoch)?.secret ?? null,
    });
    if (found.verdict === 'wrong') throw new WrongSeedsError(entry.id, found.reason);
    counts[found.verdict] += 1;
  }
  return counts;
}
