/** The answer to Platform's `get_weights`, in the reference's shape: two reads of the same state are byte-identical. */
import { lastEpoch, type WeightsState } from './weights.ts';

/** Weights are sent to the chain as 16-bit numbers; these are their sum. */
export const TOTAL_UNITS = 65_535;

export interface WeightsAnswer {
  readonly challenge_slug: string;
  /** The last closed epoch; 0 before the first. */
  readonly epoch: number;
  /** Share of the whole by hotkey; finite, positive, of sum 1 unless something is undeliverable. */
  readonly weights: { readonly [hotkey: string]: number };
  readonly metadata: {
    /** Time of the epoch's close; null before the first. */
    readonly computed_at: string | null;
    /** Log index of the epoch's close. */
    readonly index: number | null;
    readonly state_digest: string;
    readonly units: { readonly [hotkey: string]: number };
    readonly burn_hotkey: string | null;
    readonly burn_units: number;
    /** What belongs to nobody and could not be sent to a burn hotkey, in 1/65,535. */
    readonly undeliverable_units: number;
    /** Of the policy that stood when the epoch was closed. */
    readonly profile: WeightsState['profile'];
    /** Whether that profile is strict enough to pay anyone by: only `official` is. */
    readonly may_pay: boolean;
  };
}

/** @param digest state digest of the projection `weights` */
export function getWeights(state: WeightsState, digest: string): WeightsAnswer {
  const epoch = lastEpoch(state);
  const burn = epoch?.burn ?? { hotkey: state.burnHotkey, units: TOTAL_UNITS };
  const profile = epoch?.profile ?? state.profile;
  const units = new Map((epoch?.shares ?? []).map((share) => [share.hotkey, share.units]));
  if (burn.hotkey !== null) units.set(burn.hotkey, (units.get(burn.hotkey) ?? 0) + burn.units);
  const positive = [...units].filter(([, count]) => count > 0);
  return {
    challenge_slug: state.slug,
    epoch: epoch?.epoch ?? 0,
    weights: Object.fromEntries(positive.map(([hotkey, count]) => [hotkey, count / TOTAL_UNITS])),
    metadata: {
      computed_at: epoch?.closedAt ?? null,
      index: epoch?.closedIndex ?? null,
      state_digest: digest,
      units: Object.fromEntries(positive),
      burn_hotkey: burn.hotkey,
      burn_units: burn.units,
      undeliverable_units: burn.hotkey === null ? burn.units : 0,
      profile,
      may_pay: profile === 'official',
    },
  };
}
