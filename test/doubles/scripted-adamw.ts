/**
 * A vector that the judge's AdamW moves, to wherever it is wanted: the gradients are chosen so that it gets there. So small are they that the
 * optimiser's epsilon outweighs them, and its steps are linear in them.
 */
const [LEARNING_RATE, BETA1, BETA2, EPSILON, WEIGHT_DECAY, WARM_UP] = [4e-3, 0.9, 0.95, 1e-8, 0.01, 20];
/** Rounds of the fixed point below; each gains two digits and more. */
const ROUNDS = 8;
const { fround } = Math;

export class ScriptedAdamw {
  readonly weights: Float32Array;
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  #count = 0;

  constructor(length: number) {
    this.weights = new Float32Array(length);
    this.#first = new Float32Array(length);
    this.#second = new Float32Array(length);
  }

  /** One optimiser step. @param targets where the weights should be after it @param step from 0 */
  moveTo(targets: Float64Array, step: number): void {
    this.#count += 1;
    const rate = LEARNING_RATE * Math.min(1, (step + 1) / WARM_UP);
    const size = fround(-(rate / (1 - BETA1 ** this.#count)));
    const correction = fround(Math.sqrt(1 - BETA2 ** this.#count));
    for (const [i, weight] of this.weights.entries()) {
      const kept = fround(weight * fround(1 - rate * WEIGHT_DECAY));
      const [first, second] = [this.#first[i] ?? 0, this.#second[i] ?? 0];
      const wanted = ((targets[i] ?? 0) - kept) / size;
      let gradient = 0;
      let root = EPSILON;
      for (let round = 0; round < ROUNDS; round += 1) {
        gradient = (wanted * root - BETA1 * first) / (1 - BETA1);
        root = Math.sqrt(BETA2 * second + (1 - BETA2) * gradient * gradient) / correction + EPSILON;
      }
      const moment = fround(BETA1 * first + (1 - BETA1) * gradient);
      const variance = fround(BETA2 * second + (1 - BETA2) * gradient * gradient);
      const divisor = fround(fround(fround(Math.sqrt(variance)) / correction) + fround(EPSILON));
      this.#first[i] = moment;
      this.#second[i] = variance;
      this.weights[i] = kept + fround(fround(size * moment) / divisor);
    }
  }

  /** The state's tensors of the vector of this name, as the host describes them, and their bytes; none before the first step. */
  state(name: string): { readonly tensors: object[]; readonly body: Buffer } {
    if (this.#count === 0) return { tensors: [], body: Buffer.alloc(0) };
    const shape = [this.weights.length];
    const tensors = [
      { name: `exp_avg/${name}`, dtype: 'float32', shape },
      { name: `exp_avg_sq/${name}`, dtype: 'float32', shape },
      { name: `step/${name}`, dtype: 'float32', shape: [] },
    ];
    const parts = [this.#first, this.#second, Float32Array.of(this.#count)];
    return { tensors, body: Buffer.concat(parts.map((part) => new Uint8Array(part.buffer))) };
  }

  /** @param body the vector and its optimiser's state as `state` gave it, which may be left out */
  load(body: Buffer): void {
    const values = new Float32Array(new Uint8Array(body).buffer);
    const { length } = this.weights;
    this.weights.set(values.subarray(0, length));
    const hasMoments = values.length > length;
    this.#first.set(hasMoments ? values.subarray(length, 2 * length) : new Float32Array(length));
    this.#second.set(hasMoments ? values.subarray(2 * length, 3 * length) : new Float32Array(length));
    this.#count = values[3 * length] ?? 0;
  }
}
