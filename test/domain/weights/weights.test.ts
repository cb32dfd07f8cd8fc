import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../domain/policy/default.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { type Earning, poolPay, weightsOf } from '../../../domain/weights/weights.ts';

const BASIS = '00000000-0000-0000-0000-000000000001';
const rules: Policy['weights'] = { ...defaultPolicy.weights, burnHotkey: '5Burn' };
const earning = (hotkey: string, order: number, lowerMicrobits: number): Earning => ({
  hotkey,
  order,
  lowerMicrobits,
});
const weights = (architectures: readonly Earning[], trainings: readonly Earning[], of = rules) =>
  weightsOf(1, BASIS, architectures, trainings, of);

describe('a pool', () => {
  test('pays the price of each proven bit while it lasts', () => {
    expect(poolPay([earning('A', 0, 1_000_000), earning('B', 1, 100_000)], 300_000, 600_000)).toEqual([
      300_000, 30_000,
    ]);
  });

  test('scales all down together where it is too small, and never overflows', () => {
    expect(poolPay([earning('A', 0, 3_000_000), earning('B', 1, 1_000_000)], 300_000, 600_000)).toEqual([
      450_000, 150_000,
    ]);
  });

  test('pays nothing for a gain that is not proven', () => {
    expect(poolPay([earning('A', 0, -5), earning('B', 1, 0)], 300_000, 600_000)).toEqual([0, 0]);
  });
});

describe('the weights of an epoch', () => {
  test('before anything is proven all burn', () => {
    expect(weights([], [])).toEqual({
      basis: BASIS,
      epoch: 1,
      shares: [],
      burn: { hotkey: '5Burn', units: 65_535 },
    });
    expect(weights([earning('A', 0, 0)], [])).toMatchObject({ shares: [] });
  });

  test('pay a hotkey once for all that it owns, in units of the whole', () => {
    const one = weights([earning('A', 3, 1_000_000), earning('B', 5, 500_000)], [earning('A', 3, 200_000)]);
    expect(one.shares).toEqual([
      { hotkey: 'A', units: 23_593, architecturePpm: 300_000, trainingPpm: 60_000 },
      { hotkey: 'B', units: 9_830, architecturePpm: 150_000, trainingPpm: 0 },
    ]);
    expect(one.burn).toEqual({ hotkey: '5Burn', units: 32_112 });
  });

  test('come by earliest admission across both pools, which also breaks ties', () => {
    // Three equal shares of a third of 65,535 units less the burn: the remainders are equal.
    const thirds = {
      ...rules,
      architecturePoolPpm: 600_000,
      trainingPoolPpm: 300_000,
      pricePpmPerBit: 300_001,
    };
    const one = weights(
      [earning('late', 9, 1_000_000), earning('early', 1, 1_000_000)].toSorted((a, b) => a.order - b.order),
      [earning('middle', 4, 1_000_000)],
      thirds,
    );
    expect(one.shares.map(({ hotkey }) => hotkey)).toEqual(['early', 'middle', 'late']);
    const [early, middle, late] = one.shares.map(({ units }) => units);
    expect([early, middle, late].toSorted((a = 0, b = 0) => b - a)).toEqual([early, middle, late]);
  });

  test('without a burn hotkey say that there is none', () => {
    expect(weights([], [], { ...rules, burnHotkey: null }).burn).toEqual({ hotkey: null, units: 65_535 });
  });

  test('always sum to 65,535 units, stay within the pools, and pay more gain more', () => {
    const owner = fc.record({
      hotkey: fc.constantFrom('A', 'B', 'C', 'D'),
      order: fc.nat(50),
      lowerMicrobits: fc.integer({ min: -1_000, max: 8_000_000 }),
    });
    const price = fc.integer({ min: 0, max: 100_000_000 });
    const pool = fc.integer({ min: 0, max: 500_000 });
    fc.assert(
      fc.property(fc.array(owner), fc.array(owner), price, pool, pool, (a, t, pricePpmPerBit, own, other) => {
        const of = { ...rules, pricePpmPerBit, architecturePoolPpm: own, trainingPoolPpm: other };
        const { shares, burn } = weights(a, t, of);
        const sum = (key: 'units' | 'architecturePpm' | 'trainingPpm') =>
          shares.reduce((total, share) => total + share[key], 0);
        expect(sum('units') + burn.units).toBe(65_535);
        expect(sum('architecturePpm')).toBeLessThanOrEqual(own);
        expect(sum('trainingPpm')).toBeLessThanOrEqual(other);
        expect(new Set(shares.map(({ hotkey }) => hotkey)).size).toBe(shares.length);
        const paid = poolPay(a, pricePpmPerBit, own);
        for (const [i, one] of a.entries()) {
          for (const [j, two] of a.entries()) {
            if (one.lowerMicrobits <= two.lowerMicrobits) expect(paid[i]).toBeLessThanOrEqual(paid[j] ?? 0);
          }
        }
      }),
    );
  });
});
