/** Whatever the order in which things finish, who owns what is decided by who was first. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSettled } from '../../../domain/ledger/claimants.ts';
import { outcomeDigest, outcomeOf } from '../../../domain/ledger/outcome.ts';
import { replay } from '../../../projections/replay.ts';
import { type Choice, closeEpoch, type Script, smallPolicy, tell } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';

const numbers = (from: number): number[] => Array.from({ length: 16 }, (_, i) => from + i);
/** 15 of 16 fingerprints are those of `numbers(from)`: 15/17 of the union, above 85 %. */
const near = (from: number): number[] => [...numbers(from).slice(0, 15), from + 99];

const ALL: readonly Script[] = [
  {
    hotkey: 'A',
    kind: 'full',
    architecture: 'gpt',
    sketch: numbers(0),
    gain: 300_000,
    recipeGain: 50_000,
    lapses: 2,
  },
  {
    hotkey: 'B',
    kind: 'full',
    architecture: 'gpt',
    sketch: numbers(0),
    training: 'b',
    gain: 310_000,
    recipeGain: 200_000,
  },
  {
    hotkey: 'C',
    kind: 'full',
    architecture: 'near-gpt',
    sketch: near(0),
    training: 'c',
    gain: 900_000,
    resolver: 'refuse',
  },
  {
    hotkey: 'D',
    kind: 'training_for_arch',
    architecture: 'gpt',
    training: 'd',
    gain: 300_000,
    recipeGain: 400_000,
  },
  { hotkey: 'E', kind: 'architecture_only', architecture: 'gru', sketch: numbers(500), gain: 10_000 },
  { hotkey: 'F', kind: 'training_for_arch', architecture: 'gru', training: 'f', recipeGain: 100_000 },
  {
    hotkey: 'G',
    kind: 'full',
    architecture: 'gru',
    sketch: numbers(500),
    training: 'g',
    gain: 250_000,
    recipeGain: 30_000,
  },
  { hotkey: 'H', kind: 'full', architecture: 'x', fate: 'rejected-in-review' },
  { hotkey: 'I', kind: 'full', architecture: 'gru', fate: 'abandoned-in-review' },
  {
    hotkey: 'A',
    kind: 'full',
    architecture: 'near-gpt-2',
    sketch: near(0),
    training: 'a2',
    gain: 320_000,
    recipeGain: 40_000,
  },
  {
    hotkey: 'J',
    kind: 'training_for_arch',
    architecture: 'gpt',
    training: 'd',
    gain: 300_000,
    recipeGain: 990_000,
    lapses: 1,
  },
  {
    hotkey: 'K',
    kind: 'full',
    architecture: 'near-gru',
    sketch: near(500),
    training: 'k',
    gain: 260_000,
    fate: 'abandoned',
  },
];

function outcomeAfter(scripts: readonly Script[], choices: readonly Choice[]): LedgerBuilder {
  const builder = tell(scripts, { choices });
  for (const entry of builder.state.submissions.values())
    expect({ hotkey: entry.hotkey, settled: isSettled(builder.state, entry) }).toEqual({
      hotkey: entry.hotkey,
      settled: true,
    });
  expect(builder.state.owed.size).toBe(0);
  return closeEpoch(builder).settle();
}

async function* entriesOf(builder: LedgerBuilder): AsyncGenerator<{ index: number; bytes: Buffer }> {
  for (const [index, bytes] of builder.entries().entries()) yield { index, bytes };
}

const choices: fc.Arbitrary<Choice[]> = fc.array(fc.tuple(fc.nat(40), fc.constantFrom(1, 1, 2, 10)), {
  maxLength: 80,
  size: 'max',
});

const sketches: { readonly [name: string]: readonly number[] } = {
  gpt: numbers(0),
  'near-gpt': near(0),
  gru: numbers(500),
};
const strict = { ...smallPolicy, ownership: { ...smallPolicy.ownership, nearMatchPpm: 990_000 } };

const script: fc.Arbitrary<Script> = fc
  .record({
    hotkey: fc.constantFrom('A', 'B', 'C'),
    kind: fc.constantFrom('full', 'full', 'training_for_arch', 'architecture_only'),
    architecture: fc.constantFrom('gpt', 'near-gpt', 'gru'),
    training: fc.constantFrom('r1', 'r2', 'r3'),
    gain: fc.constantFrom(0, 100_000, 200_000),
    recipeGain: fc.constantFrom(-10_000, 30_000, 100_000),
    fate: fc.constantFrom('scored', 'scored', 'scored', 'rejected-in-review', 'abandoned'),
    lapses: fc.nat(1),
    resolver: fc.constantFrom('admit', 'refuse', undefined),
    policy: fc.constantFrom(undefined, undefined, strict, smallPolicy),
  })
  .map(({ resolver, policy, ...rest }) => ({
    ...rest,
    sketch: sketches[rest.architecture] ?? [],
    ...(resolver === undefined ? {} : { resolver }),
    ...(policy === undefined ? {} : { policy }),
  })) as fc.Arbitrary<Script>;

describe('the order of admission decides', () => {
  const expected = outcomeDigest(outcomeAfter(ALL, []).state);

  test('every interleaving of the same submissions has the same outcome, and replays', async () => {
    await fc.assert(
      fc.asyncProperty(choices, async (some) => {
        const builder = outcomeAfter(ALL, some);
        expect(outcomeDigest(builder.state)).toBe(expected);
        const replayed = await replay(entriesOf(builder));
        expect(outcomeDigest(replayed.ledger)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('so it is for any submissions', () => {
    fc.assert(
      fc.property(
        fc.array(script, { minLength: 2, maxLength: 5, size: 'max' }),
        fc.array(choices, { minLength: 3, maxLength: 3 }),
        (scripts, some) => {
          const outcome = outcomeOf(outcomeAfter(scripts, []).state);
          for (const one of some) expect(outcomeOf(outcomeAfter(scripts, one).state)).toEqual(outcome);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('another order of admission has another outcome', () => {
    const swapped = [...ALL.slice(0, 2).reverse(), ...ALL.slice(2)];
    expect(outcomeDigest(outcomeAfter(swapped, []).state)).not.toBe(expected);
  });
});
