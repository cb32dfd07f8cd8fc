import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ConfirmationRules,
  confirmationRulesSchema,
  familyPool,
  judgeAgainst,
  judgeDifferences,
  minimumFor,
  passesScreening,
  runsNeeded,
} from '../../../../domain/ownership/luck/confirmation.ts';
import { PPT, studentQuantileMilli } from '../../../../domain/ownership/luck/quantile.ts';

const rules: ConfirmationRules = {
  familyAlphaPpm: 10_000,
  challengerAlphaPpm: 10_000,
  powerMissPpm: 100_000,
  minimumRuns: 2,
  maximumRuns: 64,
  minimumEffectMicrobits: 1_000,
  minimumEffectPpm: 10_000,
  detectMicrobits: 7_200,
  deviationFloorMicrobits: 3_900,
  deviationFloorDegrees: 40,
  screeningMilliZ: 1_000,
};
const alpha = fc.integer({ min: 1, max: PPT / 4 });
const differences = fc.array(fc.integer({ min: -64_000_000, max: 64_000_000 }), {
  minLength: 1,
  maxLength: 16,
});
const earlier = fc.array(differences, { maxLength: 5 });

describe('rules', () => {
  test('are accepted as they stand', () => {
    expect(confirmationRulesSchema.parse(rules)).toEqual(rules);
  });
  test('an effect to detect that is not above the least that counts is refused with the reason', () => {
    const bad = confirmationRulesSchema.safeParse({ ...rules, minimumEffectMicrobits: 7_200 });
    expect(bad.error?.issues).toMatchObject([
      {
        path: ['detectMicrobits'],
        message: expect.stringContaining('has to exceed minimumEffectMicrobits (7200)'),
      },
    ]);
  });
  test.each([
    { maximumRuns: 4, minimumRuns: 5 },
    { minimumRuns: 1 },
    { familyAlphaPpm: 0 },
    { powerMissPpm: 500_000 },
    { deviationFloorMicrobits: 0 },
    { deviationFloorDegrees: 1 },
    { more: 1 },
  ])('%p is refused', (change) => {
    expect(confirmationRulesSchema.safeParse({ ...rules, ...change }).success).toBe(false);
  });
});

describe('how many runs', () => {
  const deviation = { deviationMicrobits: 3_900, degrees: 400 };
  const at = (alphaPpt: number, change: Partial<ConfirmationRules> = {}, deviationMicrobits = 3_900) =>
    runsNeeded({ alphaPpt, deviation: { ...deviation, deviationMicrobits }, rules: { ...rules, ...change } });

  test('the closed form: (t of alpha + t of the misses)^2 deviation^2 / effect^2', () => {
    for (const alphaPpt of [5e9, 9e7, 1e6, 9_990]) {
      const deviates = (studentQuantileMilli(alphaPpt, 400) + studentQuantileMilli(0.08 * PPT, 400)) / 1_000;
      expect(at(alphaPpt)).toBe(Math.ceil(((deviates * 3_900) / 7_200) * ((deviates * 3_900) / 7_200)));
    }
  });
  test('the least that counts asks for runs of its own', () => {
    // t of 0.08 is 1.4076: 1.4076 * 3,900 / (7,200 - 6,000) = 4.57, squared 20.9.
    expect(at(5e9, { minimumEffectMicrobits: 6_000 })).toBe(21);
  });
  test('clamped at both ends', () => {
    expect(at(5e9, { minimumRuns: 9 })).toBe(9);
    expect(at(5e9, { maximumRuns: 3 })).toBe(3);
    expect(at(1, {}, 8_000_000)).toBe(64);
  });
  test('less alpha or more noise never asks for fewer', () => {
    const noise = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(alpha, alpha, noise, noise, (a, b, c, d) => {
        expect(at(Math.min(a, b), {}, c)).toBeGreaterThanOrEqual(at(Math.max(a, b), {}, c));
        expect(at(a, {}, Math.max(c, d))).toBeGreaterThanOrEqual(at(a, {}, Math.min(c, d)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('judging', () => {
  const judge = (values: readonly number[], minimumMicrobits = 1_000) =>
    judgeDifferences({ differences: values, earlier: [], alphaPpt: 5e9, minimumMicrobits, rules });

  test('known values', () => {
    // t of 0.005 with 44 degrees is 2.693; 2.693 * 3,900 / sqrt(5) = 4,696.9.
    const evidence = {
      n: 5,
      deviationMicrobits: 3_900,
      degrees: 44,
      thresholdMilliT: 2_693,
      marginMicrobits: 4_697,
    };
    expect(judge([4_698, 4_698, 4_698, 4_698, 4_698])).toEqual({
      ...evidence,
      meanMicrobits: 4_698,
      lowerMicrobits: 1,
      proven: true,
    });
    // The mean is 4,697.8: rounded down it does not exceed the margin.
    expect(judge([4_698, 4_698, 4_698, 4_698, 4_697])).toEqual({
      ...evidence,
      meanMicrobits: 4_697,
      lowerMicrobits: 0,
      proven: false,
    });
  });
  test('sure, but too small to count', () => {
    expect(judge([8_000, 8_000, 8_000, 8_000, 8_000], 8_000)).toMatchObject({
      marginMicrobits: 8_000,
      lowerMicrobits: 3_303,
      proven: false,
    });
  });
  test('one lucky run among wild ones proves nothing', () => {
    expect(judge([0, 0, 0, 0, 60_000])).toMatchObject({ meanMicrobits: 12_000, degrees: 4, proven: false });
  });
  test('no runs, no verdict', () => {
    expect(() => judge([])).toThrow(RangeError);
  });
  test('proven means more than nothing, more than the minimum and more than chance', () => {
    fc.assert(
      fc.property(differences, earlier, alpha, fc.nat(100_000), (own, before, alphaPpt, minimumMicrobits) => {
        const judged = judgeDifferences({
          differences: own,
          earlier: before,
          alphaPpt,
          minimumMicrobits,
          rules,
        });
        expect(judged.proven).toBe(judged.lowerMicrobits > 0 && judged.meanMicrobits > minimumMicrobits);
        expect(judgeAgainst(familyPool(before, rules), own, alphaPpt, minimumMicrobits)).toEqual(judged);
        const chance = judged.meanMicrobits - judged.lowerMicrobits;
        const exact = ((judged.thresholdMilliT / 1_000) * judged.deviationMicrobits) / Math.sqrt(own.length);
        if (chance < 1e12) expect(Math.abs(chance - exact)).toBeLessThanOrEqual(1 + exact * 1e-9);
        for (const figure of [judged.marginMicrobits, judged.lowerMicrobits])
          expect(Number.isSafeInteger(figure)).toBe(true);
      }),
    );
  });
  test('what is equal, or worse, is never proven', () => {
    fc.assert(
      fc.property(differences, earlier, alpha, (own, before, alphaPpt) => {
        const worse = own.map((value) => -Math.abs(value));
        expect(
          judgeDifferences({ differences: worse, earlier: before, alphaPpt, minimumMicrobits: 0, rules })
            .proven,
        ).toBe(false);
      }),
    );
  });
});

test('the least gain that counts is absolute or relative, whichever is more', () => {
  expect(minimumFor(0, rules)).toBe(1_000);
  expect(minimumFor(-5_000_000, rules)).toBe(1_000);
  expect(minimumFor(100_001, rules)).toBe(1_001);
  expect(minimumFor(2_000_000, rules)).toBe(20_000);
});

test('screening lets pass what may be better', () => {
  expect(passesScreening(100, 0, 100, rules)).toBe(false);
  expect(passesScreening(101, 0, 100, rules)).toBe(true);
  expect(passesScreening(90, 10, 100, rules)).toBe(false);
  expect(passesScreening(90, 11, 100, rules)).toBe(true);
  expect(passesScreening(90, 1_000, 100, { ...rules, screeningMilliZ: 0 })).toBe(false);
});
