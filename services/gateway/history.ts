/** Past states, rebuilt from the log: the state after the event at an index, for any index. */
import { parseEntry } from '../../domain/events/codec.ts';
import { HttpError } from './errors.ts';
import type { GatewayLog } from './log.ts';
import { emptyState, foldEvent, type GatewayState, indexOf } from './state.ts';

/** States kept; each is as large as the state itself. */
const KEPT = 8;
/** Rebuilds that wait; they run one after another, so that travellers cannot take the machine from the others. */
const WAITING = 32;

export class History {
  readonly #log: GatewayLog;
  /** By index, the one used last at the end. None of them is ever folded further: a copy is. */
  readonly #states = new Map<number, GatewayState>();
  readonly #building = new Map<number, Promise<GatewayState>>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(log: GatewayLog) {
    this.#log = log;
  }

  /** The state up to and including `index`, which must be in the log. Throws `HttpError` `busy`, and `LogError`. */
  async at(index: number): Promise<GatewayState> {
    const known = this.#states.get(index);
    if (known !== undefined) {
      this.#keep(known);
      return known;
    }
    const building = this.#building.get(index);
    if (building !== undefined) return await building;
    if (this.#building.size >= WAITING)
      throw new HttpError('busy', 'too many past states are being rebuilt: try again');
    const started = this.#tail.then(() => this.#build(index));
    this.#tail = started.catch(() => {});
    this.#building.set(index, started);
    try {
      return await started;
    } finally {
      this.#building.delete(index);
    }
  }

  async #build(index: number): Promise<GatewayState> {
    const state = this.#copyOfNearest(index);
    const reader = await this.#log.reader();
    for await (const { bytes } of reader.entries(state.models.size, index + 1))
      foldEvent(state, parseEntry(bytes));
    if (indexOf(state) !== index)
      throw new HttpError('beyond-the-log', `the log ends at index ${indexOf(state)}`);
    this.#keep(state);
    return state;
  }

  #copyOfNearest(index: number): GatewayState {
    let nearest: GatewayState | null = null;
    for (const state of this.#states.values()) {
      if (indexOf(state) <= index && (nearest === null || indexOf(state) > indexOf(nearest))) nearest = state;
    }
    return nearest === null ? emptyState() : structuredClone(nearest);
  }

  #keep(state: GatewayState): void {
    this.#states.delete(indexOf(state));
    this.#states.set(indexOf(state), state);
    const [oldest] = this.#states.keys();
    if (this.#states.size > KEPT && oldest !== undefined) this.#states.delete(oldest);
  }
}
