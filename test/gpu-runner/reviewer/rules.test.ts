import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Case, harmless, hostile, warned } from './cases.ts';
import { errorsOf, honestProjects, Reviewer } from './reviewer.ts';

const reviewer = new Reviewer();
afterAll(() => reviewer.close());

const severities: { [rule: string]: string } = JSON.parse(
  execFileSync(
    'python3',
    [
      '-B',
      '-c',
      'import json; from reviewer.findings import RULES; print(json.dumps({k: v.severity for k, v in RULES.items()}))',
    ],
    { cwd: new URL('../../../gpu-runner', import.meta.url), encoding: 'utf8' },
  ),
);
const rules = Object.keys(severities);

const each = (cases: { readonly [rule: string]: readonly Case[] }) =>
  Object.entries(cases).flatMap(([rule, list]) =>
    list.map(([title, files, layout]) => [rule, title, files, layout ?? {}] as const),
  );

describe('a project that breaks a rule', () => {
  test.each(each(hostile))('%s: %s', async (rule, _, files, layout) => {
    const result = await reviewer.review(files, layout);
    const found = result.findings.filter((one) => one.rule === rule);
    expect(errorsOf(result)).toContain(rule);
    expect(found.every((one) => one.severity === 'error')).toBe(true);
    if (result.architecture !== null)
      expect(found.some((one) => one.path === null || one.path in files)).toBe(true);
  });

  test.each(each(warned))('%s (a warning): %s', async (rule, _, files, layout) => {
    const result = await reviewer.review(files, layout);
    expect(errorsOf(result)).toEqual([]);
    expect(result.findings.map((one) => one.rule)).toContain(rule);
  });
});

describe('what a rule lets through', () => {
  test.each(each(harmless))('%s: %s', async (_rule, _title, files, layout) => {
    const result = await reviewer.review(files, layout);
    expect(result.findings).toEqual([]);
  });

  test.each(honestProjects())('the honest project $name', async ({ files, layout }) => {
    const result = await reviewer.review(files, layout);
    expect(result.findings).toEqual([]);
    expect(result.architecture ?? result.training).not.toBeNull();
  });
});

describe('the set of rules', () => {
  test.each(rules)('%s is refused in at least two ways and spares something', (rule) => {
    expect(((hostile[rule] ?? warned[rule])?.length ?? 0) >= 2).toBe(true);
    expect(harmless[rule]?.length ?? 0).toBeGreaterThan(0);
    expect(rule in hostile).toBe(severities[rule] === 'error');
  });

  test('is what the document for miners says, row by row', () => {
    const page = readFileSync(new URL('../../../docs/review-rules.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \|(?: [^|]+ \|){3}$/gm)].map((row) => row[1]);
    expect(rows.sort()).toEqual([...rules].sort());
  });
});
