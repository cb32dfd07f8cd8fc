import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../domain/policy/default.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { type Contribution, earningsOf, fromPool } from '../../../domain/weights/earnings.ts';
import { type Kept, keptAfter, keyOf, weightsOf } from '../../../domain/weights/weights.ts';

const BASIS = '00000000-0000-0000-0000-000000000001';
const rules: Policy['weights'] = { ...defaultPolicy.weights, burnHotkey: '5Burn' };
const EPOCH = { fromMs: 1_000, toMs: 2_000 };

/** Submission and family are named after hotkey and order, so that equal ones are one. */
function contribution(
  hotkey: string,
  order: number,
  valueMicrobits: number,
  changes: Partial<Contribution> = {},
): Contribution {
  const submission = `${hotkey}-${order}`;
  const base = { family: 'family', submission, hotkey, order, valueMicrobits, errorMicrobits: 0 };
  return { ...base, kind: 'architecture', sinceMs: 0, held: false, ...changes };
}

const recipe = { kind: 'training' } as const;

const weights = (contributions: readonly Contribution[], of = rules, kept: Kept = new Map()) =>
  weightsOf({ epoch: 1, basis: BASIS, span: EPOCH, contributions, kept, rules: of });

describe('increments', () => {
  const increments = (...contributions: readonly Contribution[]) =>
    earningsOf(contributions, 300_000, EPOCH).map(({ incrementMicrobits }) => incrementMicrobits);

  test('are what each has added to the best that was there, in the order of admission', () => {
    const first = contribution('A', 1, 500_000);
    const worse = contribution('B', 2, 400_000);
    const better = contribution('C', 3, 700_000);
    expect(increments(better, worse, first)).toEqual([500_000, 0, 200_000]);
  });

  test('of one submission: the architecture before the recipe that was built on it', () => {
    expect(increments(contribution('A', 1, 700_000, recipe), contribution('A', 1, 500_000))).toEqual([
      500_000, 200_000,
    ]);
  });

  const first = contribution('A', 1, 500_000, { errorMicrobits: 4_000 });
  const other = { family: 'other', errorMicrobits: 6_000 };

  test("within the best's family: over its value, as before", () => {
    expect(increments(first, contribution('B', 2, 500_001))).toEqual([500_000, 1]);
  });

  test('of another family: over what was paid and two margins of the best', () => {
    expect(increments(first, contribution('B', 2, 508_000, other))).toEqual([500_000, 0]);
    expect(increments(first, contribution('B', 2, 508_001, other))).toEqual([500_000, 1]);
  });

  test('what is paid nothing moves nothing: neither the best, nor whose error and family count', () => {
    const luck = contribution('B', 2, 503_000, other);
    expect(increments(first, luck, contribution('C', 3, 502_000))).toEqual([500_000, 0, 2_000]);
    expect(increments(first, luck, contribution('C', 3, 511_000, other))).toEqual([500_000, 0, 3_000]);
  });

  test('a new best of another family brings its own error, also against the family that was best before', () => {
    const better = contribution('B', 2, 600_000, other);
    // The two margins of 4,000 have been taken off already: those of 6,000 leave a bar of 592,000 + 12,000.
    expect(increments(first, better, contribution('C', 3, 604_000))).toEqual([500_000, 92_000, 0]);
    expect(increments(first, better, contribution('C', 3, 610_000))).toEqual([500_000, 92_000, 6_000]);
    expect(increments(first, better, contribution('B', 3, 601_000, other))).toEqual([500_000, 92_000, 1_000]);
  });

  test('of many small steps from family to family: two margins are taken off once, not at each', () => {
    const steps = Array.from({ length: 30 }, (_, at) =>
      contribution(`H${at}`, at, 10_000 * (at + 1), { family: `family ${at}`, errorMicrobits: 4_000 }),
    );
    const sum = increments(...steps).reduce((total, one) => total + one, 0);
    expect(sum).toBe(300_000 - 8_000);
  });

  const part = fc.record({
    order: fc.nat(40),
    valueMicrobits: fc.integer({ min: 0, max: 8_000_000 }),
    errorMicrobits: fc.integer({ min: 0, max: 1_000_000 }),
    family: fc.constantFrom('X', 'Y', 'Z'),
    kind: fc.constantFrom('architecture' as const, 'training' as const),
  });
  const paidFor = (parts: readonly Pick<Contribution, 'order' | 'valueMicrobits'>[]) =>
    increments(
      ...parts.map((of, index) => contribution(`hotkey ${index}`, of.order, of.valueMicrobits, of)),
    ).reduce((total, increment) => total + increment, 0);

  test('telescope: no way of splitting an idea over families, hotkeys or components is paid more than the best', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        expect(paidFor(parts)).toBeLessThanOrEqual(Math.max(...parts.map((of) => of.valueMicrobits)));
      }),
    );
  });

  test('telescope within one family to the best, whatever the errors', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const ofOne = parts.map((of) => ({ ...of, family: 'X' }));
        expect(paidFor(ofOne)).toBe(Math.max(...parts.map((of) => of.valueMicrobits)));
      }),
    );
  });
});

describe('the price', () => {
  const asked = (sinceMs: number, span = EPOCH) =>
    earningsOf([contribution('A', 1, 1_000_000, { sinceMs })], 300_000, span).map(({ askedPpm }) => askedPpm);

  test('is paid for the part of the epoch during which it stood', () => {
    expect([asked(0), asked(1_000), asked(1_250), asked(1_999), asked(2_000), asked(9_999)].flat()).toEqual([
      300_000n,
      300_000n,
      225_000n,
      300n,
      0n,
      0n,
    ]);
  });

  test('is paid whole where the epoch has no length', () => {
    expect(asked(5_000, { fromMs: 5_000, toMs: 5_000 })).toEqual([300_000n]);
  });
});

describe('a pool', () => {
  test('pays what is asked for while it lasts', () => {
    expect(fromPool([300_000n, 30_000n], 600_000)).toEqual([300_000, 30_000]);
  });

  test('scales all down together where it is too small, and never overflows', () => {
    expect(fromPool([900_000n, 300_000n], 600_000)).toEqual([450_000, 150_000]);
    expect(fromPool([10n ** 30n, 10n ** 30n], 600_000)).toEqual([300_000, 300_000]);
  });
});

describe('the weights of an epoch', () => {
  test('before anything is proven all burn', () => {
    const nothing = {
      basis: BASIS,
      epoch: 1,
      items: [],
      shares: [],
      burn: { hotkey: '5Burn', units: 65_535 },
    };
    expect(weights([])).toEqual(nothing);
    expect(weights([contribution('A', 0, 0)])).toEqual(nothing);
  });

  test('pay a hotkey once for all that it owns, in units of the whole', () => {
    const one = weights([
      contribution('A', 3, 1_000_000),
      contribution('A', 3, 1_200_000, recipe),
      contribution('B', 5, 1_700_000),
    ]);
    expect(one.shares).toEqual([
      { hotkey: 'A', units: 23_593, architecturePpm: 300_000, trainingPpm: 60_000 },
      { hotkey: 'B', units: 9_830, architecturePpm: 150_000, trainingPpm: 0 },
    ]);
    expect(one.burn).toEqual({ hotkey: '5Burn', units: 32_112 });
  });

  test('name what the shares are made of', () => {
    expect(weights([contribution('A', 3, 1_000_000)]).items).toEqual([
      {
        family: 'family',
        submission: 'A-3',
        hotkey: 'A',
        kind: 'architecture',
        incrementMicrobits: 1_000_000,
        ppm: 300_000,
        keptPpm: 0,
        releasedPpm: 0,
      },
    ]);
  });

  test('come by earliest paid admission across both pools', () => {
    const one = weights([
      contribution('late', 9, 900_000),
      contribution('middle', 4, 600_000, recipe),
      contribution('early', 1, 300_000),
    ]);
    expect(one.shares.map(({ hotkey }) => hotkey)).toEqual(['early', 'middle', 'late']);
  });

  test('without a burn hotkey say that there is none', () => {
    expect(weights([], { ...rules, burnHotkey: null }).burn).toEqual({ hotkey: null, units: 65_535 });
  });

  test('keep what is held, also from others, and release it from what the pool has left', () => {
    const held = contribution('B', 2, 800_000, { held: true });
    const later = contribution('C', 3, 900_000);
    const first = weights([contribution('A', 1, 500_000), held, later]);
    expect(first.shares.map(({ hotkey, architecturePpm }) => [hotkey, architecturePpm])).toEqual([
      ['A', 150_000],
      ['C', 30_000],
    ]);
    expect(first.items[1]).toMatchObject({ hotkey: 'B', ppm: 0, keptPpm: 90_000, releasedPpm: 0 });
    const kept = keptAfter(new Map(), [held], first);
    expect([...kept]).toEqual([[keyOf(held), 90_000]]);

    const admitted = { ...held, held: false };
    const tight = { ...rules, architecturePoolPpm: 320_000 };
    const second = weights([contribution('A', 1, 500_000), admitted, later], tight, kept);
    // Of 320,000 the three take 270,000; of the 90,000 that are kept the rest can be paid.
    expect(second.items[1]).toMatchObject({ ppm: 90_000, keptPpm: 0, releasedPpm: 50_000 });
    expect([...keptAfter(kept, [admitted], second).values()]).toEqual([40_000]);
    expect(keptAfter(kept, [], second).size).toBe(0);
  });

  test('always sum to 65,535 units, stay within the pools, and pay nothing for nothing', () => {
    const owner = fc.record({
      hotkey: fc.constantFrom('A', 'B', 'C', 'D'),
      order: fc.nat(50),
      value: fc.integer({ min: 0, max: 8_000_000 }),
      training: fc.boolean(),
      held: fc.boolean(),
      sinceMs: fc.integer({ min: 0, max: 3_000 }),
    });
    const price = fc.integer({ min: 0, max: 100_000_000 });
    const pool = fc.integer({ min: 0, max: 500_000 });
    fc.assert(
      fc.property(fc.array(owner), price, pool, pool, (owners, pricePpmPerBit, own, other) => {
        const of = { ...rules, pricePpmPerBit, architecturePoolPpm: own, trainingPoolPpm: other };
        const contributions = owners.map(({ hotkey, order, value, training, held, sinceMs }) =>
          contribution(hotkey, order, value, { ...(training ? recipe : {}), held, sinceMs }),
        );
        const { shares, burn, items } = weights(contributions, of);
        const sum = (key: 'units' | 'architecturePpm' | 'trainingPpm') =>
          shares.reduce((total, share) => total + share[key], 0);
        expect(sum('units') + burn.units).toBe(65_535);
        expect(sum('architecturePpm')).toBeLessThanOrEqual(own);
        expect(sum('trainingPpm')).toBeLessThanOrEqual(other);
        expect(new Set(shares.map(({ hotkey }) => hotkey)).size).toBe(shares.length);
        const paid = items.reduce((total, item) => total + item.ppm + item.releasedPpm, 0);
        expect(sum('architecturePpm') + sum('trainingPpm')).toBe(paid);
        for (const item of items) expect(item.incrementMicrobits).toBeGreaterThan(0);
      }),
    );
  });
});
