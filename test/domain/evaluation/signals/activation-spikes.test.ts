import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ActivationSample,
  activationSpikes,
} from '../../../../domain/evaluation/signals/activation-spikes.ts';

const sample = (maxOverRms: number): ActivationSample => ({ maxOverRms, nans: 0, overflows: 0 });
const steady = Array.from({ length: 100 }, () => sample(8));
const read = (samples: readonly (ActivationSample | null)[], expected = samples.length) => {
  const reading = activationSpikes(samples, { expected, limit: 20 });
  if (reading.kind === 'too-short') throw new Error('too short');
  return reading;
};

test('known: the share above the limit, and counts', () => {
  const samples = steady.map((calm, i) => (i % 10 === 0 ? { maxOverRms: 50, nans: 2, overflows: 1 } : calm));
  expect(read(samples)).toMatchObject({
    spikes: { count: 10, of: 100, sharePpm: 100_000 },
    nans: 20,
    overflows: 10,
    invalid: 0,
  });
  expect(read(steady)).toMatchObject({ spikes: { count: 0 }, driftMilli: 0, driftStandardErrorMilli: 0 });
});

test('drift of a ratio that goes as step^0.5 is 500 thousandths; one that falls has none', () => {
  const growing = Array.from({ length: 100 }, (_, i) => sample(2 * Math.sqrt(i + 1)));
  expect(Math.abs(read(growing).driftMilli / 500 - 1)).toBeLessThan(0.01);
  expect(read(growing.toReversed()).driftMilli).toBe(0);
});

test('a plan with too few samples says so', () => {
  expect(activationSpikes([], { expected: 2, limit: 20 })).toMatchObject({
    kind: 'too-short',
    has: 2,
    needs: 3,
  });
});

test.each([Number.NaN, Infinity, -1, 0, 0.99])('a ratio of %p cannot be, and is a spike', (ratio) => {
  const reading = read(steady.map((calm, i) => (i === 5 ? sample(ratio) : calm)));
  expect(reading).toMatchObject({ spikes: { count: 1 }, driftMilli: 10_000, invalid: 1 });
});

test('is in range whatever is reported', () => {
  const anything = fc.oneof(fc.double(), fc.nat(), fc.maxSafeInteger());
  const samples = fc.array(
    fc.option(fc.record({ maxOverRms: anything, nans: anything, overflows: anything }), { freq: 20 }),
  );
  fc.assert(
    fc.property(samples, fc.nat(20), (reported, expected) => {
      const reading = activationSpikes(reported, { expected, limit: 20 });
      if (reading.kind === 'too-short') return;
      expect(reading.spikes.sharePpm >= 0 && reading.spikes.sharePpm <= 1_000_000).toBe(true);
      expect(reading.driftMilli >= 0 && reading.driftMilli <= 10_000).toBe(true);
      for (const count of [
        reading.nans,
        reading.overflows,
        reading.invalid,
        reading.driftStandardErrorMilli,
      ]) {
        expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      }
    }),
  );
});

test('attack: leaving out samples with outliers, or adding calm ones, improves nothing', () => {
  const honest = steady.map((calm, i) => (i % 4 === 0 ? sample(50) : calm));
  const calm = honest.filter(({ maxOverRms }) => maxOverRms < 20);
  for (const forged of [calm, [...calm, ...Array(25).fill(null)], []]) {
    expect(read(forged, 100).spikes.sharePpm).toBeGreaterThanOrEqual(read(honest).spikes.sharePpm);
    expect(read(forged, 100).driftMilli).toBe(10_000);
  }
  expect(read([...honest, ...steady], 100).spikes).toEqual(read(honest).spikes);
  expect(read([...steady, ...honest], 100)).toMatchObject({ driftMilli: 10_000, invalid: 100 });
});
