import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fastestGrowth, type NormPoint, normGrowth } from '../../../../domain/evaluation/signals/norms.ts';
import { normals } from './curves.ts';

const law = (exponent: number, nano = 2e7): NormPoint[] =>
  [10, 30, 100, 300, 1_000].map((at) => ({ at, rmsNano: Math.round(nano * at ** exponent) }));

test.each([-0.5, 0, 0.25, 1])('of a norm that goes as step^%p is that exponent', (exponent) => {
  const reading = normGrowth(law(exponent));
  expect(reading).toEqual({
    kind: 'reading',
    exponentMilli: exponent * 1_000,
    standardErrorMilli: 0,
    ratioMilli: Math.round(1_000 * 100 ** exponent),
  });
});

test('its standard error is what repetitions scatter by', () => {
  const places = Array.from({ length: 12 }, (_, i) => Math.round(10 * 1.6 ** i));
  const readings = Array.from({ length: 400 }, (_, seed) => {
    const normal = normals(seed + 1);
    return normGrowth(
      places.map((at) => ({ at, rmsNano: Math.round(1e9 * at ** 0.2 * Math.exp(0.1 * normal())) })),
    );
  });
  const [exponents, errors] = [[] as number[], [] as number[]];
  for (const reading of readings) {
    if (reading.kind === 'too-short') throw new Error('too short');
    exponents.push(reading.exponentMilli);
    errors.push(reading.standardErrorMilli);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const scatter = Math.sqrt(mean(exponents.map((value) => (value - mean(exponents)) ** 2)));
  expect(Math.abs(mean(exponents) / 200 - 1)).toBeLessThan(0.01);
  expect(Math.abs(mean(errors) / scatter - 1)).toBeLessThan(0.1);
});

test('too short, unreadable, frozen', () => {
  expect(normGrowth([])).toEqual({ kind: 'too-short', of: 'norms', has: 0, needs: 2 });
  const [first, ...rest] = law(0);
  for (const rmsNano of [null, Number.NaN, Infinity, -1, 0.5]) {
    expect(normGrowth([{ at: 1, rmsNano }, ...rest])).toMatchObject({ exponentMilli: 10_000 });
  }
  expect(normGrowth([...rest, { at: 1, rmsNano: 5 }])).toMatchObject({ exponentMilli: 10_000 });
  expect(normGrowth([first ?? { at: 1, rmsNano: 1 }, { at: 0, rmsNano: 1 }])).toMatchObject({
    exponentMilli: 10_000,
  });
  expect(
    normGrowth([
      { at: 1, rmsNano: 0 },
      { at: 10, rmsNano: 0 },
    ]),
  ).toMatchObject({ exponentMilli: 0, ratioMilli: 1_000 });
});

test('is in range whatever the series', () => {
  const anything = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.nat());
  const point = fc.record({ at: anything, rmsNano: fc.option(anything) });
  const increasing = fc
    .array(
      fc.record({ at: fc.integer({ min: 1, max: 2 ** 50 }), rmsNano: fc.option(fc.nat(), { freq: 20 }) }),
    )
    .map((points) => points.sort((a, b) => a.at - b.at));
  fc.assert(
    fc.property(fc.oneof(fc.array(point), increasing), (points) => {
      const reading = normGrowth(points);
      if (reading.kind === 'too-short') return;
      const { exponentMilli, standardErrorMilli, ratioMilli } = reading;
      expect(Number.isSafeInteger(exponentMilli) && Math.abs(exponentMilli) <= 10_000).toBe(true);
      expect(Number.isSafeInteger(standardErrorMilli) && standardErrorMilli >= 0).toBe(true);
      expect(Number.isSafeInteger(ratioMilli) && ratioMilli >= 0 && ratioMilli <= 1e12).toBe(true);
    }),
  );
});

test('attack: seeds on which nothing grows hide none on which it does', () => {
  const [grows, flat] = [law(0.8, 1e6), law(0)];
  expect(fastestGrowth([flat, grows, flat])).toEqual(normGrowth(grows));
  expect(fastestGrowth([law(-0.5), flat])).toMatchObject({ exponentMilli: 0 });
});

test('attack: a norm that is left out is no flat one', () => {
  const gap = law(0).map((point, i) => (i === 2 ? { ...point, rmsNano: null } : point));
  expect(fastestGrowth([law(0), gap])).toMatchObject({ exponentMilli: 10_000 });
});

test('a plan too short for one series is too short', () => {
  expect(fastestGrowth([law(0).slice(0, 1), law(0)])).toMatchObject({ kind: 'too-short', needs: 2 });
  expect(fastestGrowth([])).toMatchObject({ kind: 'too-short', of: 'series of norms', needs: 1 });
});
