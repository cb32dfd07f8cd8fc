/** One life of a service: its port calls take time, may fail, and may be the last thing it does. */
import type { World } from './world.ts';

export interface Faults {
  /** A port call in this many crashes its caller, before or after it has taken effect; 0: never. */
  readonly crashOnceIn: number;
  /** Crashes that a whole run may have. */
  readonly crashes: number;
  /** A durable append in this many is not acknowledged; 0: never. */
  readonly lostAckOnceIn: number;
  /** A container operation in this many fails for no fault of the learner's; 0: never. */
  readonly sandboxFaultOnceIn: number;
  /** Wake-ups lost, doubled and late, or delivered at once. */
  readonly hostileBus: boolean;
  /** Port calls take up to this long; one in a hundred takes `slowMs`. */
  readonly latencyMs: number;
  readonly slowMs: number;
}

export const NO_FAULTS: Faults = {
  crashOnceIn: 0,
  crashes: 0,
  lostAckOnceIn: 0,
  sandboxFaultOnceIn: 0,
  hostileBus: false,
  latencyMs: 5,
  slowMs: 5,
};

export const ALL_FAULTS: Faults = {
  crashOnceIn: 120,
  crashes: 40,
  lostAckOnceIn: 12,
  sandboxFaultOnceIn: 400,
  hostileBus: true,
  latencyMs: 60,
  slowMs: 40_000,
};

/** What all lives of a run share: how many crashes are left. */
export interface Budget {
  crashes: number;
}

export class Life {
  readonly name: string;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #budget: Budget;
  readonly #onDeath: () => void;
  alive = true;

  constructor(name: string, world: World, faults: Faults, budget: Budget, onDeath: () => void) {
    this.name = name;
    this.#world = world;
    this.#faults = faults;
    this.#budget = budget;
    this.#onDeath = onDeath;
  }

  /** A port call. Once its caller is dead it never answers. */
  call<T>(label: string, effect: () => Promise<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.alive) return;
      this.#world.after(this.#latency(), () => {
        if (!this.alive || this.#crash(`before ${label}`)) return;
        this.#world.effects += 1;
        Promise.resolve()
          .then(effect)
          .finally(() => {
            this.#world.effects -= 1;
          })
          .then(
            (value) => this.#answer(label, () => resolve(value)),
            (error: unknown) => this.#answer(label, () => reject(error)),
          );
      });
    });
  }

  #answer(label: string, respond: () => void): void {
    if (!this.alive || this.#crash(`after ${label}`)) return;
    this.#world.after(this.#latency(), () => {
      if (this.alive) respond();
    });
  }

  #latency(): number {
    const { latencyMs, slowMs } = this.#faults;
    return this.#world.once(200) ? this.#world.below(slowMs) : this.#world.below(latencyMs);
  }

  #crash(where: string): boolean {
    const { crashOnceIn } = this.#faults;
    if (crashOnceIn === 0 || this.#budget.crashes === 0 || !this.#world.once(crashOnceIn)) return false;
    this.#budget.crashes -= 1;
    this.#world.note(`CRASH of ${this.name} ${where}`);
    this.alive = false;
    this.#onDeath();
    return true;
  }
}
