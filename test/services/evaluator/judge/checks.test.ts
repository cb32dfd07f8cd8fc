/** What the judge does besides one trainer and one predictor: repeats, fresh predictors, hooks, references at a cost, tables. */
import { describe, expect, test } from '@jest/globals';
import { measurementSchema } from '../../../../domain/evaluation/measurement.ts';
import type { Frame } from '../../../../domain/ports.ts';
import { figureOf } from '../../../../domain/scoring/gains.ts';
import { measure } from '../../../../services/evaluator/judge/measure.ts';
import type { RunSpec } from '../../../../services/evaluator/judge/run.ts';
import { measureTable } from '../../../../services/evaluator/judge/table.ts';
import type { OpenedContainer } from '../../../doubles/scripted-sandbox.ts';
import { shortPlan } from '../../../doubles/short-plan.ts';
import { judgeParts, runOf, scriptedProject } from './parts.ts';

const checks = { steps: 2, predictions: 2 };

async function measured(script: object, changes: Partial<RunSpec> = {}) {
  const parts = judgeParts();
  const run = await measure(runOf(scriptedProject({ sharpness: 1, ...script }), changes), parts);
  return { run, containers: parts.sandbox.containers };
}

describe('what is repeated in a fresh container', () => {
  test('agrees for an honest learner, and changes nothing of its curve', async () => {
    const { run, containers } = await measured({}, { checks });
    expect(run.ending.kind).toBe('completed');
    // Of each of the 12 requests of four rows: two alone, and one of the other two.
    expect(run.checks).toEqual({ steps: 10, predictions: 36, unlearnedBytes: 0 });
    // One for the requests, two for each segment.
    expect(containers.map(({ spec }) => spec.role)).toEqual([
      'trainer',
      'predictor',
      ...Array.from({ length: 5 }, () => 'replayer'),
    ]);
    expect(run.curve).toEqual((await measured({})).run.curve);
  });

  test.each([
    [
      'predictions',
      'impure',
      /^predict, step \d+: asked again in a fresh container, alone, a prefix gets another/,
    ],
    ['rows', 'impure', /^predict, step \d+: asked again in a fresh container, alone, a prefix gets another/],
    ['steps', 'impure', /^train, steps 1 to 3: done again in fresh containers .* counts comes out otherwise/],
    ['state', 'unlearned-state', /^train, step 1: 1024 of 1024 bytes of state \(counts\) do not move as/],
  ])('finds out who cheats by %s, whose whole run then counts as 8 bits', async (cheats, kind, detail) => {
    const { run } = await measured({ cheats }, { checks });
    expect(run.ending).toEqual({ kind, detail: expect.stringMatching(detail) });
    expect(
      run.curve.every(({ lossMicrobits, windows }) => lossMicrobits === 8_000_000 && windows === 0),
    ).toBe(true);
  });

  test('state that is small enough may change', async () => {
    const plan = { ...shortPlan, checks: { ...shortPlan.checks, unlearnedPpm: 1_000_000 } };
    const { run } = await measured({ cheats: 'state' }, { checks, plan });
    expect(run.ending.kind).toBe('completed');
    expect(run.checks.unlearnedBytes).toBe(1_024);
  });

  test.each([
    ['predict', 'learner-ended'],
    ['predict', 'late'],
    ['build', 'error'],
    ['train', 'malformed'],
  ])('cannot be left by failing there: %s, %s', async (op, how) => {
    const { run } = await measured({ fail: { op, how, role: 'replayer' } }, { checks });
    expect(run.ending).toMatchObject({ kind: 'impure', detail: expect.stringMatching(/^repeated in a/) });
    expect(run.curve.every(({ windows }) => windows === 0)).toBe(true);
  });
});

describe('what containers can see of the repeats', () => {
  const requestsOf = (containers: readonly OpenedContainer[], role: string) =>
    containers.filter(({ spec }) => spec.role === role).map(({ requests }) => requests);

  /** A replayer's requests until it is thrown back. */
  const onwards = (requests: readonly Frame[]): readonly Frame[] => {
    const loads = requests.flatMap(({ header }, index) => (header.op === 'load' ? [index] : []));
    return requests.slice(0, loads[1]);
  };

  test('the trainer gets the same requests, whether or not anything is repeated', async () => {
    const [checked] = requestsOf((await measured({}, { checks })).containers, 'trainer');
    const [unchecked] = requestsOf((await measured({})).containers, 'trainer');
    expect(checked).toEqual(unchecked);
    const snapshots = checked?.filter(({ header }) => header.op === 'snapshot') ?? [];
    expect(snapshots.map(({ header }) => header)).toEqual(
      new Array(4).fill({ op: 'snapshot', optimizer: true }),
    );
  });

  test("under the submission's recipe the model is taken alone, at checkpoints only", async () => {
    const parts = judgeParts();
    await measure(runOf(scriptedProject({}, 'submission')), parts);
    const [trainer] = requestsOf(parts.sandbox.containers, 'trainer');
    const snapshots = trainer?.filter(({ header }) => header.op === 'snapshot') ?? [];
    expect(snapshots.map(({ header }) => header)).toEqual(
      new Array(3).fill({ op: 'snapshot', optimizer: false }),
    );
  });

  test('a replayer is looked at after every step, and another goes on from there to the end', async () => {
    const { containers } = await measured({}, { checks: { steps: 3, predictions: 0 } });
    const replayers = requestsOf(containers, 'replayer');
    for (const requests of replayers) {
      const ops = onwards(requests).map(({ header }) => header.op);
      expect(ops.slice(0, 3)).toEqual(['project', 'build', 'load']);
      expect(ops.slice(3)).toEqual(
        Array.from({ length: ops.length - 3 }, (_, i) => (i % 2 ? 'snapshot' : 'train')),
      );
    }
    const [trainer] = requestsOf(containers, 'trainer');
    const trained = (requests: readonly Frame[]) => requests.filter(({ header }) => header.op === 'train');
    expect(replayers).toHaveLength(6);
    expect(replayers.flatMap((requests) => trained(onwards(requests)))).toEqual(trained(trainer ?? []));
  });
});

test('more parameters than the plan allows are counted by the judge, whatever the host said', async () => {
  const plan = { ...shortPlan, context: { ...shortPlan.context, maxParameters: 255 } };
  const { run } = await measured({}, { plan });
  expect(run.ending).toEqual({
    kind: 'over-limit',
    detail: 'snapshot, step 3: the optimizer moves 256 parameters; max_parameters is 255',
  });
});

test('a fresh predictor for every checkpoint sees only what it is asked there', async () => {
  const plan = { ...shortPlan, freshPredictors: true };
  const { run, containers } = await measured({}, { plan });
  const predictors = containers.filter(({ spec }) => spec.role === 'predictor');
  expect(
    predictors.map(({ requests }) => requests.filter(({ header }) => header.op === 'load').length),
  ).toEqual([1, 1, 1]);
  expect(containers.every(({ closed }) => closed)).toBe(true);
  expect(run.curve).toEqual((await measured({})).run.curve);
});

describe('an inference hook', () => {
  const hooked = (script: object) =>
    measured(script, { hook: scriptedProject({ sharpness: 1, ...script }, 'submission') });

  test('is judged on the same models at the last checkpoints, in a container of its own', async () => {
    const { run, containers } = await hooked({ hookSharpness: 0.2 });
    expect(run.hook?.points.map(({ step, windows }) => [step, windows])).toEqual([
      [10, 16],
      [12, 16],
    ]);
    expect(run.hook?.ending.kind).toBe('completed');
    expect(containers.map(({ spec }) => spec.role)).toEqual(['trainer', 'predictor', 'predictor']);
    const plain = run.curve.find(({ step }) => step === 12)?.lossMicrobits ?? 0;
    expect(run.hook?.points.at(-1)?.lossMicrobits).toBeGreaterThan(plain);
    expect(run.hook?.latency.medianUs).toBeGreaterThan(0);
  });

  test('is asked again in a fresh container, and ends its own part where it answers otherwise', async () => {
    const honest = scriptedProject({ sharpness: 1, hookSharpness: 0.5 }, 'submission');
    const { run, containers } = await measured({}, { hook: honest, checks });
    expect(run.hook?.ending.kind).toBe('completed');
    const asked = containers.at(-1)?.requests.filter(({ header }) => header.op === 'predict') ?? [];
    expect(asked.map(({ header }) => [header.count, header.hook])).toEqual(
      Array.from({ length: 8 }, () => [1, 1, 1].map((count) => [count, true])).flat(),
    );

    const hook = scriptedProject({ hookSharpness: 0.5, cheats: 'hook-predictions' }, 'submission');
    const cheating = (await measured({}, { hook, checks })).run;
    expect(cheating.ending.kind).toBe('completed');
    expect(cheating.curve).toEqual(run.curve);
    expect(cheating.hook?.ending).toEqual({
      kind: 'impure',
      detail: expect.stringMatching(
        /^predict, step 12: .* The inference hook must answer each prefix by itself/,
      ),
    });
    expect(cheating.hook?.points).toHaveLength(2);
  });

  test('that fails ends its own part and not the run', async () => {
    const plain = (await measured({})).run;
    const { run } = await measured(
      {},
      { hook: scriptedProject({ fail: { op: 'predict', at: 5, how: 'late' } }, 'submission') },
    );
    expect(run.ending.kind).toBe('completed');
    expect(run.curve).toEqual(plain.curve);
    expect(run.hook?.ending).toMatchObject({ kind: 'late' });
    expect(run.hook?.points).toHaveLength(1);
  });
});

test('a reference at a cost is told how many steps it makes of a batch', async () => {
  const { containers } = await measured({}, { replays: 4 });
  const build = containers[0]?.requests.find(({ header }) => header.op === 'build');
  expect(build?.header).toMatchObject({ replays: 4, device: 'cpu', hooks: false });
});

test.each(['ngram', 'mixer'] as const)('a table of the panel (%s) is a run like any other', async (model) => {
  const { sandbox, ...parts } = judgeParts();
  const run = { plan: shortPlan, key: runOf(scriptedProject({})).key, seed: '42'.repeat(32), model };
  const first = await measureTable(run, parts);
  const { standardError, ...recorded } = first;
  expect(standardError).toBe('');
  expect(measurementSchema.parse({ ...recorded, standardErrorBlob: null }).ending.kind).toBe('completed');
  expect(figureOf(first.curve)).toBeLessThan(6_000_000);
  expect((await measureTable(run, parts)).curve).toEqual(first.curve);
  expect(sandbox.containers).toEqual([]);
});
