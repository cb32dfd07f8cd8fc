/** What the digest of a model's structure depends on, and what it does not. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BuiltModel, structureDigest, type TensorShape } from '../../../domain/ownership/structure.ts';

const float = (...shape: number[]): TensorShape => ({ dtype: 'float32', shape });

/** A transformer of this width and depth over 256 bytes. */
function transformer(width: number, depth: number): readonly TensorShape[] {
  const layer = [
    float(width),
    float(width),
    float(3 * width, width),
    float(width, width),
    float(4 * width, width),
    float(width, 4 * width),
  ];
  return [float(256, width), ...Array.from({ length: depth }, () => layer).flat(), float(256)];
}

function grown(model: (width: number, depth: number) => readonly TensorShape[], base = 48): BuiltModel[] {
  return [base, 2 * base, 4 * base].map((width, point) => ({ point, tensors: model(width, 2) }));
}

const sizes = fc.integer({ min: 1, max: 40 });
const tensors = fc.array(
  fc.record({
    dtype: fc.constantFrom('float32', 'int64', 'bool'),
    shape: fc.array(sizes, { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 12 },
);
const models = fc
  .array(tensors, { minLength: 1, maxLength: 4 })
  .map((points) => points.map((found, point): BuiltModel => ({ point, tensors: found })));

describe('a structure does not depend on', () => {
  test('the order of tensors and points', () => {
    const withOrders = models.chain((points) =>
      fc
        .tuple(
          ...points.map(({ point, tensors: found }) =>
            fc
              .shuffledSubarray([...found], { minLength: found.length })
              .map((shuffled): BuiltModel => ({ point, tensors: shuffled })),
          ),
        )
        .chain((shuffled) => fc.shuffledSubarray([...shuffled], { minLength: shuffled.length }))
        .map((shuffled) => [points, shuffled] as const),
    );
    fc.assert(
      fc.property(withOrders, ([points, shuffled]) => {
        expect(structureDigest(shuffled)).toBe(structureDigest(points));
      }),
    );
  });

  test('which values the changing dimensions take', () => {
    // Each point's own numbers, so that none occurs at all points but those below 10.
    const moved = ({ point, tensors: found }: BuiltModel, by: number): BuiltModel => ({
      point,
      tensors: found.map(({ dtype, shape }) => ({
        dtype,
        shape: shape.map((size) => (size < 10 ? size : 1_000 * (point + 1) + size * by + 7)),
      })),
    });
    const grownModels = models
      .filter((points) => points.length > 1)
      .map((points) =>
        // The small numbers are at every point, so that they are fixed before and after.
        points.map(({ point, tensors: found }) => ({
          point,
          tensors: [...found, float(1, 2, 3, 4, 5, 6, 7, 8, 9)],
        })),
      );
    fc.assert(
      fc.property(grownModels, fc.integer({ min: 2, max: 9 }), (points, by) => {
        expect(structureDigest(points.map((one) => moved(one, by)))).toBe(
          structureDigest(points.map((one) => moved(one, 1))),
        );
      }),
    );
  });

  test('names, nor how wide the smallest of the sizes is', () => {
    const named = grown(transformer).map(({ point, tensors: found }) => ({
      point,
      tensors: found.map((tensor, index) => ({ name: `layer.${index}`, ...tensor })),
    }));
    expect(structureDigest(named)).toBe(structureDigest(grown(transformer)));
    expect(structureDigest(grown(transformer, 40))).toBe(structureDigest(grown(transformer)));
  });
});

describe('a structure depends on', () => {
  const original = structureDigest(grown(transformer));
  test.each<[string, (width: number, depth: number) => readonly TensorShape[]]>([
    ['a tensor more', (width, depth) => [...transformer(width, depth), float(width)]],
    ['a layer less', (width, depth) => transformer(width, depth - 1)],
    [
      'the type of a tensor',
      (width, depth) => [...transformer(width, depth).slice(1), { dtype: 'bfloat16', shape: [256, width] }],
    ],
    [
      'a number that stays at every size',
      (width, depth) =>
        transformer(width, depth).map(({ dtype, shape }) => ({
          dtype,
          shape: shape.map((size) => (size === 256 ? 257 : size)),
        })),
    ],
    [
      'which tensors share a dimension',
      (width, depth) => [float(256, 5 * width), ...transformer(width, depth).slice(1)],
    ],
    [
      'the order of the dimensions',
      (width, depth) => [float(width, 256), ...transformer(width, depth).slice(1)],
    ],
  ])('%s', (_, model) => {
    expect(structureDigest(grown(model))).not.toBe(original);
  });

  test('each tensor: one more at any point', () => {
    fc.assert(
      fc.property(models, fc.nat(), fc.array(sizes, { maxLength: 3 }), (points, at, shape) => {
        const chosen = at % points.length;
        const more = points.map((one, index) =>
          index === chosen ? { ...one, tensors: [...one.tensors, float(...shape)] } : one,
        );
        expect(structureDigest(more)).not.toBe(structureDigest(points));
      }),
    );
  });
});

test('a single point tells nothing of what changes: its numbers stay', () => {
  const one = (width: number) => structureDigest([{ point: 0, tensors: transformer(width, 2) }]);
  expect(one(48)).not.toBe(one(40));
});

test('a point that is there twice, or none at all, is refused', () => {
  const built = { point: 1, tensors: transformer(48, 1) };
  expect(() => structureDigest([built, built])).toThrow(/point 1 is there twice/);
  expect(() => structureDigest([])).toThrow(RangeError);
});
