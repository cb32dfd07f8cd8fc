/**
 * npm run study                 trains what study/results/cpu.jsonl does not have yet (about an hour of one core), then writes the document
 * npm run study -- --analyse    writes docs/predictive-validity.md and .svg from the committed results
 * npm run study -- --quick      a miniature of it all in a few minutes, printed and not kept
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findingsOf } from './findings.ts';
import { FULL, QUICK } from './plans.ts';
import { documentOf, tablesOf } from './report/document.ts';
import { plotOf } from './report/plot.ts';
import { readResults } from './results.ts';
import { samplesOf } from './samples.ts';
import { train } from './train.ts';

const RESULTS = join(import.meta.dirname, 'results/cpu.jsonl');
const DOCUMENT = join(import.meta.dirname, '../docs/predictive-validity');

function analyse(): void {
  const findings = findingsOf(samplesOf(readResults(RESULTS)));
  writeFileSync(`${DOCUMENT}.md`, documentOf(findings));
  writeFileSync(`${DOCUMENT}.svg`, plotOf(findings));
}

async function quick(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'prism-study-'));
  try {
    const file = join(folder, 'quick.jsonl');
    await train(QUICK, file);
    console.log(tablesOf(findingsOf(samplesOf(readResults(file)))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({ options: { analyse: { type: 'boolean' }, quick: { type: 'boolean' } } });
if (values.quick) {
  await quick();
} else {
  if (!values.analyse) await train(FULL, RESULTS);
  analyse();
}
