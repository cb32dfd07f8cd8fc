import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  areaMicrobits,
  areaStandardErrorMicrobits,
  payloadMicrobits,
  trapezoids,
} from '../../../../domain/evaluation/signals/area.ts';
import { WORST_LOSS_MICROBITS } from '../../../../domain/evaluation/signals/readings.ts';
import { curveOf, curves, garbage, worsened } from './curves.ts';

test('of a power law is its integral', () => {
  // The mean of 2 + x^-0.5 over [0.01, 1] is 2 + 2 (1 - 0.1) / 0.99.
  const bytes = Array.from({ length: 991 }, (_, i) => 10_000 + 1_000 * i);
  const exact = 1e6 * (2 + (2 * 0.9) / 0.99);
  expect(Math.abs(areaMicrobits(curveOf(bytes, (x) => 2 + x ** -0.5)) / exact - 1)).toBeLessThan(0.001);
});

test('known values', () => {
  const curve = curveOf([1_000, 2_000, 4_000], (x) => 8 * (1 - x), 0.06);
  // (6 + 4) / 2 over 1,000 bytes and (4 + 0) / 2 over 2,000; weights 1/6, 1/2, 1/3.
  expect(areaMicrobits(curve)).toBe(3_000_000);
  expect(areaStandardErrorMicrobits(curve)).toBe(Math.round(60_000 * Math.sqrt(1 / 36 + 1 / 4 + 1 / 9)));
  expect(
    areaStandardErrorMicrobits(curve.map(({ standardErrorMicrobits: _, ...point }) => point)),
  ).toBeNull();
  expect(trapezoids(curve)).toEqual({ area: 2n * 9_000_000_000n, span: 6_000n });
  expect(() => trapezoids(curve.toReversed())).toThrow(/bytesRevealed must increase: step 20/);
});

test('what is no curve reads as the worst loss', () => {
  const curve = curveOf([1_000, 2_000], () => 1);
  for (const none of [[], curve.slice(1), curve.toReversed(), [...curve, ...curve]]) {
    expect(areaMicrobits(none)).toBe(WORST_LOSS_MICROBITS);
    expect(areaStandardErrorMicrobits(none)).toBeNull();
  }
  fc.assert(
    fc.property(garbage, (points) => {
      const area = areaMicrobits(points);
      expect(Number.isSafeInteger(area) && area >= 0 && area <= WORST_LOSS_MICROBITS).toBe(true);
      const error = areaStandardErrorMicrobits(points);
      expect(error === null || (Number.isSafeInteger(error) && error >= 0)).toBe(true);
    }),
  );
});

test('attack: being worse anywhere never lowers it', () => {
  fc.assert(
    fc.property(worsened, ({ curve, worse }) => {
      expect(areaMicrobits(worse)).toBeGreaterThanOrEqual(areaMicrobits(curve));
    }),
  );
});

describe('payload', () => {
  test('known values: 8 bits a byte, rounded up', () => {
    expect(payloadMicrobits(24 * 1_024, 24 * 1_024 * 1_000)).toBe(8_000);
    expect(payloadMicrobits(1, 3)).toBe(2_666_667);
    expect(payloadMicrobits(0, 0)).toBe(0);
  });
  test('is between 0 and the worst loss whatever is given', () => {
    expect(payloadMicrobits(1, 0)).toBe(WORST_LOSS_MICROBITS);
    fc.assert(
      fc.property(fc.double(), fc.double(), (payload, revealed) => {
        for (const bits of [
          payloadMicrobits(payload, revealed),
          payloadMicrobits(Math.round(payload), 1_000),
        ]) {
          expect(Number.isSafeInteger(bits) && bits >= 0 && bits <= WORST_LOSS_MICROBITS).toBe(true);
        }
      }),
    );
  });
  test('attack: text smuggled in, which saves at most its own bits, gains nothing', () => {
    fc.assert(
      fc.property(
        curves,
        fc.integer({ min: 1, max: 24 * 1_024 }),
        fc.nat(1_000),
        (curve, payload, places) => {
          const span = (curve.at(-1)?.bytesRevealed ?? 0) - (curve[0]?.bytesRevealed ?? 0);
          // All of its bits saved at one point: (bytes between its neighbours) / 2 x (loss saved) <= 8 x payload.
          const at = places % curve.length;
          const [before, after] = [curve[at - 1] ?? curve[at], curve[at + 1] ?? curve[at]];
          const weight = ((after?.bytesRevealed ?? 0) - (before?.bytesRevealed ?? 0)) / 2;
          const saved = Math.floor((8e6 * payload) / weight);
          const helped = curve.map((point, i) =>
            i === at ? { ...point, lossMicrobits: Math.max(0, point.lossMicrobits - saved) } : point,
          );
          expect(areaMicrobits(helped) + payloadMicrobits(payload, span)).toBeGreaterThanOrEqual(
            areaMicrobits(curve),
          );
        },
      ),
    );
  });
});
