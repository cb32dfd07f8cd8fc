/** The committed document and plot are what the committed results give. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { architectureNames } from '../../study/architectures.ts';
import { findingsOf } from '../../study/findings.ts';
import { jobsOf, nameOf } from '../../study/jobs.ts';
import { FULL } from '../../study/plans.ts';
import { documentOf } from '../../study/report/document.ts';
import { plotOf } from '../../study/report/plot.ts';
import { readResults } from '../../study/results.ts';
import { samplesOf } from '../../study/samples.ts';

const ROOT = join(import.meta.dirname, '../..');
const results = readResults(join(ROOT, 'study/results/cpu.jsonl'));
const committed = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');

test('the results have every run of the study once, of at least twelve architectures', () => {
  expect(architectureNames().length).toBeGreaterThanOrEqual(12);
  expect(results.map(nameOf).sort()).toEqual(jobsOf(FULL).map(nameOf).sort());
});

test('docs/predictive-validity.md and .svg are written from them', () => {
  const findings = findingsOf(samplesOf(results));
  expect(documentOf(findings)).toBe(committed('predictive-validity.md'));
  expect(plotOf(findings)).toBe(committed('predictive-validity.svg'));
});
