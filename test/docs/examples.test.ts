/** The numbers that documents work out are what the code computes from the numbers that they start from. */
import { describe, expect, test } from '@jest/globals';
import { bytesRevealedAt } from '../../domain/evaluation/curve.ts';
import { defaultPolicy } from '../../domain/policy/default.ts';
import { officialPolicy } from '../../domain/policy/profiles.ts';
import { figureOf, gainOf } from '../../domain/scoring/gains.ts';
import { scorePpm } from '../../domain/scoring/score.ts';
import { smallPolicy } from '../support/history.ts';
import { microbitsIn, numberIn, read, tableRows } from './markdown.ts';
import {
  atCost,
  cardRows,
  contributionsIn,
  history,
  items,
  judged,
  keptEpochs,
  paid,
  payloads,
  quantiles,
  type Row,
  scored,
  shares,
  totalRow,
} from './worked.ts';

const { plan, scoring } = defaultPolicy;

describe('docs/evaluation.md', () => {
  const text = read('docs/evaluation.md');

  test('figures of curves', () => {
    const rows = tableRows(text, 'curves');
    const [reference, own] = [1, 2].map((column) => rows.map((row) => row[column] ?? ''));
    const steps = rows.map(([step]) => numberIn(step));
    expect(steps).toEqual(plan.checkpoints.map(({ step }) => step));
    const curve = (losses: readonly string[] = []) =>
      steps.map((step, at) => ({
        step,
        bytesRevealed: bytesRevealedAt(plan, step),
        lossMicrobits: microbitsIn(losses[at]),
      }));
    const told = tableRows(text, 'figures').map(([, figure]) => microbitsIn(figure));
    expect([figureOf(curve(reference)), figureOf(curve(own))]).toEqual(told);
  });

  test('a gain and its score', () => {
    const differences = tableRows(text, 'differences').map(([, difference]) => microbitsIn(difference));
    const gain = gainOf(differences, scoring);
    const [told] = tableRows(text, 'gain');
    expect([gain.meanMicrobits, gain.standardErrorMicrobits, gain.lowerMicrobits, scorePpm(gain)]).toEqual([
      microbitsIn(told?.[0]),
      microbitsIn(told?.[1]),
      microbitsIn(told?.[2]),
      numberIn(told?.[3]),
    ]);
  });
});

/** Checks that the table of this name has the rows that are worked out from what it, or another table, starts from. */
function checks(text: string, name: string, work: (rows: readonly Row[]) => readonly Row[]): void {
  test(`the table "${name}"`, () => {
    const rows = tableRows(text, name);
    expect(rows).toEqual(work(rows));
  });
}

describe('docs/scoring.md', () => {
  const text = read('docs/scoring.md');
  checks(text, 'payload', (rows) => payloads(rows, bytesRevealedAt(smallPolicy.plan, 1)));
  checks(text, 'at cost', (rows) => atCost(tableRows(text, 'panel'), rows));
  checks(text, 'card', () => cardRows(scored(tableRows(text, 'runs'))));
  checks(text, 'total', () => [totalRow(scored(tableRows(text, 'runs')))]);
});

/** The value at a path of names with dots between them. */
function at(policy: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => Object.entries(value ?? {}).find(([key]) => key === name)?.[1], policy);
}

describe('docs/ownership.md', () => {
  const text = read('docs/ownership.md');
  checks(text, 'quantiles', quantiles);
  checks(text, 'shares', shares);
  checks(text, 'judged', judged);
  checks(text, 'claims', () => history(tableRows(text, 'history')));

  test.each([
    ['rules', smallPolicy],
    ['official rules', officialPolicy],
  ] as const)('the policy of the table "%s"', (name, policy) => {
    for (const [rule = '', value] of tableRows(text, name))
      expect([rule, at(policy, rule.replaceAll('`', ''))]).toEqual([rule, numberIn(value)]);
  });
});

describe('docs/weights.md', () => {
  const text = read('docs/weights.md');
  const contributions = contributionsIn(tableRows(text, 'contributions'));
  checks(text, 'items', () => items(contributions));
  checks(text, 'paid', () => paid(contributions));
  checks(text, 'kept epochs', (rows) => keptEpochs(contributionsIn(tableRows(text, 'kept')), rows));
});
