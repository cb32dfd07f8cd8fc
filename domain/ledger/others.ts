/** On whose architectures a recipe is tried besides its own: drawn by seeds that nobody knew when it was admitted. */
import { Draws } from '../evaluation/draws.ts';
import type { DataOf } from '../events/catalogue.ts';
import { claimsTraining, familyOf } from './claimants.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';

type Others = DataOf<'EvaluationPlanned'>['others'];

/** Architectures of other owners, discovered by submissions admitted before `entry`: by earliest admission. */
function otherArchitectures(state: LedgerState, entry: SubmissionEntry): Others {
  const own = state.id === null ? null : familyOf(state.id, entry);
  const found = [...state.families].flatMap(([family, { discovery }]) => {
    const other = discovery === null ? undefined : state.submissions.get(discovery.submission);
    const fits =
      other !== undefined && family !== own && other.order < entry.order && other.hotkey !== entry.hotkey;
    return fits ? [{ family, submission: other.id, order: other.order }] : [];
  });
  return found.sort((a, b) => a.order - b.order).map(({ family, submission }) => ({ family, submission }));
}

/** As many as the policy's plan wants, or as there are; none for a submission without a recipe. */
export function drawOthers(state: LedgerState, entry: SubmissionEntry, seeds: readonly string[]): Others {
  const wanted = claimsTraining(entry) ? entry.policy.plan.elsewhere.families : 0;
  const [seed] = seeds;
  if (wanted === 0 || seed === undefined) return [];
  const all = otherArchitectures(state, entry);
  const order = new Draws(seed, 'other-families').shuffle(all.map((_, index) => index));
  return order.slice(0, wanted).flatMap((index) => all[index] ?? []);
}
