import { describe, expect, test } from '@jest/globals';
import type { TensorSpec } from '../../../../services/evaluator/judge/answers.ts';
import { momentsOf } from '../../../../services/evaluator/judge/moments.ts';
import { Unlearned } from '../../../../services/evaluator/judge/unlearned.ts';
import { ScriptedAdamw } from '../../../doubles/scripted-adamw.ts';

const LENGTH = 64;
const TENSORS: TensorSpec[] = [
  { name: 'buffer', dtype: 'float32', shape: [2] },
  { name: 'other', dtype: 'int64', shape: [1] },
  { name: 'weights', dtype: 'float32', shape: [LENGTH] },
];

/** A model of a parameter and two buffers, of 272 bytes. */
class Model {
  readonly vector = new ScriptedAdamw(LENGTH);
  readonly buffer = new Float32Array(2);
  readonly other = new BigInt64Array(1);
  #step = 0;

  train(): void {
    this.vector.moveTo(
      Float64Array.from({ length: LENGTH }, (_, i) => i * 1e-6),
      this.#step,
    );
    this.#step += 1;
  }

  snapshot() {
    const parts = [this.buffer, this.other, this.vector.weights].map(
      (part) => new Uint8Array(part.slice().buffer),
    );
    const state = { tensors: TENSORS, body: Buffer.concat(parts) };
    const { tensors, body } = this.vector.state('weights');
    const optimizer = { tensors: tensors as TensorSpec[], body };
    return { state, optimizer, moments: momentsOf(state, optimizer, 'snapshot') };
  }
}

/** Notes some steps; before each snapshot `disturb` may do to the model what it likes. */
function noted(ppm: number, steps: number, disturb: (model: Model, step: number) => void): Unlearned {
  const model = new Model();
  const unlearned = new Unlearned(ppm, 'cpu');
  let before = model.snapshot();
  for (let step = 0; step < steps; step += 1) {
    model.train();
    disturb(model, step);
    const after = model.snapshot();
    unlearned.note(step, before, after);
    before = after;
  }
  return unlearned;
}

describe('what counts as unlearned', () => {
  test('is nothing where the optimiser moves all that moves', () => {
    expect(noted(0, 30, () => {}).bytes).toBe(0);
  });

  test('is a buffer that changed, whole', () => {
    const disturb = ({ buffer }: Model) => {
      buffer[1] = 1;
    };
    expect(noted(1_000_000, 3, disturb).bytes).toBe(8);
    expect(() => noted(10_000, 3, disturb)).toThrow(
      /^train, step 1: 8 of 272 bytes of state \(buffer\) do not move as the judge's AdamW moves parameters; allowed are 10000 ppm/,
    );
    expect(noted(30_000, 3, disturb).bytes).toBe(8);
  });

  test('is a parameter of which one element was moved by the least there is', () => {
    const nudge = ({ vector }: Model, step: number) => {
      const bits = new Int32Array(vector.weights.buffer);
      if (step === 2) bits[9] = (bits[9] ?? 0) + 1;
    };
    expect(noted(1_000_000, 3, nudge).bytes).toBe(256);
    expect(() => noted(100_000, 3, nudge)).toThrow(/^train, step 3: 256 of 272 bytes of state \(weights\)/);
  });

  test('is added up over steps, in which it may be elsewhere each time', () => {
    const disturb = ({ buffer, other }: Model, step: number) => {
      if (step % 2 === 0) buffer[0] = step + 1;
      else other[0] = BigInt(step);
    };
    expect(noted(1_000_000, 2, disturb).bytes).toBe(16);
    expect(() => noted(30_000, 2, disturb)).toThrow(/16 of 272 bytes of state \(buffer, other\)/);
  });

  test('is every parameter where the gradient was not clipped', () => {
    const model = new Model();
    const before = model.snapshot();
    const { state } = before;
    // The step that follows from a first gradient of 2 in each element.
    const first = new Float32Array(LENGTH).fill(2 * (1 - 0.9));
    const second = new Float32Array(LENGTH).fill(4 * (1 - 0.95));
    const rate = 4e-3 / 20;
    const size = Math.fround(-(rate / (1 - 0.9)));
    const root = Math.fround(
      Math.fround(Math.fround(Math.sqrt(second[0] ?? 0)) / Math.fround(Math.sqrt(1 - 0.95))) +
        Math.fround(1e-8),
    );
    const weights = new Float32Array(LENGTH).fill(Math.fround(Math.fround(size * (first[0] ?? 0)) / root));
    const bytes = (values: Float32Array) => Buffer.from(new Uint8Array(values.buffer));
    const after = {
      state: { ...state, body: Buffer.concat([state.body.subarray(0, 16), bytes(weights)]) },
      moments: new Map([
        ['weights', { weights: bytes(weights), first: bytes(first), second: bytes(second), count: 1 }],
      ]),
    };
    const unlearned = new Unlearned(1_000_000, 'cpu');
    unlearned.note(0, before, after);
    expect(unlearned.bytes).toBe(256);
  });
});

describe("the optimiser's state", () => {
  const model = new Model();
  model.train();
  const { state, optimizer } = model.snapshot();
  const [first, second, count] = optimizer.tensors;
  if (first === undefined || second === undefined || count === undefined) throw new Error('three tensors');

  test.each<[string, readonly TensorSpec[], RegExp]>([
    [
      'of no tensor of the model',
      [{ ...first, name: 'exp_avg/hidden' }, second, count],
      /exp_avg\/hidden belongs to no tensor/,
    ],
    [
      'of another kind',
      [{ ...first, name: 'momentum/weights' }, second, count],
      /momentum\/weights belongs to no/,
    ],
    ['that comes twice', [first, { ...first }, count], /exp_avg\/weights belongs to no tensor/],
    ['of another shape', [{ ...first, shape: [8, 8] }, second, count], /exp_avg\/weights belongs to no/],
    ['of another type', [{ ...first, dtype: 'int32' }, second, count], /exp_avg\/weights belongs to no/],
    [
      'with more bytes than it declares',
      [first, second],
      /512 bytes of the optimizer's state declared, 516 came/,
    ],
  ])('%s is malformed', (_, tensors, message) => {
    const parse = () => momentsOf(state, { tensors, body: optimizer.body }, 'snapshot, step 1');
    expect(parse).toThrow(message);
  });

  test('that lacks a moment is malformed, that is not finite is said', () => {
    const body = optimizer.body.subarray(0, 512);
    expect(() => momentsOf(state, { tensors: [first, second], body }, 'x')).toThrow(
      /of weights lacks some of/,
    );
    const infinite = Buffer.from(optimizer.body);
    infinite.writeFloatLE(Number.POSITIVE_INFINITY, 4);
    expect(() => momentsOf(state, { tensors: optimizer.tensors, body: infinite }, 'x')).toThrow(
      /tensor exp_avg\/weights holds NaN/,
    );
  });
});
