/** The ledger's own policy changes nothing; a history that was run under another policy is what its simulation says. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Policy } from '../../../domain/policy/policy.ts';
import { smallPolicy } from '../../support/history.ts';
import { choices, ownership, scripts, simulated, told } from './histories.ts';

test('simulating under its own policy changes nothing, wherever the history is cut', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, choices, fc.double({ min: 0, max: 1, noNaN: true }), async (some, by, part) => {
      const builder = told(some, by);
      for (const count of [1 + Math.floor(part * (builder.events.length - 1)), builder.events.length]) {
        const { simulation, difference } = await simulated(builder, smallPolicy, count);
        const { recorded, ledger, claims, recordedClaims } = simulation;
        expect({ same: difference.same, ignored: difference.ignored, notes: difference.notes }).toEqual({
          same: true,
          ignored: [],
          notes: [],
        });
        expect([...ledger.families]).toEqual([...recorded.families]);
        expect([...claims]).toEqual([...recordedClaims]);
        expect(ledger.kept).toEqual(recorded.kept);
      }
    }),
    { numRuns: 100 },
  );
});

const strictGains: Policy = {
  ...smallPolicy,
  scoring: { ...smallPolicy.scoring, minimumGainMicrobits: 150_000 },
};
const laxLikeness: Policy = {
  ...smallPolicy,
  ownership: { ...smallPolicy.ownership, nearMatchPpm: 990_000 },
};
const richer: Policy = {
  ...smallPolicy,
  weights: { ...smallPolicy.weights, pricePpmPerBit: 900_000, trainingPoolPpm: 20_000 },
};

test.each([
  ['asks for more gain', strictGains],
  ['calls less alike', laxLikeness],
  ['pays more', richer],
])(
  'the simulation of a policy that %s owns as the same submissions run under it do',
  async (_name, policy) => {
    await fc.assert(
      fc.asyncProperty(scripts, async (some) => {
        const run = told(some, [], policy);
        const { simulation, difference } = await simulated(told(some, []), policy);
        // What was never confirmed, or was run otherwise, cannot be known.
        fc.pre(difference.notes.length === 0);
        expect(ownership(simulation.ledger)).toEqual(ownership(run.state));
      }),
      { numRuns: 60 },
    );
  },
);

test('with the same decisions at the same times, the simulated weights are those of a ledger under that policy', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, choices, async (some, by) => {
      const run = told(some, by, richer);
      const { simulation } = await simulated(told(some, by), richer);
      for (const [epoch, { weights }] of run.state.epochs) {
        const { basis: _, ...expected } = weights ?? { basis: '' };
        expect(simulation.ledger.epochs.get(epoch)?.weights).toMatchObject(expected);
      }
    }),
    { numRuns: 60 },
  );
});
