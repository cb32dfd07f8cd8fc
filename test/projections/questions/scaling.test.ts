/** Which changes hold along the ladders: numbers worked out by hand. */
import { describe, expect, test } from '@jest/globals';
import { groupsOf, scaling } from '../../../projections/questions/scaling.ts';
import { policyWith, type Run, run, Story } from '../../support/evidence-story.ts';

const AXES = ['size', 'depth', 'sequence', 'batch'] as const;
/** One rung on every axis: points 1 to 4. */
const policy = policyWith({
  ladders: AXES.map((axis) => ({ axis, seeds: 2, rungs: [{ scaleMilli: 2_000 }] })),
});

/** Gains of the recipe at a point, one for each seed. */
const at = (point: number, ...gains: readonly number[]): readonly Run[] =>
  gains.flatMap((gain, seed) => [
    run('reference', seed, 5_000_000, { point }),
    run('architecture', seed, 4_500_000, { point }),
    run('recipe', seed, 4_500_000 - gain, { point }),
  ]);

const BASE = at(0, 90_000, 100_000, 110_000);
const GOOD = [1, 2, 3].flatMap((point) => at(point, 100_000, 100_000));

function verdictOf(batch: readonly Run[]) {
  const story = new Story(policy);
  story.judged({ hotkey: 'A', architecture: 'gpt' }, [...BASE, ...GOOD, ...batch]);
  return scaling.rows(story.evidence)[0];
}

describe('verdicts', () => {
  test('holds where the whole interval is above 0 at every rung', () => {
    const row = verdictOf(at(4, 80_000, 80_000));
    // Pooled over all rungs: squares 2 x 10,000^2 over 2 + 4 x 1 degrees, a deviation of 5,774.
    // At two seeds the standard error is 4,082, times the quantile for 6 degrees, 2.447: 9,989.
    expect(row).toMatchObject({
      verdict: 'holds',
      base: { scaleMilli: 1_000, gainMicrobits: { n: 3, mean: 100_000, standardError: 3_333 } },
      worstMicrobits: { n: 2, mean: 80_000, standardError: 4_082, lower: 70_011, upper: 89_989 },
    });
    expect(row?.axes.map(({ axis, verdict }) => [axis, verdict])).toEqual(
      AXES.map((axis) => [axis, 'holds']),
    );
    expect(row?.events).toHaveLength(22);
  });

  test('fails where it is below 0 at one', () => {
    expect(verdictOf(at(4, -80_000, -80_000))).toMatchObject({
      verdict: 'fails',
      axes: [{ verdict: 'holds' }, { verdict: 'holds' }, { verdict: 'holds' }, { verdict: 'fails' }],
    });
  });

  test("fails where a run ended early and the judge's did not", () => {
    const early = { ending: { kind: 'non-finite', detail: 'NaN' } } as const;
    const ended = at(4, 100_000, 100_000).map((one) =>
      one.key.pair === 'recipe' && one.key.seed === 0 ? { ...one, changes: early } : one,
    );
    expect(verdictOf(ended)).toMatchObject({
      verdict: 'fails',
      axes: [{}, {}, {}, { rungs: [{ ended: 1 }] }],
    });
  });

  test('is unknown where noise could have done it, and where nothing was measured', () => {
    expect(verdictOf(at(4, 5_000, 5_000))?.verdict).toBe('unknown');
    expect(verdictOf([])).toMatchObject({ verdict: 'unknown', axes: [{}, {}, {}, { verdict: 'unknown' }] });
  });

  test('is unknown without ladders', () => {
    const story = new Story();
    story.judged({ hotkey: 'A', architecture: 'gpt' }, BASE);
    expect(scaling.rows(story.evidence)[0]).toMatchObject({
      verdict: 'unknown',
      worstMicrobits: { n: 3, mean: 100_000, standardError: 5_774 },
    });
  });
});

test('recipes are grouped by the hooks that they bring', () => {
  const story = new Story(policy);
  const tell = (hotkey: string, hooks: readonly string[], batch: readonly Run[]) =>
    story.judged({ hotkey, architecture: hotkey, hooks }, [...BASE, ...GOOD, ...batch]);
  tell('A', ['configure_optimizer', 'inference_logits'], at(4, 80_000, 80_000));
  tell('B', ['configure_optimizer'], at(4, -80_000, -80_000));
  tell('C', ['train_step', 'compute_loss'], at(4, 5_000, 5_000));
  tell('D', [], at(4, 80_000, 80_000));
  const groups = groupsOf(scaling.rows(story.evidence));
  expect(new Set(groups)).toEqual(
    new Set([
      {
        hooks: ['configure_optimizer'],
        recipes: 2,
        holds: 1,
        fails: 1,
        unknown: 0,
        // Wilson for 1 of 2.
        holdsPpm: { n: 2, mean: 500_000, standardError: 353_553, lower: 94_529, upper: 905_471 },
      },
      { hooks: ['compute_loss', 'train_step'], recipes: 1, holds: 0, fails: 0, unknown: 1, holdsPpm: null },
      expect.objectContaining({ hooks: [], recipes: 1, holds: 1 }),
    ]),
  );
});
