import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { latencyRatios, quantilesOf } from '../../../../domain/evaluation/signals/latency.ts';

const AN_HOUR = 3_600_000_000;
const upTo = (n: number, times = 1) => Array.from({ length: n }, (_, i) => times * (i + 1));

test('known values by nearest rank, in any order', () => {
  expect(quantilesOf(upTo(100, 3).toReversed())).toEqual({ medianUs: 150, p95Us: 285 });
  expect(quantilesOf([7])).toEqual({ medianUs: 7, p95Us: 7 });
  expect(quantilesOf([1, 2])).toEqual({ medianUs: 1, p95Us: 2 });
});

test('the quantiles of a uniform spread are those of its distribution', () => {
  expect(quantilesOf(upTo(10_001))).toEqual({ medianUs: 5_001, p95Us: 9_501 });
});

test('ratios are in thousandths, to the nearest', () => {
  expect(latencyRatios({ medianUs: 7, p95Us: 20 }, { medianUs: 2, p95Us: 30 })).toEqual({
    medianMilli: 3_500,
    p95Milli: 667,
  });
});

test.each([null, Number.NaN, Infinity, -1, 0.5, 1e15])('%p reads as an hour', (bad) => {
  expect(quantilesOf([bad])).toEqual({ medianUs: AN_HOUR, p95Us: AN_HOUR });
});

const durations = fc.array(fc.option(fc.oneof(fc.maxSafeInteger(), fc.double(), fc.nat(10_000))), {
  maxLength: 50,
});

test('is in range and in order whatever the durations', () => {
  fc.assert(
    fc.property(durations, durations, (own, other) => {
      const reading = quantilesOf(own);
      expect(reading.medianUs >= (own.length === 0 ? 0 : 1) && reading.p95Us <= AN_HOUR).toBe(true);
      expect(reading.p95Us).toBeGreaterThanOrEqual(reading.medianUs);
      for (const ratio of Object.values(latencyRatios(reading, quantilesOf(other))))
        expect(Number.isSafeInteger(ratio) && ratio >= 0).toBe(true);
    }),
  );
});

test('attack: predicting nothing is not the quickest way to predict', () => {
  expect(quantilesOf([])).toEqual({ medianUs: 0, p95Us: 0 });
  expect(latencyRatios(quantilesOf([]), { medianUs: 1_000, p95Us: 1_000 })).toEqual({
    medianMilli: AN_HOUR,
    p95Milli: AN_HOUR,
  });
});

test('attack: being quick on most and slow on few keeps the median and not the 95th percentile', () => {
  const few = upTo(100).map((i) => (i > 90 ? 50_000 : 100));
  const plain = { medianUs: 100, p95Us: 100 };
  expect(latencyRatios(quantilesOf(few), plain)).toEqual({ medianMilli: 1_000, p95Milli: 500_000 });
});

test('attack: leaving slow requests without an answer lowers nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1 }),
      fc.nat(10_000),
      (own, from) => {
        const [honest, attack] = [quantilesOf(own), quantilesOf(own.map((us) => (us >= from ? null : us)))];
        expect(attack.medianUs).toBeGreaterThanOrEqual(honest.medianUs);
        expect(attack.p95Us).toBeGreaterThanOrEqual(honest.p95Us);
      },
    ),
  );
});
