/** Families and their owners, in our shape and in the reference's. */
import type { FamilyView, Owner } from '../../../projections/owners.ts';
import { ownedFamilies } from '../../../projections/owners.ts';
import type { GatewayState } from '../state.ts';
import { quality } from './submissions.ts';

/** Every family that a claim was made to: those that somebody discovered first, by the age of the discovery. */
export function ownersView(state: GatewayState) {
  const { owners } = state.models;
  const unowned = [...owners.families.values()].filter((family) => family.architecture === null);
  return { families: [...ownedFamilies(owners), ...unowned] };
}

/** The oldest `limit` families. */
export function architecturesView(state: GatewayState, limit: number) {
  return ownedFamilies(state.models.owners)
    .slice(0, limit)
    .flatMap((view) => (view.architecture === null ? [] : [architecture(state, view, view.architecture)]));
}

function architecture(state: GatewayState, { family, training }: FamilyView, owner: Owner) {
  const { time, digest } = decisionOf(state, owner);
  return {
    id: family,
    family_hash: digest,
    owner_hotkey: owner.hotkey,
    owner_submission_id: owner.submission,
    canonical_submission_id: owner.submission,
    q_arch_best: quality(owner.gain) ?? 0,
    created_at: time,
    updated_at: training === null ? time : decisionOf(state, training).time,
  };
}

/** Every recipe that was granted, oldest family first. */
export function trainingVariantsView(state: GatewayState, limit: number, architectureId: string | undefined) {
  const families = ownedFamilies(state.models.owners).filter(
    ({ family }) => (architectureId ?? family) === family,
  );
  return families
    .flatMap((view) => view.variants.map((variant) => trainingVariant(state, view, variant)))
    .slice(0, limit);
}

function trainingVariant(state: GatewayState, { family, training }: FamilyView, variant: Owner) {
  const { time, digest } = decisionOf(state, variant);
  return {
    id: variant.submission,
    architecture_id: family,
    training_hash: digest,
    owner_hotkey: variant.hotkey,
    submission_id: variant.submission,
    q_recipe: quality(variant.gain) ?? 0,
    metric_mean: (variant.gain?.meanMicrobits ?? 0) / 1_000_000,
    metric_std: (variant.gain?.standardErrorMicrobits ?? 0) / 1_000_000,
    is_current_best: training?.submission === variant.submission,
    created_at: time,
    updated_at: time,
  };
}

function decisionOf(state: GatewayState, owner: Owner) {
  const decision = state.decisions.get(owner.decidedAt);
  if (decision === undefined) throw new Error(`no claim was decided at index ${owner.decidedAt}`);
  return decision;
}
