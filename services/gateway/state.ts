/** All that answers are made from: the read models, and what only the reference's routes ask for. */
import type { PrismEvent } from '../../domain/events/catalogue.ts';
import { emptySeals, evolveSeals, type SealsState } from '../../domain/ledger/sealing.ts';
import {
  digestOfModel,
  emptyReadModels,
  project,
  type ReadModelName,
  type ReadModels,
} from '../../projections/index.ts';

/** When a claim was decided, and on which component. */
export interface Decision {
  readonly time: string;
  readonly digest: string;
}

export interface GatewayState {
  readonly models: ReadModels;
  /** Decided claims by the log index of their decision. */
  readonly decisions: Map<number, Decision>;
  readonly seals: SealsState;
}

export function emptyState(): GatewayState {
  return { models: emptyReadModels(), decisions: new Map(), seals: emptySeals() };
}

/** Folds the next event of the log in place. */
export function foldEvent(state: GatewayState, event: PrismEvent): void {
  if (event.type === 'ArchitectureClaimDecided' || event.type === 'TrainingClaimDecided') {
    state.decisions.set(state.models.size, { time: event.time, digest: event.data.digest });
  }
  evolveSeals(state.seals, event);
  project(state.models, event);
}

/** Index of the last folded event; -1 before the first. */
export function indexOf(state: GatewayState): number {
  return state.models.size - 1;
}

const digests = new WeakMap<
  GatewayState,
  Map<ReadModelName, { readonly size: number; readonly digest: string }>
>();

/** State digest of a read model; computed once for each size of the log. */
export function digestIn(state: GatewayState, name: ReadModelName): string {
  const known = digests.get(state) ?? new Map();
  digests.set(state, known);
  const { size } = state.models;
  const last = known.get(name);
  if (last?.size === size) return last.digest;
  const digest = digestOfModel(state.models, name);
  known.set(name, { size, digest });
  return digest;
}
