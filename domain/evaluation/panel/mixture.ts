/** Weights of experts, learnt online. */

/** No expert is ever given up: it may be needed again. */
const LEAST_WEIGHT = 1e-4;
/** Share of the newest observation: 1 / (n + 3) at first, so that early ones count alike, then this. */
const LEAST_RATE = 0.003;

/**
 * Sets of weights for a linear mixture of probabilities. A mixture of distributions is a distribution, and learning needs no more than what
 * each expert gave to the symbol that came: each weight moves towards the expert's responsibility for it, which is a step of expectation
 * maximisation (Jelinek and Mercer, "Interpolated estimation of Markov source parameters from sparse data", 1980; online: Cappé and
 * Moulines, "On-line expectation-maximization algorithm for latent data models", J. Royal Statistical Society B 71, 2009).
 */
export class Mixture {
  readonly #experts: number;
  readonly #weights: Float64Array;
  readonly #observations: Float64Array;

  /** All weights of a set are equal at first. */
  constructor(sets: number, experts: number) {
    this.#experts = experts;
    this.#weights = new Float64Array(sets * experts).fill(1 / experts);
    this.#observations = new Float64Array(sets);
  }

  get stateBytes(): number {
    return this.#weights.byteLength + this.#observations.byteLength;
  }

  /** Probability of a symbol from what the experts say. */
  probability(set: number, experts: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.#experts; i += 1) {
      sum += (this.#weights[set * this.#experts + i] ?? 0) * (experts[i] ?? 0);
    }
    return sum;
  }

  /** Learns that the symbol came to which the experts gave these probabilities (above 0). */
  observe(set: number, experts: Float64Array): void {
    const seen = (this.#observations[set] ?? 0) + 1;
    this.#observations[set] = seen;
    const rate = Math.max(LEAST_RATE, 1 / (seen + 3));
    const mixed = this.probability(set, experts);
    const first = set * this.#experts;
    let sum = 0;
    for (let i = 0; i < this.#experts; i += 1) {
      const weight = this.#weights[first + i] ?? 0;
      const moved = Math.max(LEAST_WEIGHT, weight * (1 - rate + (rate * (experts[i] ?? 0)) / mixed));
      this.#weights[first + i] = moved;
      sum += moved;
    }
    for (let i = first; i < first + this.#experts; i += 1) this.#weights[i] = (this.#weights[i] ?? 0) / sum;
  }
}
