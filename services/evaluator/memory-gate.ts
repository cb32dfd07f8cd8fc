/** Lets runs go side by side as far as memory allows: by what runs like them were measured to hold, not by what they may hold. */
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import type { Plan } from '../../domain/evaluation/plan.ts';
import type { RunKey } from '../../domain/evaluation/runs.ts';

/** A run of the same kind on another seed holds about as much; what differs is covered by this. */
const MARGIN = 1.25;

type Peaks = Pick<Measurement, 'trainerPeakBytes' | 'predictorPeakBytes'>;

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** First come, first served, so that a large run is not passed over for ever. */
export class MemoryGate {
  readonly #available: number;
  #reserved = 0;
  #running = 0;
  readonly #queue: Waiting[] = [];
  readonly #measured = new Map<string, number>();

  /** @param availableBytes memory that all runs may hold together */
  constructor(availableBytes: number) {
    this.#available = availableBytes;
  }

  /** What a run is expected to hold: what its like has been measured to, its limits until one has been. */
  expect(run: Omit<RunKey, 'seed'>, plan: Pick<Plan, 'trainer' | 'predictor'>): number {
    const limits = plan.trainer.memoryBytes + plan.predictor.memoryBytes;
    const measured = this.#measured.get(kindOf(run));
    return measured === undefined ? limits : Math.min(limits, Math.ceil(measured * MARGIN));
  }

  /** Learns what a run has held. What could not be read teaches nothing. */
  learn(run: Omit<RunKey, 'seed'>, { trainerPeakBytes, predictorPeakBytes }: Peaks): void {
    if (trainerPeakBytes === 0 || predictorPeakBytes === 0) return;
    const held = trainerPeakBytes + predictorPeakBytes;
    this.#measured.set(kindOf(run), Math.max(held, this.#measured.get(kindOf(run)) ?? 0));
  }

  /** Waits until so much is free, or nothing runs (one run always may); returns how to give it back. */
  async reserve(bytes: number): Promise<() => void> {
    await new Promise<void>((go) => {
      this.#queue.push({ bytes, go });
      this.#advance();
    });
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#reserved -= bytes;
      this.#running -= 1;
      this.#advance();
    };
  }

  #advance(): void {
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined) return;
      if (this.#running > 0 && this.#reserved + next.bytes > this.#available) return;
      this.#queue.shift();
      this.#reserved += next.bytes;
      this.#running += 1;
      next.go();
    }
  }
}

function kindOf({ pair, variant, point }: Omit<RunKey, 'seed'>): string {
  return `${pair} ${variant} ${point}`;
}
