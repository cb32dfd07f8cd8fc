/** What of the ledger is paid for: discoveries and granted recipes, and what is held. */
import { parseTime } from '../events/time.ts';
import { marginOf } from '../ownership/confirmed.ts';
import type { FamilyState, Hold, Variant } from '../ownership/family.ts';
import type { Contribution } from '../weights/earnings.ts';
import { claimsTraining, isSettled } from './claimants.ts';
import type { LedgerState } from './state.ts';

type Decided = Omit<Contribution, 'family' | 'order' | 'errorMicrobits'>;
type Part = Omit<Contribution, 'family' | 'order'>;

/** With what its own confirmation has taken off. A recipe's value may be proven against the incumbent instead, but is no less than its own. */
function withError(state: LedgerState, decided: Decided): Part {
  const confirmed = state.submissions
    .get(decided.submission)
    ?.state.confirmed.find(({ claim }) => claim === decided.kind);
  return { ...decided, errorMicrobits: confirmed === undefined ? 0 : marginOf(confirmed) };
}

export function contributionsOf(state: LedgerState): readonly Contribution[] {
  const orderOf = (submission: string): number => state.submissions.get(submission)?.order ?? 0;
  return [...state.families].flatMap(([family, of]) => {
    const recipes = of.variants.map((variant) => grantedRecipe(variant, of.holds.get(variant.submission)));
    const decided = [...architectures(of), ...recipes].map((part) => withError(state, part));
    const parts = [...decided, ...heldRecipes(state, of)];
    return parts.map((part): Contribution => ({ family, order: orderOf(part.submission), ...part }));
  });
}

function architectures({
  discovery,
  discoveredAt,
  holds,
  architectureDecided,
}: FamilyState): readonly Decided[] {
  const discovered = discovery === null ? [] : [{ ...discovery, since: discoveredAt, held: false }];
  // Admitted, it is held until its claim is decided, so that a close in between takes nothing away.
  const held = [...holds.values()]
    .filter(
      ({ resolution, submission }) =>
        discovery === null && resolution !== 'refuse' && !architectureDecided.has(submission),
    )
    .map((hold) => ({ ...hold, since: hold.heldAt, held: true }));
  return [...discovered, ...held].map(({ submission, hotkey, valueMicrobits, since, held }) => ({
    submission,
    hotkey,
    kind: 'architecture',
    valueMicrobits,
    // Having been held it counts from when it could have been decided.
    sinceMs: parseTime(holds.get(submission)?.heldAt ?? since),
    held,
  }));
}

/** Where its architecture was held, it would have been granted so much earlier. */
function grantedRecipe({ submission, hotkey, valueMicrobits, grantedAt }: Variant, hold?: Hold): Decided {
  const waited = hold === undefined ? 0 : parseTime(hold.endedAt ?? hold.heldAt) - parseTime(hold.heldAt);
  const sinceMs = parseTime(grantedAt) - waited;
  return { submission, hotkey, kind: 'training', valueMicrobits, sinceMs, held: false };
}

/**
 * The recipe of an architecture that is or was held, until it is decided: it waits with the architecture, and what it will have added must
 * not be paid to those behind it. Nothing is confirmed yet, so that it counts at what the screening has shown; should it not be granted,
 * that is dropped.
 */
function heldRecipes(state: LedgerState, { discovery, holds }: FamilyState): readonly Part[] {
  return [...holds.values()].flatMap(({ submission, hotkey, resolution, valueMicrobits, heldAt }): Part[] => {
    const entry = state.submissions.get(submission);
    const scored = entry?.state.scored;
    if (entry === undefined || scored === null || scored === undefined) return [];
    const waits =
      resolution !== 'refuse' &&
      (discovery === null || discovery.submission === submission) &&
      claimsTraining(entry) &&
      !isSettled(state, entry);
    const shown = scored.training?.lowerMicrobits ?? 0;
    if (!waits || shown <= entry.policy.scoring.minimumGainMicrobits) return [];
    const value = Math.max(valueMicrobits, scored.total.lowerMicrobits);
    return [
      {
        submission,
        hotkey,
        kind: 'training',
        valueMicrobits: value,
        errorMicrobits: scored.total.meanMicrobits - scored.total.lowerMicrobits,
        sinceMs: parseTime(heldAt),
        held: true,
      },
    ];
  });
}
