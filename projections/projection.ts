/** What a read model is: a pure fold of the whole log, with a view that is plain data and has a digest. */
import { digestOf } from '../domain/events/canonical.ts';
import type { PrismEvent } from '../domain/events/catalogue.ts';

export interface Projection<State> {
  readonly name: string;
  initial(): State;
  /** Folds one event in place. `index` is its index in the log. */
  apply(state: State, event: PrismEvent, index: number): void;
  /** The whole read model as plain data: what the state digest is of. */
  view(state: State): unknown;
}

/** SHA-256 of the canonical view: equal for everyone who folds the same log up to the same index. */
export function stateDigest<State>(projection: Projection<State>, state: State): string {
  return digestOf({ projection: projection.name, view: projection.view(state) });
}
