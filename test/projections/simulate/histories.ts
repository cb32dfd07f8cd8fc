/** Generated histories, and simulations of them. */
import fc from 'fast-check';
import type { PrismEvent } from '../../../domain/events/catalogue.ts';
import { parseEvent } from '../../../domain/events/codec.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { type Difference, differenceOf } from '../../../projections/simulate/difference.ts';
import { type Simulation, simulate } from '../../../projections/simulate/index.ts';
import { type Choice, closeEpoch, type Script, smallPolicy, tell } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';

export const numbers = (from: number): number[] => Array.from({ length: 32 }, (_, i) => from + i);
/** Both views of a sketch have 15 of 17 fingerprints in common with `numbers(0)`. */
export const near = [...numbers(0).slice(0, 30), 98, 99];

const sketches: { readonly [name: string]: readonly number[] } = {
  gpt: numbers(0),
  'near-gpt': near,
  gru: numbers(500),
};

/** Submissions of three hotkeys to three architectures, two of which look alike. */
export const scripts: fc.Arbitrary<readonly Script[]> = fc.array(
  fc
    .record({
      hotkey: fc.constantFrom('A', 'B', 'C'),
      kind: fc.constantFrom('full', 'full', 'training_for_arch', 'architecture_only'),
      architecture: fc.constantFrom('gpt', 'near-gpt', 'gru'),
      training: fc.constantFrom('r1', 'r2', 'r3'),
      gain: fc.constantFrom(0, 100_000, 200_000),
      recipeGain: fc.constantFrom(-10_000, 30_000, 100_000),
      fate: fc.constantFrom('scored', 'scored', 'scored', 'rejected-in-review', 'abandoned', 'planned-only'),
      resolver: fc.constantFrom('admit', 'refuse', undefined),
    })
    .map(({ resolver, ...rest }) => ({
      ...rest,
      sketch: sketches[rest.architecture] ?? [],
      ...(resolver === undefined ? {} : { resolver }),
    })) as fc.Arbitrary<Script>,
  { minLength: 1, maxLength: 6, size: 'max' },
);

export const choices: fc.Arbitrary<Choice[]> = fc.array(fc.tuple(fc.nat(40), fc.constantFrom(1, 1, 2, 10)), {
  maxLength: 60,
  size: 'max',
});

/** A history with two closed epochs after everything. Whatever its policy, its ledger, and so every id in it, is the same. */
export function told(some: readonly Script[], by: readonly Choice[], policy = smallPolicy): LedgerBuilder {
  const under = some.map((script, index) => (index === 0 ? { ...script, policy } : script));
  return closeEpoch(closeEpoch(tell(under, { choices: by })).settle()).settle();
}

export function eventsOf(builder: LedgerBuilder, count = builder.events.length): readonly PrismEvent[] {
  return builder.events.slice(0, count).map((event) => parseEvent(event));
}

export async function simulated(
  builder: LedgerBuilder,
  policy: Policy,
  count?: number,
): Promise<{ readonly simulation: Simulation; readonly difference: Difference }> {
  const events = eventsOf(builder, count);
  const simulation = await simulate(() => events, policy);
  return { simulation, difference: differenceOf(simulation) };
}

/** Ownership as plain data, without who decided what when. */
export function ownership(ledger: Simulation['ledger']) {
  return [...ledger.families]
    .map(([family, { discovery, variants, architectureDecided, trainingDecided }]) => ({
      family,
      discoverer: discovery && { submission: discovery.submission, value: discovery.valueMicrobits },
      variants: variants.map(({ submission, valueMicrobits, standingMicrobits }) => ({
        submission,
        valueMicrobits,
        standingMicrobits,
      })),
      decided: [[...architectureDecided].sort(), [...trainingDecided].sort()],
    }))
    .sort((a, b) => (a.family < b.family ? -1 : 1));
}
