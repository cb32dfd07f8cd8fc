/** The weights of every closed epoch, and what was sent where. */
import type { DataOf, PrismEvent } from '../domain/events/catalogue.ts';
import type { Projection } from './projection.ts';

type Profile = DataOf<'LedgerOpened'>['policy']['plan']['profile'];

export interface EpochView {
  readonly epoch: number;
  readonly closedIndex: number;
  readonly closedAt: string;
  /** Of the policy that stood at its close. */
  readonly profile: Profile;
  shares: DataOf<'WeightsDerived'>['shares'];
  burn: DataOf<'WeightsDerived'>['burn'] | null;
  readonly emissions: { readonly target: string; readonly weightsDigest: string; readonly index: number }[];
}

export interface WeightsState {
  slug: string;
  burnHotkey: string | null;
  profile: Profile;
  readonly epochs: Map<number, EpochView>;
}

function apply(state: WeightsState, event: PrismEvent, index: number): void {
  switch (event.type) {
    case 'LedgerOpened':
      state.slug = event.data.slug;
      state.burnHotkey = event.data.policy.weights.burnHotkey;
      state.profile = event.data.policy.plan.profile;
      break;
    case 'PolicyAdopted':
      state.burnHotkey = event.data.policy.weights.burnHotkey;
      state.profile = event.data.policy.plan.profile;
      break;
    case 'EpochClosed':
      state.epochs.set(event.data.epoch, {
        epoch: event.data.epoch,
        closedIndex: index,
        closedAt: event.time,
        profile: state.profile,
        shares: [],
        burn: null,
        emissions: [],
      });
      break;
    case 'WeightsDerived': {
      const view = state.epochs.get(event.data.epoch);
      if (view === undefined) return;
      view.shares = event.data.shares;
      view.burn = event.data.burn;
      break;
    }
    case 'WeightsEmitted': {
      const { epoch, target, weightsDigest } = event.data;
      state.epochs.get(epoch)?.emissions.push({ target, weightsDigest, index });
      break;
    }
    default:
  }
}

/** The last closed epoch whose weights are derived; null before the first. */
export function lastEpoch(state: WeightsState): EpochView | null {
  let last: EpochView | null = null;
  for (const view of state.epochs.values())
    if (view.burn !== null && (last === null || view.epoch > last.epoch)) last = view;
  return last;
}

export const weights: Projection<WeightsState> = {
  name: 'weights',
  initial: () => ({ slug: '', burnHotkey: null, profile: 'tiny', epochs: new Map() }),
  apply,
  view: ({ slug, burnHotkey, profile, epochs }) => ({
    slug,
    burnHotkey,
    profile,
    epochs: [...epochs.values()],
  }),
};
