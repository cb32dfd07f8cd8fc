import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areaMicrobits } from '../../../../domain/evaluation/signals/area.ts';
import {
  countedExtrapolation,
  extrapolate,
  extrapolationInterval,
  LAST_TENTH,
} from '../../../../domain/evaluation/signals/extrapolate.ts';
import { lateMicrobits } from '../../../../domain/evaluation/signals/late.ts';
import { WORST_LOSS_MICROBITS } from '../../../../domain/evaluation/signals/readings.ts';
import { curveOf, curves, garbage, logSpaced, normals, SEED, worsened } from './curves.ts';

const inRange = (loss: number) => Number.isSafeInteger(loss) && loss >= 0 && loss <= WORST_LOSS_MICROBITS;

function fitted(curve: Parameters<typeof extrapolate>[0]) {
  const reading = extrapolate(curve);
  if (reading.kind === 'too-short') throw new Error(`too short: ${JSON.stringify(reading)}`);
  return reading;
}

describe('fit', () => {
  test.each([
    [1.5, 2, 0.3],
    [0, 4, 0.1],
    [2, 1, 0.6],
    [1, 1.5, 0.2],
    [0.5, 1, 1.2],
    [3, 0, 0.5],
  ])('of %p + %p n^-%p gives its value at 10 n within 1 %%', (floor, amplitude, exponent) => {
    for (const count of [6, 12, 24]) {
      const curve = curveOf(logSpaced(count, 12), (x) => floor + amplitude * x ** -exponent);
      const exact = 1e6 * (floor + amplitude * 10 ** -exponent);
      expect(Math.abs(fitted(curve).lossMicrobits / exact - 1)).toBeLessThan(0.01);
    }
  });
  test('finds floor and exponent', () => {
    const { floorMicrobits, exponentMilli } = fitted(curveOf(logSpaced(12, 16), (x) => 1.5 + 2 * x ** -0.3));
    expect(Math.abs(floorMicrobits / 1.5e6 - 1)).toBeLessThan(0.01);
    expect(Math.abs(exponentMilli / 300 - 1)).toBeLessThan(0.01);
  });
  test('a wild checkpoint moves it little: residuals count by their size, not by their square', () => {
    const calm = curveOf(logSpaced(12, 16), (x) => 1.5 + 2 * x ** -0.3);
    const wild = calm.map((point, i) =>
      i === 7 ? { ...point, lossMicrobits: 2 * point.lossMicrobits } : point,
    );
    expect(Math.abs(fitted(wild).lossMicrobits / fitted(calm).lossMicrobits - 1)).toBeLessThan(0.01);
  });
  test('says where the plan is too short', () => {
    const law = (x: number) => 1 + x ** -0.3;
    expect(extrapolate([])).toEqual({ kind: 'too-short', of: 'checkpoints', has: 0, needs: 5 });
    expect(extrapolate(curveOf(logSpaced(4, 16), law))).toMatchObject({
      kind: 'too-short',
      has: 4,
      needs: 5,
    });
    expect(extrapolate(curveOf(logSpaced(12, 3), law))).toMatchObject({ kind: 'too-short', needs: 4 });
  });
  test('leaves out what was judged before any text', () => {
    const curve = curveOf(logSpaced(8, 16), (x) => 1 + x ** -0.3);
    const before = { step: 0, bytesRevealed: 0, lossMicrobits: 8_000_000 };
    expect(extrapolate([before, ...curve])).toEqual(extrapolate(curve));
  });
  test('is in range whatever the points, and the worst where they are no curve', () => {
    fc.assert(
      fc.property(garbage, (points) => {
        const reading = extrapolate(points);
        if (reading.kind === 'too-short') return;
        expect(inRange(reading.lossMicrobits) && inRange(reading.floorMicrobits)).toBe(true);
        expect(reading.exponentMilli >= 0 && reading.exponentMilli <= 10_000).toBe(true);
      }),
    );
    expect(fitted(curveOf(logSpaced(8, 16), () => 1).toReversed()).lossMicrobits).toBe(WORST_LOSS_MICROBITS);
  });
});

describe('interval', () => {
  const noisy = (seed: number) => {
    const normal = normals(seed);
    return curveOf(logSpaced(12, 16), (x) => (1.5 + 2 * x ** -0.3) * (1 + 0.003 * normal()));
  };
  test('holds the truth in most runs with noise', () => {
    const truth = 1e6 * (1.5 + 2 * 10 ** -0.3);
    const held = Array.from({ length: 20 }, (_, seed) => extrapolationInterval(noisy(seed + 1), SEED)).filter(
      (reading) =>
        reading.kind === 'fit' && reading.lowerMicrobits <= truth && truth <= reading.upperMicrobits,
    );
    expect(held.length).toBeGreaterThanOrEqual(16);
  });
  test('is repeatable, and drawn from the seed', () => {
    const [first, again] = [extrapolationInterval(noisy(1), SEED), extrapolationInterval(noisy(1), SEED)];
    expect(again).toEqual(first);
    expect(extrapolationInterval(noisy(1), '6'.repeat(64))).not.toEqual(first);
    expect(() => extrapolationInterval(noisy(1), 'no seed')).toThrow(RangeError);
    expect(extrapolationInterval([], SEED)).toEqual(extrapolate([]));
  });
  test('has the value between its ends, in range, whatever the points', () => {
    fc.assert(
      fc.property(garbage, (points) => {
        const reading = extrapolationInterval(points, SEED);
        if (reading.kind === 'too-short') return;
        expect(inRange(reading.lowerMicrobits) && inRange(reading.upperMicrobits)).toBe(true);
        expect(reading.lowerMicrobits).toBeLessThanOrEqual(reading.lossMicrobits);
        expect(reading.upperMicrobits).toBeGreaterThanOrEqual(reading.lossMicrobits);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what counts of it', () => {
  const bytes = logSpaced(12, 16);
  const reference = curveOf(bytes, (x) => 2 + 1.5 * x ** -0.15);
  /** Early loss given up, less and less until the ninth checkpoint. */
  const sandbagged = (curve: typeof reference, bits: number) =>
    curve.map((point, i) => ({
      ...point,
      lossMicrobits: point.lossMicrobits + Math.round(1e6 * bits * Math.max(0, 1 - i / 8)),
    }));
  const gains = (own: typeof reference, beside = reference) => ({
    tenfold: fitted(beside).lossMicrobits - fitted(own).lossMicrobits,
    tenth: lateMicrobits(beside, LAST_TENTH) - lateMicrobits(own, LAST_TENTH),
    area: areaMicrobits(beside) - areaMicrobits(own),
  });
  const counted = (own: typeof reference) => countedExtrapolation(gains(own));
  const honest = curveOf(bytes, (x) => 1.9 + 1.2 * x ** -0.2);

  test('is the least of the gains at 10x, in the last tenth and in the area', () => {
    const exact = 1e6 * (2 + 1.5 * 10 ** -0.15 - 1.9 - 1.2 * 10 ** -0.2);
    expect(Math.abs(gains(honest).tenfold / exact - 1)).toBeLessThan(0.01);
    expect(counted(honest)).toBe(gains(honest).area);
    fc.assert(
      fc.property(fc.integer(), fc.nat(), fc.nat(), (least, more, most) => {
        for (const [tenfold = 0, tenth = 0, area = 0] of [
          [least, least + more, least + most],
          [least + more, least, least + most],
          [least + most, least + more, least],
        ])
          expect(countedExtrapolation({ tenfold, tenth, area })).toBe(least);
      }),
    );
  });
  test('attack: sandbagging early loss for a steeper fit raises the fit and lowers what counts', () => {
    for (const bits of [0.05, 0.1, 0.2, 0.4]) {
      const attack = sandbagged(honest, bits);
      expect(gains(attack).tenfold).toBeGreaterThan(gains(honest).tenfold);
      expect(counted(attack)).toBeLessThan(counted(honest));
    }
  });
  test('attack: whatever is made worse, it counts no more than the honest area and end are worth', () => {
    fc.assert(
      fc.property(worsened, curves, ({ curve, worse }, beside) => {
        if ([worse, beside].some((any) => extrapolate(any).kind === 'too-short')) return;
        const late = lateMicrobits(beside, LAST_TENTH) - lateMicrobits(curve, LAST_TENTH);
        expect(countedExtrapolation(gains(worse, beside))).toBeLessThanOrEqual(
          Math.min(late, areaMicrobits(beside) - areaMicrobits(curve)),
        );
      }),
    );
  });
  test('attack: a run that ends early is not carried on as if it had not', () => {
    const ended = honest.map((point, i) => (i === 11 ? { ...point, lossMicrobits: 8_000_000 } : point));
    expect(gains(ended).tenfold).toBeGreaterThan(0);
    expect(counted(ended)).toBeLessThan(-2_000_000);
  });
});
