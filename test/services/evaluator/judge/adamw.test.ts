/** The judge's own AdamW, against one that was written apart from it. That it agrees with torch is tested with the host. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Moments, stepped } from '../../../../services/evaluator/judge/adamw.ts';
import { ScriptedAdamw } from '../../../doubles/scripted-adamw.ts';

const LENGTH = 8;

function momentsOf(vector: ScriptedAdamw): Moments {
  const { body } = vector.state('x');
  const size = 4 * LENGTH;
  const weights = Buffer.from(new Uint8Array(vector.weights.slice().buffer));
  if (body.length === 0) return { weights, first: Buffer.alloc(size), second: Buffer.alloc(size), count: 0 };
  const count = body.readFloatLE(2 * size);
  return { weights, first: body.subarray(0, size), second: body.subarray(size, 2 * size), count };
}

/** A vector before and after its step `steps`, from 0, by so much each time. */
function pair(steps: number, targets = Float64Array.from({ length: LENGTH }, (_, i) => i * 1e-6)) {
  const vector = new ScriptedAdamw(LENGTH);
  for (let step = 0; step < steps; step += 1)
    vector.moveTo(
      targets.map((target) => target * (step + 1)),
      step,
    );
  const before = momentsOf(vector);
  vector.moveTo(
    targets.map((target) => target * (steps + 1)),
    steps,
  );
  return { before, after: momentsOf(vector) };
}

/** The same bytes, but for one element that is `units` in the last place larger. */
function nudged(bytes: Buffer, at: number, units: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeInt32LE(copy.readInt32LE(4 * at) + units, 4 * at);
  return copy;
}

describe('a step of the recipe', () => {
  test('is one, whatever the gradients, during the warm-up and after', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.double({ min: -1e-5, max: 1e-5, noNaN: true }), { minLength: LENGTH, maxLength: LENGTH }),
        (steps, targets) => {
          const { before, after } = pair(steps, Float64Array.from(targets));
          expect(stepped(before, after, 'float32', steps, 'cpu')).not.toBe('otherwise');
          expect(stepped(before, after, 'float32', steps, 'cuda')).not.toBe('otherwise');
        },
      ),
    );
  });

  test('tells the norm of the gradient that it went along', () => {
    const { before, after } = pair(0);
    const gradients = new Float32Array(new Uint8Array(after.first).buffer).map((moment) => moment / 0.1);
    const squared = gradients.reduce((sum, gradient) => sum + gradient * gradient, 0);
    const way = stepped(before, after, 'float32', 0, 'cpu');
    expect(way === 'otherwise' ? null : way.squaredGradient / squared).toBeCloseTo(1, 5);
  });

  test('may be none at all, where a parameter got no gradient', () => {
    const { after } = pair(3);
    expect(stepped(after, after, 'float32', 4, 'cpu')).toEqual({ squaredGradient: 0 });
  });
});

describe('anything else is not', () => {
  const { before, after } = pair(5);
  const changed = (changes: Partial<Moments>, device: 'cpu' | 'cuda' = 'cpu') =>
    stepped(before, { ...after, ...changes }, 'float32', 5, device);

  test.each<[string, Partial<Moments>]>([
    ['a weight one unit in the last place off', { weights: nudged(after.weights, 7, 1) }],
    ['a weight one unit below', { weights: nudged(after.weights, 3, -1) }],
    ['weights that were left alone', { weights: before.weights }],
    ['a first moment that did not follow', { first: before.first }],
    ['a second moment that did not follow', { second: before.second }],
    ['a first moment with another gradient than the second', { first: nudged(after.first, 7, 2_000_000) }],
    ['a second moment below zero', { second: nudged(after.second, 7, -0x8000_0000) }],
    ['a step that is not counted', { count: before.count }],
    ['a count that jumps', { count: before.count + 2 }],
    ['a weight that is not a number', { weights: Buffer.alloc(4 * LENGTH, 0xff) }],
  ])('%s', (_, changes) => {
    expect(changed(changes)).toBe('otherwise');
  });

  test('the step of another rate', () => {
    expect(stepped(before, after, 'float32', 6, 'cpu')).toBe('otherwise');
  });

  test('a weight further off than a GPU could round it', () => {
    expect(changed({ weights: nudged(after.weights, 7, 40) }, 'cuda')).toBe('otherwise');
  });

  test('a step of integers', () => {
    expect(stepped(before, after, 'int32', 5, 'cpu')).toBe('otherwise');
  });
});
