import { expect, test } from '@jest/globals';
import { isFutile } from '../../../domain/evaluation/futility.ts';
import type { Pair } from '../../../domain/evaluation/runs.ts';
import { shortPlan } from '../../doubles/short-plan.ts';
import { baseRun, completed } from '../../support/measurement.ts';

const runs = (losses: { readonly [pair in Pair]?: number }) =>
  Object.entries(losses).map(([pair, loss]) => completed(baseRun(pair as Pair), shortPlan, () => loss));

test.each([
  [
    'worse than the margin by both its pairs',
    { reference: 4_000_000, architecture: 5_000_001, recipe: 6_000_000 },
    true,
  ],
  ['worse by exactly the margin', { reference: 4_000_000, architecture: 5_000_000 }, false],
  [
    'worse by its architecture only',
    { reference: 4_000_000, architecture: 8_000_000, recipe: 4_500_000 },
    false,
  ],
  ['better', { reference: 4_000_000, architecture: 3_000_000 }, false],
  ['bad on other owners only', { reference: 4_000_000, architecture: 4_000_000, other: 8_000_000 }, false],
])('%s: futile %s', (_name, losses, futile) => {
  expect(isFutile(runs(losses), 1_000_000)).toBe(futile);
});

test('nothing is futile where no margin is set, or nothing can be compared', () => {
  const hopeless = runs({ reference: 1_000_000, architecture: 8_000_000 });
  expect(isFutile(hopeless, null)).toBe(false);
  expect(isFutile(hopeless.slice(1), 0)).toBe(false);
  expect(isFutile([], 0)).toBe(false);
});

test('the worst of the panel is what counts: a panel with a strong table stops nobody early', () => {
  const panel = [
    completed(baseRun('reference', 0, 0), shortPlan, () => 5_000_000),
    completed(baseRun('reference', 0, 1), shortPlan, () => 2_000_000),
  ];
  const own = completed(baseRun('architecture'), shortPlan, () => 4_500_000);
  expect(isFutile([...panel, own], 500_000)).toBe(false);
});
