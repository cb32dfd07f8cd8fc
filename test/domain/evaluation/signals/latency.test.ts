import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Latency, latency } from '../../../../domain/evaluation/signals/latency.ts';

const read = (own: readonly (number | null)[], reference: readonly (number | null)[]): Latency => {
  const reading = latency(own, reference);
  if (reading.kind === 'too-short') throw new Error('too short');
  return reading;
};
const upTo = (n: number, times = 1) => Array.from({ length: n }, (_, i) => times * (i + 1));

test('known values by nearest rank, in any order', () => {
  expect(read(upTo(100, 3).toReversed(), upTo(100, 2))).toEqual({
    kind: 'reading',
    n: 100,
    medianUs: 150,
    // Ranks 40 and 61.
    medianLowerUs: 120,
    medianUpperUs: 183,
    p95Us: 285,
    ratios: { medianMilli: 1_500, p95Milli: 1_500 },
  });
  expect(read([7], [2])).toMatchObject({
    medianUs: 7,
    medianLowerUs: 7,
    medianUpperUs: 7,
    p95Us: 7,
    ratios: { medianMilli: 3_500 },
  });
});

test('the quantiles of a uniform spread are those of its distribution', () => {
  const { medianUs, p95Us, ratios } = read(upTo(10_001), upTo(10_001));
  expect(Math.abs(medianUs / 5_001 - 1)).toBeLessThan(0.01);
  expect(Math.abs(p95Us / 9_501 - 1)).toBeLessThan(0.01);
  expect(ratios).toEqual({ medianMilli: 1_000, p95Milli: 1_000 });
});

test('says what is missing', () => {
  expect(latency([], [1])).toMatchObject({ kind: 'too-short', of: 'predictions' });
  expect(latency([1], [])).toMatchObject({ kind: 'too-short', of: "the reference's predictions" });
});

test.each([null, Number.NaN, Infinity, -1, 0.5, 1e15])('%p reads as an hour', (bad) => {
  expect(read([bad], [1_000])).toMatchObject({
    medianUs: 3_600_000_000,
    ratios: { medianMilli: 3_600_000_000 },
  });
});

const durations = fc.array(fc.option(fc.oneof(fc.maxSafeInteger(), fc.double(), fc.nat(10_000))), {
  maxLength: 50,
});

test('is in range and in order whatever the durations', () => {
  fc.assert(
    fc.property(durations, durations, (own, reference) => {
      const reading = latency(own, reference);
      if (reading.kind === 'too-short') return;
      const ordered = [1, reading.medianLowerUs, reading.medianUs, reading.medianUpperUs, 3_600_000_000];
      expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
      expect(reading.p95Us).toBeGreaterThanOrEqual(reading.medianUs);
      for (const ratio of [reading.ratios.medianMilli, reading.ratios.p95Milli]) {
        expect(Number.isSafeInteger(ratio) && ratio >= 1).toBe(true);
      }
    }),
  );
});

test('attack: being quick on most and slow on few keeps the median and not the 95th percentile', () => {
  const few = upTo(100).map((i) => (i > 90 ? 50_000 : 100));
  const reference = Array<number>(100).fill(100);
  expect(read(few, reference).ratios).toEqual({ medianMilli: 1_000, p95Milli: 500_000 });
});

test('attack: leaving slow requests without an answer lowers nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1 }),
      fc.nat(10_000),
      (own, from) => {
        const dropped = own.map((us) => (us >= from ? null : us));
        const [honest, attack] = [read(own, [100]), read(dropped, [100])];
        expect(attack.medianUs).toBeGreaterThanOrEqual(honest.medianUs);
        expect(attack.p95Us).toBeGreaterThanOrEqual(honest.p95Us);
      },
    ),
  );
});
