/** What a submission's evaluation consists of, as far as its policy and its family say. */
import { runsOf } from '../evaluation/runs.ts';
import { digestOf } from '../events/canonical.ts';
import type { DataOf } from '../events/catalogue.ts';
import { ensure } from '../refused.ts';
import { claimsTraining } from './claimants.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';
import { canonicalArchitecture } from './waiting.ts';

/** What the plan of an evaluation follows from; the rest of `EvaluationPlanned` is drawn. */
export type PlannedParts = Pick<
  DataOf<'EvaluationPlanned'>,
  'planDigest' | 'runs' | 'futilityMicrobits' | 'hookWith' | 'architectureFrom'
>;

const INFERENCE_HOOKS: ReadonlySet<string> = new Set(['inference_logits', 'infer']);

/**
 * What a reviewed submission's evaluation consists of; null while that is not known yet, `unknown` for a family that nobody discovered.
 * @param others how many other owners' architectures its recipe is tried on
 */
export function planOf(
  state: LedgerState,
  entry: SubmissionEntry,
  others: number,
): PlannedParts | 'unknown' | null {
  const layout = entry.state.admitted?.layout;
  ensure(layout !== undefined, 'not-yet', 'only an admitted submission has a plan');
  const canonical =
    layout.kind === 'training_for_arch' ? canonicalArchitecture(state, entry) : { submission: entry.id };
  if (canonical === null || canonical === 'unknown') return canonical;
  const { plan } = entry.policy;
  const recipe = claimsTraining(entry);
  const hook = entry.state.reviewed?.hooks.some(({ name }) => INFERENCE_HOOKS.has(name)) ?? false;
  return {
    planDigest: digestOf(plan),
    runs: [...runsOf({ plan, recipe, others })],
    futilityMicrobits: plan.futilityMicrobits,
    hookWith: hook ? (recipe ? 'recipe' : 'architecture') : null,
    architectureFrom: canonical.submission,
  };
}
