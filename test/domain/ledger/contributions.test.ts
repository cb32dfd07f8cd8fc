import { describe, expect, test } from '@jest/globals';
import { contributionsOf } from '../../../domain/ledger/contributions.ts';
import { marginOf } from '../../../domain/ownership/confirmed.ts';
import { type Script, tell } from '../../support/history.ts';

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  training: 'adam',
  gain: 300_000,
  recipeGain: 50_000,
};

describe('the error of what is paid for', () => {
  test('is what its own confirmation has taken off', () => {
    const { state } = tell([gpt]);
    const [entry] = state.submissions.values();
    const confirmed = entry?.state.confirmed ?? [];
    expect(contributionsOf(state).map(({ kind, errorMicrobits }) => [kind, errorMicrobits])).toEqual(
      confirmed.map(({ claim, gain }) => [claim, gain.meanMicrobits - gain.lowerMicrobits]),
    );
    expect(contributionsOf(state).map(({ errorMicrobits }) => errorMicrobits)).toEqual([1_000, 1_000]);
  });

  test("counts an inference hook's where the hook counts", () => {
    const gain = { n: 4, meanMicrobits: 100_000, standardErrorMicrobits: 2_000, lowerMicrobits: 96_000 };
    const hooked = (meanMicrobits: number, withinBound: boolean) => ({
      gain: { n: 4, meanMicrobits, standardErrorMicrobits: 1_500, lowerMicrobits: meanMicrobits - 3_000 },
      latencyMilli: 1_000,
      withinBound,
    });
    expect(marginOf({ gain, hook: null })).toBe(4_000);
    expect(marginOf({ gain, hook: hooked(10_000, true) })).toBe(7_000);
    expect(marginOf({ gain, hook: hooked(10_000, false) })).toBe(4_000);
    // Nothing of it is in the value: neither is its error.
    expect(marginOf({ gain, hook: hooked(3_000, true) })).toBe(4_000);
  });
});
