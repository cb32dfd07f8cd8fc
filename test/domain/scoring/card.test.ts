/** The score card: contributions that sum to the score, what was measured besides, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import type { PenaltyRule } from '../../../domain/evaluation/penalty-rules.ts';
import { type Plan, planSchema } from '../../../domain/evaluation/plan.ts';
import type { Pair, RunKey } from '../../../domain/evaluation/runs.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { cardSchema } from '../../../domain/scoring/card.ts';
import { contributionsOf, lowerPpm } from '../../../domain/scoring/contributions.ts';
import { type Baseline, Runs } from '../../../domain/scoring/measured-runs.ts';
import { combinedBySeed, gainsOver } from '../../../domain/scoring/pair-gains.ts';
import { penaltiesOf } from '../../../domain/scoring/penalties.ts';
import { scoreOf } from '../../../domain/scoring/score.ts';
import { gridWeights, shortGrid } from '../../doubles/short-grid.ts';
import { smallPolicy } from '../../support/history.ts';
import { baseRun, completed } from '../../support/measurement.ts';

const BASIS = '00000000-0000-0000-0000-000000000001';
const rules: Policy['scoring'] = { ...smallPolicy.scoring, weights: gridWeights };
const SEEDS = [0, 1, 2];
/** Six checkpoints over a factor of 12: enough for a fit. */
const plan: Plan = planSchema.parse({
  ...shortGrid,
  seeds: SEEDS.length,
  steps: 300,
  checkpoints: [25, 50, 100, 180, 240, 300].map((step) => ({ step, windows: 16 })),
  panel: [{ model: 'bigram', cost: 1 }],
  ladders: shortGrid.ladders.map((ladder) => ({
    ...ladder,
    seeds: 1,
    rungs: ladder.rungs.map(({ steps: _, checkpoints: __, ...rung }) => rung),
  })),
});

/** Losses that fall by a power of the steps from `first` bits. */
const falling = (first: number) => (checkpoint: number) =>
  Math.round(first * 1e6 * (0.4 + 0.6 * (plan.checkpoints[checkpoint]?.step ?? 25) ** -0.2));
const run = (key: RunKey, first: number, changes: Partial<Measurement> = {}) =>
  completed(key, plan, falling(first), changes);
const reference = [
  ...SEEDS.map((seed) => run(baseRun('reference', seed), 8)),
  ...[1, 2, 3, 4].map((point) => run({ pair: 'reference', variant: 0, point, seed: 0 }, 8)),
];
const own = (pair: Pair, firsts: readonly number[], rungs: readonly number[] = []) => [
  ...firsts.map((first, seed) => run(baseRun(pair, seed), first)),
  ...rungs.map((first, at) => run({ pair, variant: 0, point: at + 1, seed: 0 }, first)),
];

function score(
  measured: readonly Measurement[],
  changes: Partial<Policy['scoring']> = {},
  under: Pick<Plan, 'panel' | 'ladders'> = plan,
) {
  const spec = { plan: under, firstTrained: 0, ownArchitecture: true, basis: BASIS };
  return scoreOf([...reference, ...measured], { ...spec, rules: { ...rules, ...changes } });
}

const sumOf = ({ card }: ReturnType<typeof score>) =>
  card.signals.reduce((sum, { contributionPpm }) => sum + contributionPpm, 0) -
  card.penalties.reduce((sum, { takenPpm }) => sum + takenPpm, 0);
const steep: readonly PenaltyRule[] = [
  { signal: 'gradient-spread', free: 0, nanobitsPerUnit: 1_000_000, capMicrobits: 123_457 },
  { signal: 'activation-spikes', free: 0, nanobitsPerUnit: 1_000_000, capMicrobits: 7_654_321 },
];

describe('contributions', () => {
  test('of one seed, without an interval, are the weighted gains in parts per million of 8 bits', () => {
    const flat = (loss: number) => () => loss;
    const base = [
      completed(baseRun('reference'), plan, flat(5_000_000)),
      completed(baseRun('architecture'), plan, flat(4_000_000)),
    ];
    const weights = { ...gridWeights, size: 0, depth: 0, sequence: 0, batch: 400_000 };
    const { card, scorePpm } = scoreOf(base, {
      plan: { ...plan, ladders: plan.ladders.filter(({ axis }) => axis === 'batch') },
      rules: { ...rules, weights, standardErrorFloorMicrobits: 0 },
      firstTrained: 0,
      ownArchitecture: true,
      basis: BASIS,
    });
    // One bit is 125,000 parts per million.
    expect(card.signals.map(({ signal, contributionPpm }) => [signal, contributionPpm])).toEqual([
      ['area', 37_500],
      ['late', 25_000],
      ['extrapolated', 12_500],
      ['batch', 50_000],
    ]);
    expect(scorePpm).toBe(125_000);
  });

  test('bear the margin of the total by weight and standard error', () => {
    const signal = (weightPpm: number, meanMicrobits: number, standardErrorMicrobits: number) => ({
      signal: 'area' as const,
      weightPpm,
      gain: { n: 3, meanMicrobits, standardErrorMicrobits, lowerMicrobits: 0 },
    });
    const signals = [
      signal(600_000, 1_000_000, 0),
      signal(400_000, 500_000, 100_000),
      signal(0, 9_000_000, 7),
    ];
    const total = { n: 3, meanMicrobits: 800_000, standardErrorMicrobits: 40_000, lowerMicrobits: 720_000 };
    expect(contributionsOf({ signals, total }, lowerPpm(total))).toEqual([75_000, 25_000 - 10_000, 0]);
    // What rounding has moved is shared, and still sums.
    expect(contributionsOf({ signals, total }, 90_003)).toEqual([75_002, 15_001, 0]);
  });

  test('less penalties sum to the score, and below 0 to what it would be', () => {
    const bits = fc.double({ min: 0.5, max: 40, noNaN: true });
    const three = fc.tuple(bits, bits, bits);
    const four = fc.tuple(bits, bits, bits, bits);
    fc.assert(
      fc.property(three, four, fc.boolean(), (firsts, rungs, taken) => {
        const scored = score(own('architecture', firsts, rungs), { penalties: taken ? [...steep] : [] });
        expect(sumOf(scored)).toBe(scored.card.sumPpm);
        expect(scored.card.sumPpm).toBe(Math.floor(scored.total.lowerMicrobits / 8));
        expect(scored.scorePpm).toBe(Math.min(Math.max(0, scored.card.sumPpm), 1_000_000));
        expect(cardSchema.parse(scored.card)).toEqual(scored.card);
      }),
      { numRuns: 30 },
    );
  });

  test('are none of what weighs nothing', () => {
    const weights = { ...gridWeights, area: 600_000, late: 0, extrapolated: 0 };
    const { card } = score(own('architecture', [7, 6, 7], [6, 7, 6, 7]), { weights });
    const late = card.signals.find(({ signal }) => signal === 'late');
    expect(late).toMatchObject({ weightPpm: 0, contributionPpm: 0 });
    expect(late?.gain.meanMicrobits).toBeGreaterThan(0);
    expect(card.extrapolation).toEqual([]);
  });

  test('a card whose lines do not sum is refused', () => {
    const { card } = score(own('architecture', [7, 6, 7]));
    const refused = cardSchema.safeParse({ ...card, sumPpm: card.sumPpm + 1 });
    expect(refused.error?.issues[0]).toMatchObject({ path: ['sumPpm'], message: /is not the sum/ });
  });
});

describe('what was measured besides', () => {
  const scored = score(own('architecture', [7, 6.8, 7.1], [7.5, 6.9, 7, 7]));

  test('ladders have every rung, the one that counts, and the trend', () => {
    const size = scored.card.ladders[0];
    expect(scored.card.ladders.map(({ axis }) => axis)).toEqual(['size', 'depth', 'sequence', 'batch']);
    expect(size).toMatchObject({ axis: 'size', worstScaleMilli: 500 });
    expect(size?.rungs.map(({ scaleMilli, gain }) => [scaleMilli, gain?.n])).toEqual([
      [1_000, 3],
      [500, 1],
    ]);
    const [base, half] = size?.rungs ?? [];
    expect(size?.trend?.perDoublingMicrobits).toBe(
      (base?.gain?.meanMicrobits ?? 0) - (half?.gain?.meanMicrobits ?? 0),
    );
    expect(scored.card.signals.find(({ signal }) => signal === 'size')?.gain).toEqual(half?.gain);
  });

  test('a rung that was not run, beside one that was, reads as 8 bits lost', () => {
    const [size, ...others] = plan.ladders;
    const [rung] = size?.rungs ?? [];
    if (size === undefined || rung === undefined) throw new Error('the plan has a ladder of sizes');
    const twice = { ...plan, ladders: [{ ...size, rungs: [rung, { ...rung, scaleMilli: 250 }] }, ...others] };
    const measured = [
      ...own('architecture', [7, 7, 7]),
      run({ pair: 'architecture', variant: 0, point: 1, seed: 0 }, 7),
    ];
    const { card } = score(measured, {}, twice);
    expect(card.ladders[0]).toMatchObject({ worstScaleMilli: 250 });
    expect(card.signals.find(({ signal }) => signal === 'size')?.gain.meanMicrobits).toBe(-8_000_000);
    // Nothing at all was run of the others: the first stage was hopeless, and the base point says so.
    expect(card.ladders[1]).toMatchObject({ worstScaleMilli: 1_000, trend: null });
  });

  test('seeds have their gains and how far these lie apart', () => {
    const { gains, standardDeviationMicrobits } = scored.card.seeds;
    expect(gains.map(({ seed }) => seed)).toEqual(SEEDS);
    const values = gains.map(({ microbits }) => microbits);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    expect(Math.abs(standardDeviationMicrobits - deviation)).toBeLessThan(1);
  });

  test('fits have the law and an interval that holds its value', () => {
    expect(scored.card.extrapolation).toHaveLength(3);
    for (const [at, fit] of scored.card.extrapolation.entries()) {
      const exact = ([7, 6.8, 7.1][at] ?? 0) * 1e6 * (0.4 + 0.6 * 3_000 ** -0.2);
      expect(Math.abs(fit.lossMicrobits / exact - 1)).toBeLessThan(0.01);
      expect(fit.lowerMicrobits).toBeLessThanOrEqual(fit.lossMicrobits);
      expect(fit.upperMicrobits).toBeGreaterThanOrEqual(fit.lossMicrobits);
    }
  });

  test('sampling says what the judged windows explain of an error', () => {
    const noisy = own('architecture', [7, 7, 7]).map((each) => ({
      ...each,
      curve: each.curve.map((point) => ({ ...point, standardErrorMicrobits: 60_000 })),
    }));
    const sampling = score(noisy).card.signals.map(({ samplingMicrobits }) => samplingMicrobits);
    // Two checkpoints in the last fifth, three seeds.
    expect(sampling[1]).toBe(Math.round(60_000 / Math.sqrt(6)));
    expect(sampling.slice(2)).toEqual([null, null, null, null, null]);
  });

  test('norms have their growth at the seed where it is fastest, over steps and across sizes', () => {
    const norms = (exponent: number, last: number): Partial<Measurement> => ({
      norms: plan.checkpoints.map(({ step }) => ({
        step,
        weightNano: Math.round(last * (step / 300) ** exponent),
        updateNano: 1_000_000,
      })),
    });
    const measured = [
      ...SEEDS.map((seed) => run(baseRun('architecture', seed), 7, norms(seed === 1 ? 0.5 : 0, 4e7))),
      run({ pair: 'architecture', variant: 0, point: 1, seed: 0 }, 7, norms(0, 2e7)),
    ];
    expect(score(measured).card.growth).toEqual({
      overSteps: {
        weight: { exponentMilli: 500, standardErrorMilli: 0, ratioMilli: 3_464 },
        update: { exponentMilli: 0, standardErrorMilli: 0, ratioMilli: 1_000 },
      },
      acrossSizes: {
        weight: { exponentMilli: 1_000, standardErrorMilli: 0, ratioMilli: 2_000 },
        update: { exponentMilli: 0, standardErrorMilli: 0, ratioMilli: 1_000 },
      },
    });
    // Norms that nobody took are no flat ones.
    expect(scored.card.growth.overSteps.weight?.exponentMilli).toBe(10_000);
    expect(score(measured).total).toEqual(score(measured.map((each) => ({ ...each, norms: [] }))).total);
  });
});

describe('penalties', () => {
  const silent = own('architecture', [7]);

  test('are at most their caps, and together at most the 8 bits of a byte', () => {
    const taken = penaltiesOf(silent, [...steep, ...steep]);
    expect(taken.map(({ signal, microbits }) => [signal, microbits]).slice(3)).toEqual([
      ['gradient-spread', 2 * 123_457],
      ['gradient-clipping', 0],
      ['activation-spikes', 8_000_000 - 2 * 123_457],
    ]);
  });

  test('refuse a rule that is not whole or without bound', () => {
    const rule = { signal: 'roughness', free: 0, nanobitsPerUnit: 1, capMicrobits: 1 } as const;
    expect(() => penaltiesOf(silent, [{ ...rule, free: Number.NaN }])).toThrow(/roughness: free is NaN/);
    expect(() => penaltiesOf(silent, [{ ...rule, nanobitsPerUnit: -1 }])).toThrow(/nanobitsPerUnit is -1/);
    expect(() => penaltiesOf(silent, [{ ...rule, capMicrobits: 8_000_001 }])).toThrow(/more than a byte has/);
  });

  test('on a card can only take', () => {
    const { card } = score(own('architecture', [7, 7, 7]), { penalties: [...steep] });
    const [first, ...rest] = card.penalties;
    const forged = { ...card, sumPpm: card.sumPpm + 1, penalties: [{ ...first, takenPpm: -1 }, ...rest] };
    expect(cardSchema.safeParse(forged).success).toBe(false);
  });
});

test.each([Number.NaN, Infinity, -1, 0.5, 2 ** 53])(
  'a score that would rest on %p is refused, by where it stands',
  (bad) => {
    const [first, ...rest] = own('architecture', [7, 7, 7]);
    if (first === undefined) throw new Error('there is a run');
    const [point, ...points] = first.curve;
    if (point === undefined) throw new Error('it has a curve');
    const refused = (changes: Partial<Measurement>) => () => score([{ ...first, ...changes }, ...rest]);
    expect(refused({ trainerCpuUs: bad })).toThrow(
      /architecture seed 0: trainerCpuUs is .* not a whole number/,
    );
    expect(refused({ curve: [{ ...point, lossMicrobits: bad }, ...points] })).toThrow(
      /architecture seed 0: curve: 0: lossMicrobits is/,
    );
    expect(refused({ instrumented: { ...first.instrumented, gradientSpreadMilli: bad } })).toThrow(
      /instrumented: gradientSpreadMilli is/,
    );
    const { card } = score([first, ...rest]);
    expect(cardSchema.safeParse({ ...card, sumPpm: bad }).success).toBe(false);
  },
);

describe('gains at the base point alone', () => {
  const measured = own('incumbent', [7, 6, 6.5]);
  const runs = new Runs([...reference, ...measured], plan, true);
  const overPanel: Baseline = (any, key) => runs.panelBeside(any, key);

  test('have the weights of ladders that their plan does not have', () => {
    const gains = gainsOver(runs, 'incumbent', overPanel, { ladders: [] }, rules);
    expect(gains?.signals.map(({ signal, weightPpm }) => [signal, weightPpm])).toEqual([
      ['area', 500_000],
      ['late', 333_333],
      ['extrapolated', 166_667],
    ]);
    const values = gains?.bySeed.map(({ microbits }) => microbits) ?? [];
    expect(gains?.total.meanMicrobits).toBe(Math.round(values.reduce((sum, value) => sum + value, 0) / 3));
  });

  test('are combined seed by seed as the total combines them', () => {
    const gains = gainsOver(runs, 'incumbent', overPanel, plan, rules);
    expect(combinedBySeed(runs, 'incumbent', overPanel, rules)).toEqual(gains?.bySeed);
    const only = { ...rules, weights: { ...gridWeights, late: 0, extrapolated: 0 } };
    expect(combinedBySeed(runs, 'incumbent', overPanel, only)).toEqual(
      measured.map((each) => {
        const beside = overPanel(each, 'area') ?? 0;
        return { seed: each.seed, microbits: beside - runs.value(each, 'area') };
      }),
    );
  });
});
