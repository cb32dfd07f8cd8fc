/** Explanations point at what is in the log, leave nothing out, and add up. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { claimsOf } from '../../../projections/explain/claim.ts';
import { ownerExplained } from '../../../projections/explain/owner.ts';
import { scoreExplained } from '../../../projections/explain/score.ts';
import { emptyTrail, type Trail, trace } from '../../../projections/explain/trail.ts';
import { weightExplained } from '../../../projections/explain/weight.ts';
import { closeEpoch, familyOfName, idOf, type Script, smallPolicy, tell } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';
import { choices, eventsOf, near, numbers, scripts, told } from '../simulate/histories.ts';

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: numbers(0),
  training: 'a',
  gain: 300_000,
  recipeGain: 50_000,
};
const better: Script = { ...gpt, hotkey: 'B', kind: 'training_for_arch', training: 'b', recipeGain: 60_000 };
const like: Script = {
  ...gpt,
  hotkey: 'C',
  architecture: 'near',
  sketch: near,
  training: 'c',
  gain: 900_000,
};

function trailOf(builder: LedgerBuilder, count?: number): Trail {
  const trail = emptyTrail();
  for (const event of eventsOf(builder, count)) trace(trail, event);
  return trail;
}

/** Everything in an explanation that names an event by its index. */
function refsIn(value: unknown): readonly { index: number; id: string; type: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own =
    'index' in value && 'id' in value && 'type' in value
      ? [value as { index: number; id: string; type: string }]
      : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
}

test('every event that an explanation names is in the log, where and what it says', () => {
  fc.assert(
    fc.property(scripts, choices, (some, by) => {
      const builder = told(some, by);
      const trail = trailOf(builder);
      const explained = [
        ...[...trail.ledger.families.keys()].map((family) => ownerExplained(trail, family)),
        ...[...trail.ledger.submissions.keys()].map((submission) => scoreExplained(trail, submission)),
        ...['A', 'B', 'C'].map((hotkey) => weightExplained(trail, hotkey, 1)),
      ];
      const refs = refsIn(explained);
      expect(refs.length).toBeGreaterThan(0);
      for (const { index, id, type } of refs) expect(builder.events[index]).toMatchObject({ id, type });
    }),
    { numRuns: 40 },
  );
});

describe('an owner', () => {
  test('is explained by every decision, hold and confirmation in the stream of its family', () => {
    fc.assert(
      fc.property(scripts, choices, (some, by) => {
        const builder = told(some, by);
        const trail = trailOf(builder);
        for (const family of trail.ledger.families.keys()) {
          const named = new Set(refsIn(ownerExplained(trail, family)).map(({ index }) => index));
          const inStream = [...builder.events.entries()].filter(
            ([, { stream }]) => stream === `family-${family}`,
          );
          expect(inStream.filter(([index]) => !named.has(index))).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('comes with its claims in the order of admission, and the evidence of the log', () => {
    const builder = tell([gpt, better]);
    const owner = ownerExplained(trailOf(builder), familyOfName(builder.ledger, 'gpt'));
    expect(owner).toMatchObject({
      architecture: { hotkey: 'A', valueMicrobits: 299_000 },
      training: { hotkey: 'B', valueMicrobits: 359_000 },
    });
    expect(owner?.claims.map(({ hotkey, claim, outcome }) => `${hotkey} ${claim} ${outcome}`)).toEqual([
      'A architecture discovered',
      'A training granted',
      'B training granted',
    ]);
    const recorded = builder.events.findLast(({ type }) => type === 'SubmissionConfirmed');
    const [, , last] = owner?.claims ?? [];
    expect(last?.confirmation).toMatchObject({ incumbent: idOf(builder.ledger, gpt, 0), challenge: 1 });
    expect(last?.confirmation?.result?.evidence).toEqual(recorded?.data.evidence);
    expect(last?.confirmation?.runs).toHaveLength(last?.confirmation?.runsWanted ?? 0);
  });

  test('that a resolver refused names who did, and why', () => {
    const builder = tell([gpt, { ...like, resolver: 'refuse' }]);
    const owner = ownerExplained(trailOf(builder), familyOfName(builder.ledger, 'near'));
    expect(owner?.architecture).toBeNull();
    expect(owner?.claims[0]).toMatchObject({
      outcome: 'refused',
      holder: idOf(builder.ledger, gpt, 0),
      hold: {
        similarityPpm: 882_352,
        nearSubmission: idOf(builder.ledger, gpt, 0),
        resolution: { outcome: 'refuse', reason: 'as scripted', at: { actor: 'service:test' } },
      },
    });
  });

  test('before its decision is open, and held while it is held', () => {
    const builder = tell([gpt, like]);
    const held = builder.events.findIndex(({ type }) => type === 'ArchitectureClaimHeld');
    const family = familyOfName(builder.ledger, 'near');
    const outcomeAt = (count: number) => ownerExplained(trailOf(builder, count), family)?.claims[0]?.outcome;
    expect([outcomeAt(held), outcomeAt(held + 1), outcomeAt(builder.events.length)]).toEqual([
      'open',
      'held',
      'discovered',
    ]);
  });

  test('of what nobody claims is none', () => {
    expect(ownerExplained(trailOf(tell([gpt])), 'nothing')).toBeNull();
  });
});

describe('a score', () => {
  test('rests on every run that was measured for it, and none of its confirmations', () => {
    const builder = tell([gpt, better]);
    const trail = trailOf(builder);
    for (const [index, script] of [gpt, better].entries()) {
      const id = idOf(builder.ledger, script, index);
      const score = scoreExplained(trail, id);
      const measured = [...builder.events.entries()].filter(
        ([, { stream, type }]) => stream === `submission-${id}` && type === 'RunMeasured',
      );
      const runs = [...(score?.runs ?? []), ...(score?.confirmations ?? []).flatMap((one) => one.runs)];
      expect(runs.map(({ at }) => at.index)).toEqual(measured.map(([at]) => at));
      expect(score?.runs.map(({ name, figureMicrobits }) => [name, figureMicrobits])).toEqual([
        ['reference seed 0', 5_000_000],
        ['architecture seed 0', 4_700_000],
        ['recipe seed 0', 4_700_000 - (script.recipeGain ?? 0)],
      ]);
    }
  });

  test('says where its seeds come from, and whether that could be checked', () => {
    const builder = tell([gpt]);
    const id = idOf(builder.ledger, gpt, 0);
    expect(scoreExplained(trailOf(builder), id)?.seeds).toMatchObject({
      source: { kind: 'committed', epoch: 1 },
      verdict: 'committed, unchecked',
      revealed: null,
    });
    const closed = closeEpoch(builder).settle();
    expect(scoreExplained(trailOf(closed), id)?.seeds).toMatchObject({
      verdict: 'checked',
      revealed: { type: 'SeedRevealed' },
    });
  });

  test('names the policy that was in force at its receipt, not the last one', () => {
    const later = { ...smallPolicy, name: 'later' };
    const builder = tell([gpt, { ...better, policy: later }]);
    const trail = trailOf(builder);
    const policyOf = (script: Script, index: number) =>
      scoreExplained(trail, idOf(builder.ledger, script, index))?.policy;
    expect(policyOf(gpt, 0)).toMatchObject({ name: 'small', at: { index: 0 } });
    expect(policyOf(better, 1)).toMatchObject({ name: 'later', at: { type: 'PolicyAdopted' } });
  });

  test('that is none says why', () => {
    const rejected: Script = { ...gpt, fate: 'rejected-in-review' };
    const abandoned: Script = { ...gpt, fate: 'abandoned', hotkey: 'B' };
    const builder = tell([rejected, abandoned]);
    const trail = trailOf(builder);
    expect(scoreExplained(trail, idOf(builder.ledger, rejected, 0))).toMatchObject({
      score: null,
      ended: { code: 'forbidden-import', at: { type: 'SubmissionRejected' } },
    });
    expect(scoreExplained(trail, idOf(builder.ledger, abandoned, 1))).toMatchObject({
      score: null,
      ended: { code: 'abandoned', at: { type: 'EvaluationAbandoned' } },
    });
    expect(scoreExplained(trail, 'nothing')).toBeNull();
  });
});

describe('a weight', () => {
  test('is the sum of its items, and what burns the sum of its parts', () => {
    fc.assert(
      fc.property(scripts, choices, (some, by) => {
        const trail = trailOf(told(some, by));
        const hotkeys = [...trail.ledger.received.keys()];
        for (const epoch of [1, 2]) {
          let paid = 0;
          for (const hotkey of hotkeys) {
            const weight = weightExplained(trail, hotkey, epoch);
            const items = weight?.items ?? [];
            const sum = (kind: string) =>
              items
                .filter((item) => item.kind === kind)
                .reduce((total, { ppm, releasedPpm }) => total + ppm + releasedPpm, 0);
            expect([sum('architecture'), sum('training')]).toEqual([
              weight?.architecturePpm,
              weight?.trainingPpm,
            ]);
            for (const { ppm, keptPpm, askedPpm, fullPpm } of items) {
              expect(ppm + keptPpm).toBeLessThanOrEqual(askedPpm);
              expect(askedPpm).toBeLessThanOrEqual(fullPpm);
            }
            paid += sum('architecture') + sum('training');
            const burn = weight?.burn;
            expect(burn?.parts.reduce((total, part) => total + part.ppm, 0)).toBe(burn?.ppm);
          }
          expect(weightExplained(trail, 'A', epoch)?.burn?.ppm).toBe(1_000_000 - paid);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('lists what was owned and not paid, for it came after something as good', () => {
    const second: Script = {
      ...gpt,
      hotkey: 'B',
      architecture: 'gru',
      sketch: numbers(500),
      training: 'b',
      gain: 100_000,
    };
    const trail = trailOf(closeEpoch(tell([gpt, second])).settle());
    const items = weightExplained(trail, 'B', null)?.items ?? [];
    expect(items.map(({ kind, incrementMicrobits, ppm }) => [kind, incrementMicrobits, ppm])).toEqual([
      ['architecture', 0, 0],
      ['training', 0, 0],
    ]);
  });

  test('scaled down to a pool says what was asked', () => {
    const policy = { ...smallPolicy, weights: { ...smallPolicy.weights, architecturePoolPpm: 10_000 } };
    const builder = tell([gpt], { policy });
    closeEpoch(builder).settle();
    closeEpoch(builder).settle();
    const weight = weightExplained(trailOf(builder), 'A', 2);
    expect(weight?.pools[0]).toMatchObject({ ceilingPpm: 10_000, askedPpm: 89_700, paidPpm: 10_000 });
    expect(weight?.items[0]).toMatchObject({ fullPpm: 89_700, askedPpm: 89_700, ppm: 10_000 });
  });

  test('of an epoch that is not closed is none', () => {
    expect(weightExplained(trailOf(tell([gpt])), 'A', 1)).toBeNull();
    expect(weightExplained(trailOf(tell([gpt])), 'A', null)).toBeNull();
  });
});

test('a submission that only sends a recipe claims no architecture', () => {
  const builder = tell([gpt, better]);
  const trail = trailOf(builder);
  const entry = trail.ledger.submissions.get(idOf(builder.ledger, better, 1));
  expect(entry && claimsOf(trail, entry).map(({ claim }) => claim)).toEqual(['training']);
});
