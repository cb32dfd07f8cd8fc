import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LOSS_CAP_MICROBITS, lossMicrobits } from '../../../domain/evaluation/loss.ts';

const logits = fc
  .array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 256, maxLength: 256 })
  .map((values) => Float32Array.from(values));
const byte = fc.integer({ min: 0, max: 255 });

test('knowing nothing costs 8 bits, certainty nothing', () => {
  expect(lossMicrobits(new Float32Array(256).fill(-3), 7)).toBe(8_000_000);
  const sure = new Float32Array(256);
  sure[7] = 1_000;
  expect(lossMicrobits(sure, 7)).toBe(0);
  expect(lossMicrobits(sure, 8)).toBe(LOSS_CAP_MICROBITS);
});

test('a half is one bit', () => {
  const two = new Float32Array(256).fill(-1e30);
  two[0] = 5;
  two[1] = 5;
  expect(lossMicrobits(two, 0)).toBe(1_000_000);
});

test('the largest finite logits stay finite', () => {
  const extreme = new Float32Array(256).fill(-3.4e38);
  extreme[0] = 3.4e38;
  expect(lossMicrobits(extreme, 0)).toBe(0);
  expect(lossMicrobits(extreme, 1)).toBe(LOSS_CAP_MICROBITS);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%p is said', (bad) => {
  const values = new Float32Array(256);
  values[200] = bad;
  expect(lossMicrobits(values, 3)).toBe('non-finite');
});

test('agrees with log-sum-exp in doubles, and a shift of all logits changes nothing by more than rounding', () => {
  fc.assert(
    fc.property(logits, byte, (values, target) => {
      const sum = values.reduce((total, logit) => total + Math.exp(logit), 0);
      const bits = (Math.log(sum) - (values[target] ?? 0)) / Math.LN2;
      const expected = Math.min(bits * 1e6, LOSS_CAP_MICROBITS);
      expect(Math.abs(Number(lossMicrobits(values, target)) - expected)).toBeLessThanOrEqual(0.51);
    }),
  );
});

test('no logits give every byte less than 8 bits: what one gains another loses', () => {
  fc.assert(
    fc.property(logits, (values) => {
      const bits = Array.from({ length: 256 }, (_, target) => Number(lossMicrobits(values, target)) / 1e6);
      expect(bits.reduce((sum, loss) => sum + 2 ** -loss, 0)).toBeLessThanOrEqual(1 + 1e-4);
    }),
    { numRuns: 30 },
  );
});

test('other numbers of logits are a mistake of the caller', () => {
  expect(() => lossMicrobits(new Float32Array(255), 0)).toThrow(RangeError);
  expect(() => lossMicrobits(new Float32Array(256), 256)).toThrow(RangeError);
});
