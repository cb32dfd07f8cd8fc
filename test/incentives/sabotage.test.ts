/** A family's owner whose architecture breaks under rivals' recipes: what the recipe does elsewhere shows it. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import type { Pair } from '../../domain/evaluation/runs.ts';
import { parseEvent } from '../../domain/events/codec.ts';
import { failsOnlyAtHome } from '../../domain/scoring/home.ts';
import { scoreExplained } from '../../projections/explain/score.ts';
import { emptyTrail, trace } from '../../projections/explain/trail.ts';
import { submissionTree } from '../../services/cli/explain/score-text.ts';
import { treeLines } from '../../services/cli/explain/tree.ts';
import { idOf, type Script, tell } from '../support/history.ts';
import { Figures, idea, noisy, outcomes, paying, payOf } from './support.ts';

const figures = new Figures('sabotage of recipes (microbits per byte)');
afterAll(() => figures.print());

const policy = { ...paying, plan: { ...paying.plan, elsewhere: { reference: true, families: 2 } } };
const MINIMUM = policy.scoring.minimumGainMicrobits;

const families = [
  idea('owner', 'sabotaging', { gain: 200_000, recipeGain: 20_000 }),
  idea('third', 'other 1', { gain: 210_000, kind: 'architecture_only' }),
  idea('fourth', 'other 2', { gain: 220_000, kind: 'architecture_only' }),
];

/** What a recipe adds to the judge's, by where it is run. */
interface Effect {
  readonly home: number;
  readonly reference: number;
  readonly others: number;
}

const ON: { readonly [pair in Pair]?: (effect: Effect) => number } = {
  recipe: ({ home }) => 200_000 + home,
  other: () => 210_000,
  'recipe-on-other': ({ others }) => 210_000 + others,
  'recipe-on-reference': ({ reference }) => reference,
};

function affected(effect: Effect, label: string): (measured: Measurement) => Measurement {
  const add = noisy(label);
  return (measured) => {
    const gain = ON[measured.pair]?.(effect);
    if (gain === undefined) return add(measured);
    return add({
      ...measured,
      curve: measured.curve.map((point) => ({ ...point, lossMicrobits: 5_000_000 - gain })),
    });
  };
}

const recipe = (effect: Effect, label = 'recipe'): Script => ({
  ...idea('rival', 'sabotaging', { gain: 200_000 }),
  kind: 'training_for_arch',
  also: affected(effect, label),
});

function told(script: Script) {
  const scripts = [...families, script];
  const builder = tell(scripts, { policy });
  const scored = builder.state.submissions.get(idOf(builder.ledger, script, families.length))?.state.scored;
  if (scored === null || scored === undefined) throw new Error('the recipe was not scored');
  return { builder, scored, deficit: failsOnlyAtHome(scored, MINIMUM) };
}

describe('a recipe that helps everywhere but at its family', () => {
  const effect = { home: -490_000, reference: 120_000, others: 90_000 };

  test('is held against the owner: with what it has gained at the reference and at two families of others', () => {
    const { scored, deficit } = told(recipe(effect));
    expect(scored.elsewhere.map(({ on }) => on)).toEqual(['reference', 'other', 'other']);
    expect(deficit?.places).toBe(3);
    expect(deficit?.homeUpperMicrobits).toBeLessThan(-400_000);
    expect(deficit?.elsewhereLowerMicrobits).toBeGreaterThan(80_000);
    figures.add(
      'sabotaged: at home at most, elsewhere at least',
      `${deficit?.homeUpperMicrobits}, ${deficit?.elsewhereLowerMicrobits}`,
    );
  });

  test('is in what `prism explain` says of its score', () => {
    const { builder } = told(recipe(effect));
    const trail = emptyTrail();
    for (const event of builder.events) trace(trail, parseEvent(event));
    const id = [...builder.state.submissions.keys()].at(-1) ?? '';
    const explained = scoreExplained(trail, id);
    if (explained === null) throw new Error('it is not explained');
    expect(treeLines(submissionTree(explained)).join('\n')).toMatch(
      /held against the family's owner: it gains -0\.48\d+ bits per byte here at most, and 0\.08\d+ at least at each of 3 places elsewhere/,
    );
  });

  test('changes no owner and no pay: it is evidence', () => {
    const { builder } = told(recipe(effect));
    expect(outcomes(builder, 'ArchitectureClaimDecided')).toContain('owner discovered');
    expect(outcomes(builder, 'TrainingClaimDecided')).toEqual(['owner granted', 'rival unproven']);
    const { of } = payOf(builder);
    expect(of).toEqual(payOf(tell(families, { policy })).of);
  });

  test('also where it is merely stopped from helping', () => {
    expect(told(recipe({ home: 0, reference: 120_000, others: 90_000 })).deficit).not.toBeNull();
  });
});

describe('is not held against the owner', () => {
  test.each<[string, Effect]>([
    ['a recipe that helps everywhere', { home: 80_000, reference: 80_000, others: 80_000 }],
    ['one that helps less at home', { home: 40_000, reference: 120_000, others: 90_000 }],
    ['one that hurts everywhere', { home: -90_000, reference: -90_000, others: -90_000 }],
    ['one that suits the reference only', { home: -90_000, reference: 90_000, others: -90_000 }],
    ['one that suits others only', { home: -90_000, reference: -90_000, others: 90_000 }],
  ])('%s', (_name, effect) => {
    expect(told(recipe(effect)).deficit).toBeNull();
  });

  test('noise: no recipe without an effect in 40', () => {
    const effect = { home: 0, reference: 0, others: 0 };
    const accused = Array.from(
      { length: 40 },
      (_, seed) => told(recipe(effect, `null ${seed}`)).deficit,
    ).filter((deficit) => deficit !== null);
    figures.add('recipes without an effect: accusations', `${accused.length} of 40`);
    expect(accused).toEqual([]);
  });

  test("a recipe on one's own architecture, and one that was not tried elsewhere", () => {
    const { scored } = told(recipe({ home: -490_000, reference: 120_000, others: 90_000 }));
    expect(failsOnlyAtHome({ ...scored, architecture: scored.total }, MINIMUM)).toBeNull();
    expect(failsOnlyAtHome({ ...scored, training: null }, MINIMUM)).toBeNull();
    for (const on of ['reference', 'other'])
      expect(
        failsOnlyAtHome(
          { ...scored, elsewhere: scored.elsewhere.filter((place) => place.on === on) },
          MINIMUM,
        ),
      ).toBeNull();
  });
});
