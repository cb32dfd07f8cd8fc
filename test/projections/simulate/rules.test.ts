/** What a simulation does where another policy would have asked for something that was never run. */
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy } from '../../../domain/policy/default.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { closeEpoch, digestOfName, idOf, type Script, smallPolicy, tell } from '../../support/history.ts';
import { near, numbers, simulated } from './histories.ts';

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: numbers(0),
  training: 'a',
  gain: 300_000,
  recipeGain: 50_000,
};
const recipe = (hotkey: string, training: string, recipeGain: number): Script => ({
  ...gpt,
  hotkey,
  kind: 'training_for_arch',
  training,
  recipeGain,
});
const like: Script = {
  ...gpt,
  hotkey: 'C',
  architecture: 'near',
  sketch: near,
  training: 'c',
  gain: 900_000,
};

const scoring = (changes: Partial<Policy['scoring']>): Policy => ({
  ...smallPolicy,
  scoring: { ...smallPolicy.scoring, ...changes },
});
const ownership = (changes: Partial<Policy['ownership']>): Policy => ({
  ...smallPolicy,
  ownership: { ...smallPolicy.ownership, ...changes },
});

/** Simulated claims as `<hotkey> <kind> <outcome>`, in the order of their decisions. */
async function outcomes(scripts: readonly Script[], policy: Policy, under?: Policy) {
  const builder = tell(scripts, under === undefined ? {} : { policy: under });
  const { simulation, difference } = await simulated(closeEpoch(builder).settle(), policy);
  const claims = [...simulation.claims].map(
    ([key, { hotkey, outcome }]) => `${hotkey} ${key.split(' ')[0]} ${outcome}`,
  );
  const notes = difference.notes.map(({ hotkey, claim, kind }) => `${hotkey} ${claim} ${kind}`);
  return { claims, notes, difference, builder };
}

describe('a claim that was never confirmed', () => {
  test('stays undecided, and a later one does not wait for it', async () => {
    // Of A's architecture nothing was shown under the strict policy, so that it was never confirmed.
    const strict = scoring({ minimumGainMicrobits: 250_000 });
    const scripts = [
      { ...gpt, gain: 200_000 },
      { ...gpt, hotkey: 'B', training: 'b' },
    ];
    const { claims, notes, difference } = await outcomes(scripts, smallPolicy, strict);
    expect(notes).toContain('A architecture needs-confirmation');
    expect(claims).toContain('B architecture discovered');
    expect(claims.some((claim) => claim.startsWith('A '))).toBe(false);
    expect(difference.claims.find(({ subject }) => subject.hotkey === 'A')).toMatchObject({
      before: { outcome: 'unproven' },
      after: null,
    });
  });

  test('after a hold keeps no pay', async () => {
    // Under the recorded policy C's recipe had too little to show to be confirmed.
    const strict = scoring({ minimumGainMicrobits: 60_000 });
    const builder = closeEpoch(closeEpoch(tell([gpt, like], { policy: strict })).settle()).settle();
    const { simulation, difference } = await simulated(builder, smallPolicy);
    const id = idOf(builder.ledger, like, 1);
    expect(difference.notes).toContainEqual(
      expect.objectContaining({ submission: id, claim: 'training', kind: 'needs-confirmation' }),
    );
    expect([...simulation.ledger.kept.keys()]).not.toContain(`training ${id}`);
    const items = [...simulation.ledger.epochs.values()].flatMap(({ weights }) => weights?.items ?? []);
    expect(items.filter(({ submission, kind }) => submission === id && kind === 'training')).toEqual([]);
  });

  test('against the recipe that would stand stays undecided', async () => {
    // A's recipe is the judge's own under the simulated policy: C's, confirmed against B's, beats it still; B's was confirmed against A's.
    const scripts = [gpt, recipe('B', 'b', 100_000), recipe('C', 'c', 150_000)];
    const { claims, notes } = await outcomes(
      scripts,
      ownership({ referenceTrainingDigests: [digestOfName('a')] }),
    );
    expect(claims).toEqual(['A architecture discovered', 'B training granted', 'C training granted']);
    expect(notes).toEqual([]);
    const without = await outcomes(scripts, ownership({ referenceTrainingDigests: [digestOfName('b')] }));
    expect(without.claims).toEqual(['A architecture discovered', 'A training granted']);
    expect(without.notes).toEqual(['C training needs-confirmation']);
    expect(without.difference.notes[0]?.text).toContain(idOf(without.builder.ledger, gpt, 0));
  });
});

describe("a recipe that the policy calls the judge's own", () => {
  const own = ownership({ referenceTrainingDigests: [digestOfName('a')] });

  test('is left out of the score too', async () => {
    const { difference } = await outcomes([gpt], own);
    expect(difference.leaderboard).toMatchObject([
      { before: { scorePpm: 43_625 }, after: { scorePpm: 37_375 } },
    ]);
  });

  test('makes no copy of what was the same as it', async () => {
    const copy = { ...recipe('B', 'b', 50_000), copies: true };
    const { difference } = await outcomes([gpt, copy], own);
    expect(difference.claims.find(({ subject }) => subject.hotkey === 'B')).toMatchObject({
      before: { outcome: 'known' },
      after: { outcome: 'granted' },
    });
  });
});

describe('another number of confirming runs', () => {
  test('is not to be had: those that were recorded are used, and it is said', async () => {
    const { confirmation } = smallPolicy.ownership;
    const { claims, difference } = await outcomes(
      [gpt],
      ownership({ confirmation: { ...confirmation, minimumRuns: 5 } }),
    );
    expect(claims).toEqual(['A architecture discovered', 'A training granted']);
    expect(difference.notes).toMatchObject([
      { kind: 'other-number-of-runs', text: expect.stringMatching(/wants 5 .*the 2 /) },
      { kind: 'other-number-of-runs', text: expect.stringMatching(/wants 5 .*the 2 /) },
    ]);
  });
});

describe('a hold', () => {
  const lax = ownership({ nearMatchPpm: 990_000 });

  test('that the policy does not ask for is not waited for, whatever its resolver said', async () => {
    const scripts = [gpt, { ...like, resolver: 'refuse' as const }];
    const { claims } = await outcomes(scripts, lax);
    expect(claims).toContain('C architecture discovered');
  });

  test('that only the simulated policy has expires by its own time, and is open before', async () => {
    const { claims, difference, notes } = await outcomes([gpt, like], smallPolicy, lax);
    // The confirmation under the lax policy ran nothing beside the near one.
    expect(notes).toContain('C architecture near-not-run');
    expect(claims.some((claim) => claim.startsWith('C '))).toBe(false);
    const units = (hotkey: string) => difference.weights.find(({ subject }) => subject.hotkey === hotkey);
    expect(units('C')).toMatchObject({ after: null });
    const short = { ...smallPolicy, ownership: { ...smallPolicy.ownership, holdMs: 1_000 } };
    expect((await outcomes([gpt, like], short, lax)).claims).toContain('C architecture discovered');
  });

  test.each([
    ['longer', smallPolicy.ownership.holdMs * 2],
    ['shorter, but long enough for the resolver,', 3_000],
  ])('that is %s is resolved by what the resolver said', async (_name, holdMs) => {
    const scripts = [gpt, { ...like, resolver: 'refuse' as const }];
    const { claims, difference } = await outcomes(scripts, ownership({ holdMs }));
    expect(claims).toContain('C architecture refused');
    expect(difference.same).toBe(true);
  });
});

describe('a recipe for an architecture', () => {
  test('that would not be discovered before it is rejected, and leaves the leaderboard', async () => {
    const scripts = [{ ...gpt, gain: 100_000 }, recipe('B', 'b', 90_000)];
    const { difference, notes } = await outcomes(scripts, scoring({ minimumGainMicrobits: 200_000 }));
    expect(notes).toContain('B null unknown-family');
    expect(difference.leaderboard).toContainEqual(
      expect.objectContaining({ subject: expect.objectContaining({ hotkey: 'B' }), after: null }),
    );
  });

  test('that was rejected for an unknown family would need an evaluation where it is known', async () => {
    const strict = scoring({ minimumGainMicrobits: 20_000 });
    const { gain: _, ...rest } = gpt;
    const shown = { ...rest, gain: 300_000 };
    const scripts = [shown, recipe('B', 'b', 90_000)];
    const none = ownership({
      confirmation: {
        ...smallPolicy.ownership.confirmation,
        minimumEffectMicrobits: 400_000,
        detectMicrobits: 500_000,
      },
    });
    const { notes } = await outcomes(scripts, strict, none);
    expect(notes).toContain('B training needs-evaluation');
  });

  test("that the recorded policy took for the judge's own was not run", async () => {
    const own = ownership({ referenceTrainingDigests: [digestOfName('a')] });
    const { claims, notes } = await outcomes([gpt], smallPolicy, own);
    expect(claims).toEqual(['A architecture discovered']);
    expect(notes).toEqual(['A training needs-evaluation']);
  });
});

test('another plan, other attempts and another rule of review are ignored, and it is said', async () => {
  const policy: Policy = {
    ...smallPolicy,
    plan: defaultPolicy.plan,
    work: { ...smallPolicy.work, leaseMs: 99_000 },
    review: { semantic: 'hold' },
  };
  const { difference } = await outcomes([gpt], policy);
  expect(difference).toMatchObject({ ignored: ['plan', 'work', 'review'], same: true });
});

test('a price changes what is paid and burned, and nothing else', async () => {
  const policy = { ...smallPolicy, weights: { ...smallPolicy.weights, pricePpmPerBit: 600_000 } };
  const { difference } = await outcomes([gpt], policy);
  expect(difference).toMatchObject({ same: false, leaderboard: [], claims: [], owners: [] });
  const [[share], [burned]] = [difference.weights, difference.burned];
  expect(share?.subject).toEqual({ epoch: 1, hotkey: 'A' });
  expect(share?.after?.units).toBeGreaterThan(share?.before?.units ?? 0);
  expect((burned?.before?.units ?? 0) - (burned?.after?.units ?? 0)).toBe(
    (share?.after?.units ?? 0) - (share?.before?.units ?? 0),
  );
});
