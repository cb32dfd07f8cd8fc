/**
 * Virtual time and a seeded scheduler: everything that happens in a simulation is a task in one queue, so that a seed gives one history.
 * What a task starts must finish in microtasks or in a counted effect; no real time passes in it.
 */
import { Draws } from '../../domain/evaluation/draws.ts';
import { sha256 } from '../../domain/events/canonical.ts';

interface Task {
  readonly at: number;
  /** Decides between tasks of the same time; random, so that their order is too. */
  readonly tie: number;
  readonly run: () => void;
}

const START = Date.UTC(2026, 0, 1);

export class World {
  readonly #draws: Draws;
  #queue: Task[] = [];
  #now = START;
  readonly trace: string[] = [];
  /** Port calls that are taking effect: the next task waits for them. */
  effects = 0;
  /** Tasks run so far. */
  steps = 0;

  constructor(seed: number) {
    this.#draws = new Draws(sha256(`simulation ${seed}`), 'world');
  }

  get now(): number {
    return this.#now;
  }

  /** An integer from 0 up to but not including `bound`. */
  below(bound: number): number {
    return this.#draws.below(bound);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  note(line: string): void {
    this.trace.push(`${((this.#now - START) / 1_000).toFixed(3)} ${line}`);
  }

  after(milliseconds: number, run: () => void): void {
    const task = { at: this.#now + milliseconds, tie: this.below(0x1_0000_0000), run };
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#queue[middle];
      // Kept latest first, so that the next task is popped from the end.
      if (other !== undefined && (other.at > task.at || (other.at === task.at && other.tie > task.tie)))
        low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, task);
  }

  /** Runs tasks until `done` says so. Throws where nothing is left to do, or where `limit` tasks were not enough. */
  async run(done: () => boolean, limit: number): Promise<void> {
    for (;;) {
      // Everything that the last task has set in motion runs to its next port call.
      do await new Promise((resolve) => setImmediate(resolve));
      while (this.effects > 0);
      if (done()) return;
      const task = this.#queue.pop();
      if (task === undefined) throw new Error('the simulation is stuck: nothing is left to do');
      if (this.steps >= limit) throw new Error(`the simulation did not end within ${limit} steps`);
      this.steps += 1;
      this.#now = Math.max(this.#now, task.at);
      task.run();
    }
  }
}
