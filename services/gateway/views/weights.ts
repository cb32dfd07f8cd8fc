/** Epochs and weights as the gateway shows them. */
import { getWeights } from '../../../projections/get-weights.ts';
import { type EpochView, lastEpoch } from '../../../projections/weights.ts';
import { digestIn, type GatewayState } from '../state.ts';
import { pageOf } from './page.ts';

function epochView({ epoch, closedAt, closedIndex, shares, burn, emissions }: EpochView) {
  return { epoch_id: epoch, closed_at: closedAt, closed_index: closedIndex, shares, burn, emissions };
}

/** The epoch that is open at an index of the log: a close ends its epoch, and what comes after it is the next one's. */
export function openEpochAt(state: GatewayState, index: number): number {
  let open = 1;
  for (const { epoch, closedIndex } of state.models.weights.epochs.values()) {
    if (closedIndex < index) open = Math.max(open, epoch + 1);
  }
  return open;
}

/** The epoch that the next event belongs to. */
export function openEpoch(state: GatewayState): number {
  return openEpochAt(state, state.models.size);
}

export function weightsView(state: GatewayState) {
  const last = lastEpoch(state.models.weights);
  return { epoch: last === null ? null : epochView(last), getWeights: platformWeights(state) };
}

/** What Platform is told: the same bytes for the same state. */
export function platformWeights(state: GatewayState) {
  return getWeights(state.models.weights, digestIn(state, 'weights'));
}

/** Closed epochs, oldest first; `after` is the last one that is known. */
export function epochsView(
  state: GatewayState,
  { after, limit }: { readonly after: number; readonly limit: number },
) {
  const { page, next } = pageOf(
    [...state.models.weights.epochs.values()],
    after,
    limit,
    ({ epoch }) => epoch,
  );
  return { epochs: page.map(epochView), next };
}

export function currentEpochView(state: GatewayState) {
  return { epoch_id: openEpoch(state), epoch_seconds: null };
}
