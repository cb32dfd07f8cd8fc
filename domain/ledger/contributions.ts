/** What of the ledger is paid for: discoveries and granted recipes, and discoveries that are held. */
import { parseTime } from '../events/time.ts';
import type { Contribution } from '../weights/earnings.ts';
import type { LedgerState } from './state.ts';

export function contributionsOf(state: LedgerState): readonly Contribution[] {
  const orderOf = (submission: string): number => state.submissions.get(submission)?.order ?? 0;
  return [...state.families].flatMap(([family, { discovery, discoveredAt, variants, holds }]) => {
    const discovered = discovery === null ? [] : [{ ...discovery, since: discoveredAt, held: false }];
    // Once it is decided to be another's, or this one's, it is held no more.
    const held = [...holds.values()]
      .filter(({ resolution }) => resolution === null && discovery === null)
      .map((hold) => ({ ...hold, since: hold.heldAt, held: true }));
    const architectures = [...discovered, ...held].map((one) => ({
      ...one,
      // Having been held it counts from when it could have been decided.
      since: holds.get(one.submission)?.heldAt ?? one.since,
      kind: 'architecture' as const,
    }));
    const trainings = variants.map((variant) => ({
      ...variant,
      since: variant.grantedAt,
      held: false,
      kind: 'training' as const,
    }));
    return [...architectures, ...trainings].map(
      ({ submission, hotkey, kind, valueMicrobits, since, held }): Contribution => ({
        family,
        submission,
        hotkey,
        kind,
        order: orderOf(submission),
        valueMicrobits,
        sinceMs: parseTime(since),
        held,
      }),
    );
  });
}
