import { expect, test } from '@jest/globals';
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { ensureIsolated } from '../../../domain/ledger/isolation.ts';
import { PROFILES } from '../../../domain/policy/profiles.ts';
import { baseRun } from '../../support/measurement.ts';

const sandbox = (runtime: string) => ({
  runtime,
  image: 'sha256:runner',
  user: '65532:65532',
  network: 'none',
  readOnlyRoot: true,
  capabilities: 'none',
  noNewPrivileges: true,
  seccomp: 'default',
  memoryBytes: 1,
  memorySwapBytes: 1,
  nanoCpus: 1,
  pids: 1,
  tmpBytes: 1,
  devices: 'cpu',
});
const [tiny, official] = [PROFILES.tiny.plan, PROFILES.official.plan];
const container = sandbox('runc');
const none: Measurement['sandboxes'] = { trainer: null, predictor: null };
const table = official.panel.findIndex(({ model }) => model === 'ngram');

test.each<[string, Measurement['sandboxes']]>([
  ['nothing', none],
  ['a process that trains', { trainer: sandbox('process'), predictor: container }],
  ['a process that predicts', { trainer: container, predictor: sandbox('process') }],
])('a run in %s is refused where it pays, and only there', (_name, sandboxes) => {
  const run = { ...baseRun('architecture'), sandboxes };
  expect(() => ensureIsolated(official, run)).toThrow(/was not isolated/);
  expect(() => ensureIsolated(tiny, run)).not.toThrow();
});

test('a run in containers is not, nor is a table, which needs none', () => {
  const isolated = { trainer: container, predictor: container };
  expect(() => ensureIsolated(official, { ...baseRun('recipe'), sandboxes: isolated })).not.toThrow();
  expect(() =>
    ensureIsolated(official, { ...baseRun('reference', 0, table), sandboxes: none }),
  ).not.toThrow();
  expect(() => ensureIsolated(official, { ...baseRun('reference'), sandboxes: none })).toThrow(
    /reference seed 0/,
  );
});
