/** Scores of a whole grid: the panel at equal cost, ladders at their worst rung, hooks, payloads, penalties, recipes elsewhere. */
import { describe, expect, test } from '@jest/globals';
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { planSchema } from '../../../domain/evaluation/plan.ts';
import type { RunKey } from '../../../domain/evaluation/runs.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { scoreOf } from '../../../domain/scoring/score.ts';
import { gridWeights, shortGrid } from '../../doubles/short-grid.ts';
import { smallPolicy } from '../../support/history.ts';
import { baseRun, completed, curveOf } from '../../support/measurement.ts';

const rules: Policy['scoring'] = { ...smallPolicy.scoring, weights: gridWeights };
const plan = planSchema.parse({
  ...shortGrid,
  panel: [
    { model: 'bigram', cost: 1 },
    { model: 'bigram', cost: 2 },
    { model: 'ngram', cost: 1 },
  ],
});
const BASIS = '00000000-0000-0000-0000-000000000001';

const at = (key: RunKey, loss: number, changes: Partial<Measurement> = {}) =>
  completed(key, plan, () => loss, changes);
const rung = (pair: RunKey['pair'], point: number, loss: number, variant = 0) =>
  at({ pair, variant, point, seed: 0 }, loss);
const cost = (trainerCpuUs: number): Partial<Measurement> => ({ trainerCpuUs });

/** The bigram at 5 bits, the table at 4.5; every rung alike. */
const panel = [
  at(baseRun('reference', 0, 0), 5_000_000, cost(1_000)),
  at(baseRun('reference', 0, 1), 4_800_000, cost(2_000)),
  at(baseRun('reference', 0, 2), 4_500_000, cost(10)),
  ...[1, 2, 3, 4].flatMap((point) => [
    rung('reference', point, 5_000_000),
    rung('reference', point, 4_500_000, 2),
  ]),
];

function score(own: readonly Measurement[], changes: Partial<Policy['scoring']> = {}) {
  const spec = {
    plan,
    rules: { ...rules, ...changes },
    firstTrained: 0,
    ownArchitecture: true,
    basis: BASIS,
  };
  return scoreOf([...panel, ...own], spec);
}
const architecture = (loss: number, ...rungs: readonly number[]) => [
  at(baseRun('architecture'), loss, cost(1_000)),
  ...rungs.map((value, index) => rung('architecture', index + 1, value)),
];

describe('the panel', () => {
  test('is read at its best member, which is the table here', () => {
    const { total, card } = score(architecture(4_000_000, 4_000_000, 4_000_000, 4_000_000, 4_000_000));
    expect(total.meanMicrobits).toBe(500_000);
    expect(card.signals.map(({ signal }) => signal)).toEqual([
      'area',
      'late',
      'extrapolated',
      'size',
      'depth',
      'sequence',
      'batch',
    ]);
    expect(card.signals.reduce((sum, { weightPpm }) => sum + weightPpm, 0)).toBe(1_000_000);
  });

  test('is read at the cost that a run had: twice the device time is compared with the reference at twice', () => {
    const only = { ...plan, panel: plan.panel.slice(0, 2) };
    const gain = (trainerCpuUs: number) => {
      const own = [at(baseRun('architecture'), 4_000_000, cost(trainerCpuUs))];
      return scoreOf([...panel, ...own], {
        plan: { ...only, ladders: [] },
        rules: {
          ...rules,
          weights: { ...gridWeights, area: 700_000, size: 0, depth: 0, sequence: 0, batch: 0 },
        },
        firstTrained: 0,
        ownArchitecture: true,
        basis: BASIS,
      }).total.meanMicrobits;
    };
    expect(gain(500)).toBe(1_000_000);
    expect(gain(1_000)).toBe(1_000_000);
    expect(gain(2_000)).toBe(800_000);
    expect(gain(4_000)).toBeLessThan(800_000);
  });
});

describe('a ladder', () => {
  test('counts at its worst rung', () => {
    const even = score(architecture(4_000_000, 4_000_000, 4_000_000, 4_000_000, 4_000_000));
    const weak = score(architecture(4_000_000, 4_400_000, 4_000_000, 4_000_000, 4_000_000));
    expect(weak.card.signals.find(({ signal }) => signal === 'size')?.gain.meanMicrobits).toBe(100_000);
    expect(even.total.meanMicrobits - weak.total.meanMicrobits).toBe(40_000);
  });

  test('is never raised by being better on a rung than at the base point, nor lowered elsewhere by being worse at one', () => {
    const even = score(architecture(4_000_000, 4_000_000, 4_000_000, 4_000_000, 4_000_000));
    const showy = score(architecture(4_000_000, 1_000_000, 4_000_000, 4_000_000, 4_000_000));
    expect(showy.total).toEqual(even.total);
  });
});

test('bits of what was delivered are part of the loss', () => {
  const light = score(architecture(4_000_000));
  const heavy = score([at(baseRun('architecture'), 4_000_000, { ...cost(1_000), payloadBytes: 10 })]);
  const spanned = 612; // bytes revealed from the first checkpoint to the last
  const bits = Math.ceil((10 * 8 * 1_000_000) / spanned);
  expect(light.card.signals[0]?.gain.meanMicrobits).toBe(500_000);
  expect(heavy.card.signals[0]?.gain.meanMicrobits).toBe(500_000 - bits);
});

describe('a recipe', () => {
  test('that only spends more is credited with what is left over what that is worth to the reference', () => {
    const own = [
      at(baseRun('architecture'), 4_000_000, cost(1_000)),
      at(baseRun('recipe'), 3_900_000, cost(2_000)),
    ];
    const only = { ...plan, panel: plan.panel.slice(0, 2), ladders: [] };
    const weights = { ...gridWeights, area: 700_000, size: 0, depth: 0, sequence: 0, batch: 0 };
    const { training } = scoreOf([...panel, ...own], {
      plan: only,
      rules: { ...rules, weights },
      firstTrained: 0,
      ownArchitecture: true,
      basis: BASIS,
    });
    // 0.1 bits better, at a cost that buys the reference 0.2.
    expect(training?.meanMicrobits).toBe(-100_000);
  });

  test('tried elsewhere is evidence with a name, and not part of the total', () => {
    const own = [...architecture(4_000_000), at(baseRun('recipe'), 3_900_000, cost(1_000))];
    const tried = [
      at(baseRun('recipe-on-reference'), 4_900_000),
      at(baseRun('other'), 4_200_000),
      at(baseRun('recipe-on-other'), 4_300_000),
    ];
    const with_ = score([...own, ...tried]);
    expect(with_.elsewhere.map(({ on, variant, gain }) => [on, variant, gain.meanMicrobits])).toEqual([
      ['reference', 0, 100_000],
      ['other', 0, -100_000],
    ]);
    expect({ ...with_, elsewhere: [] }).toEqual(score(own));
  });
});

describe('an inference hook', () => {
  const hook = (
    loss: number,
    medianUs: number,
    ending: 'completed' | 'late' = 'completed',
  ): Partial<Measurement> => ({
    hook: {
      points: [{ step: 12, lossMicrobits: loss, windows: 16 }],
      latency: { medianUs, p95Us: medianUs },
      ending: { kind: ending, detail: '' },
    },
  });
  const hooked = (changes: Partial<Measurement>) =>
    score([at(baseRun('architecture'), 4_000_000, { ...cost(1_000), ...changes })]);

  test('is a component of its own, with its time as a multiple of plain forward', () => {
    const { hook: gain, total } = hooked(hook(3_700_000, 150));
    expect(gain).toMatchObject({ gain: { meanMicrobits: 300_000 }, latencyMilli: 1_500, withinBound: true });
    expect(total).toEqual(score(architecture(4_000_000)).total);
  });

  test('that is too slow is said to be', () => {
    expect(hooked(hook(3_700_000, 201)).hook?.withinBound).toBe(false);
  });

  test('that did not answer counts as 8 bits', () => {
    expect(hooked(hook(3_700_000, 150, 'late')).hook?.gain.meanMicrobits).toBe(-4_000_000);
  });

  test('that predicted nothing is not quick', () => {
    expect(hooked(hook(3_700_000, 0, 'late')).hook?.withinBound).toBe(false);
  });

  test('is null where there is none', () => {
    expect(score(architecture(4_000_000)).hook).toBeNull();
  });
});

describe('penalties', () => {
  const penalties: Policy['scoring']['penalties'] = [
    { signal: 'roughness', free: 20_000, nanobitsPerUnit: 500, capMicrobits: 30_000 },
    { signal: 'gradient-clipping', free: 500_000, nanobitsPerUnit: 100, capMicrobits: 10_000 },
  ];
  const smooth = at(baseRun('architecture'), 4_000_000, {
    ...cost(1_000),
    instrumented: { ...at(baseRun('architecture'), 1).instrumented, gradientClippedPpm: 0 },
  });

  test('take nothing from a steady run', () => {
    expect(score([smooth], { penalties }).total).toEqual(score([smooth]).total);
  });

  test('take from a rough one, within their caps, and are on the card', () => {
    const rough = {
      ...smooth,
      curve: curveOf(plan, (checkpoint) => [3_000_000, 5_000_000, 4_000_000][checkpoint] ?? 0),
    };
    const { total, card } = score([rough], { penalties });
    expect(card.penalties).toHaveLength(6);
    expect(card.penalties.filter(({ signal }) => penalties.some((rule) => rule.signal === signal))).toEqual([
      { signal: 'roughness', source: 'judged', value: 500_000, microbits: 30_000, takenPpm: 3_750 },
      { signal: 'gradient-clipping', source: 'instrumented', value: 0, microbits: 0, takenPpm: 0 },
    ]);
    expect(score([rough]).total.meanMicrobits - total.meanMicrobits).toBe(30_000);
  });

  test('read what the host did not tell as its worst: forged or missing telemetry raises nothing', () => {
    const silent = { ...smooth, instrumented: { ...smooth.instrumented, gradientClippedPpm: null } };
    const told = score([smooth], { penalties }).total.meanMicrobits;
    expect(score([silent], { penalties }).total.meanMicrobits).toBe(told - 10_000);
  });
});
