/** Curves that signals are tried on. */
import fc from 'fast-check';
import { Draws } from '../../../../domain/evaluation/draws.ts';
import type { Point } from '../../../../domain/evaluation/signals/readings.ts';

export const SEED = '5'.repeat(64);

export type JudgedPoint = Point & { readonly windows: number };

/** Points at the given bytes (steps are a hundredth of them), from a loss in bits at each share of the last. */
export function curveOf(
  bytes: readonly number[],
  bits: (share: number) => number,
  errorBits = 0,
): JudgedPoint[] {
  const last = bytes.at(-1) ?? 1;
  return bytes.map((bytesRevealed) => ({
    step: Math.round(bytesRevealed / 100),
    bytesRevealed,
    lossMicrobits: Math.round(bits(bytesRevealed / last) * 1e6),
    standardErrorMicrobits: Math.round(errorBits * 1e6),
    windows: 1_024,
  }));
}

/** `count` checkpoints, equal factors apart, over the last factor of `span` before a million bytes. */
export function logSpaced(count: number, span: number): number[] {
  return Array.from({ length: count }, (_, k) => Math.round(1e6 * span ** ((k + 1 - count) / (count - 1))));
}

const loss = fc.integer({ min: 0, max: 64_000_000 });

/** Any curve that the judge could draw. */
export const curves = fc
  .uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 2, maxLength: 12 })
  .chain((steps) =>
    fc
      .array(fc.record({ lossMicrobits: loss, standardErrorMicrobits: loss, windows: fc.nat(4_096) }), {
        minLength: steps.length,
        maxLength: steps.length,
      })
      .map((points) =>
        steps
          .toSorted((a, b) => a - b)
          .map((step, i): JudgedPoint => {
            const point = points[i] ?? { lossMicrobits: 0, standardErrorMicrobits: 0, windows: 0 };
            return { step, bytesRevealed: step * 1_040, ...point };
          }),
      ),
  );

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, 0, 2 ** 53),
);

/** What is a list of points by its type alone: empty, unordered, NaN, infinite, fractional, negative. */
export const garbage = fc.oneof(
  curves,
  fc.array(
    fc.record({
      step: anyNumber,
      bytesRevealed: anyNumber,
      lossMicrobits: anyNumber,
      windows: anyNumber,
      standardErrorMicrobits: fc.option(anyNumber, { nil: undefined }),
    }),
    { maxLength: 12 },
  ),
  fc
    .tuple(curves, fc.nat(), anyNumber)
    .map(([curve, at, lossMicrobits]) =>
      curve.map((point, i) => (i === at % curve.length ? { ...point, lossMicrobits } : point)),
    ),
);

/** Curves with what their points are raised by: a learner that is worse somewhere, and nowhere better. */
export const worsened = curves.chain((curve) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8_000_000 })), {
      minLength: curve.length,
      maxLength: curve.length,
    })
    .map((by) => ({
      curve,
      worse: curve.map((point, i) => ({
        ...point,
        lossMicrobits: Math.min(64_000_000, point.lossMicrobits + (by[i] ?? 0)),
      })),
    })),
);

/** Normal variates by Box and Muller: the same in every run. */
export function normals(seed: number): () => number {
  const draws = new Draws(seed.toString(16).padStart(64, '0'), 'test');
  const uniform = () => (draws.below(2 ** 32) + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
