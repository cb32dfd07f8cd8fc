/** No policy that the schema accepts can make a number too large to count with. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PENALTIES } from '../../../domain/evaluation/penalty-rules.ts';
import { type Policy, policySchema } from '../../../domain/policy/policy.ts';
import { smallPolicy } from '../../support/history.ts';
import { scripts, simulated, told } from './histories.ts';

const BYTE = 8_000_000;
const curve = ['area', 'late', 'extrapolated'] as const;

/** Every number at one of the ends of what the schema accepts. */
const extremes: fc.Arbitrary<Policy> = fc
  .record({
    scoring: fc.record({
      standardErrorFloorMicrobits: fc.constantFrom(0, BYTE),
      confidenceMilliZ: fc.constantFrom(0, 10_000),
      minimumGainMicrobits: fc.constantFrom(0, BYTE),
      payloadCounts: fc.boolean(),
      weights: fc.constantFrom(...curve).map((signal) => ({
        ...{ area: 0, late: 0, extrapolated: 0, size: 0, depth: 0, sequence: 0, batch: 0 },
        [signal]: 1_000_000,
      })),
      penalties: fc
        .subarray([...PENALTIES])
        .map((signals) =>
          signals.map((signal) => ({ signal, free: 0, nanobitsPerUnit: 1_000_000_000, capMicrobits: BYTE })),
        ),
      hookLatencyMilli: fc.constantFrom(1, 1_000_000),
    }),
    ownership: fc.record({
      confirmation: fc.record({
        familyAlphaPpm: fc.constantFrom(1, 250_000),
        challengerAlphaPpm: fc.constantFrom(1, 250_000),
        powerMissPpm: fc.constantFrom(1, 250_000),
        minimumRuns: fc.constantFrom(2, 64),
        maximumRuns: fc.constant(64),
        minimumEffectMicrobits: fc.constantFrom(0, BYTE - 1),
        minimumEffectPpm: fc.constantFrom(0, 1_000_000),
        detectMicrobits: fc.constant(BYTE),
        deviationFloorMicrobits: fc.constantFrom(1, BYTE),
        deviationFloorDegrees: fc.constantFrom(2, 400),
        screeningMilliZ: fc.constantFrom(0, 10_000),
      }),
      nearMatchPpm: fc.constantFrom(1, 1_000_000),
      holdMs: fc.constantFrom(1, 1_000_000_000),
      referenceTrainingDigests: fc.constant([]),
    }),
    weights: fc.record({
      architecturePoolPpm: fc.constantFrom(0, 500_000),
      trainingPoolPpm: fc.constantFrom(0, 500_000),
      pricePpmPerBit: fc.constantFrom(0, 100_000_000),
      burnHotkey: fc.constantFrom(null, '5Burn'),
    }),
  })
  .map(({ scoring, ownership, weights }) =>
    policySchema.parse({
      ...smallPolicy,
      scoring: { ...smallPolicy.scoring, ...scoring },
      ownership: { ...smallPolicy.ownership, ...ownership },
      weights: { ...smallPolicy.weights, ...weights },
    }),
  );

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

test('any valid policy can be simulated, in safe integers, and its weights sum to the whole', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, extremes, async (some, policy) => {
      const { simulation, difference } = await simulated(told(some, []), policy);
      expect(numbersIn(difference).filter((number) => !Number.isSafeInteger(number))).toEqual([]);
      for (const { weights } of simulation.ledger.epochs.values()) {
        const units = weights?.shares.reduce((sum, share) => sum + share.units, weights.burn.units);
        expect(units).toBe(65_535);
      }
    }),
    { numRuns: 150 },
  );
});
