import { describe, expect, test } from '@jest/globals';
import { measurementSchema } from '../../../../domain/evaluation/measurement.ts';
import { CorpusTooSmallError, deriveStreams } from '../../../../domain/evaluation/streams.ts';
import { figureOf } from '../../../../domain/scoring/gains.ts';
import { corpusOf } from '../../../../infra/corpus/index.ts';
import { measure } from '../../../../services/evaluator/judge/measure.ts';
import type { MeasuredRun, Progress, RunSpec } from '../../../../services/evaluator/judge/run.ts';
import { shortCorpus, shortPlan } from '../../../doubles/short-plan.ts';
import { judgeParts, runOf, scriptedPair, scriptedProject } from './parts.ts';

const measureScript = (script: object, recipe: 'reference' | 'submission' = 'reference') =>
  measure(runOf(scriptedProject(script, recipe)), judgeParts());

function recordable({ standardError, ...rest }: MeasuredRun) {
  return measurementSchema.parse({
    ...rest,
    standardErrorBlob: standardError === '' ? null : 'a'.repeat(64),
  });
}

describe('a run that is completed', () => {
  test('is a measurement that can be recorded', async () => {
    const measured = recordable(await measureScript({ hooksUsed: ['train_step'] }, 'submission'));
    expect(measured).toMatchObject({
      pair: 'architecture',
      seed: 1,
      ending: { kind: 'completed', detail: '' },
      stateBytes: 1_024,
      instrumented: { parameters: 256, hookUses: { train_step: 1 } },
      standardErrorBlob: null,
    });
    expect(measured.curve.map(({ step, windows }) => [step, windows])).toEqual([
      [3, 16],
      [10, 16],
      [12, 16],
    ]);
    expect(measured.curve.map((point) => point.bytesRevealed)).toEqual([204, 680, 816]);
    // 2 of project and build; then 12 steps and 3 snapshots, or 3 loads and 12 predictions; 100 us each.
    expect([measured.trainerCpuUs, measured.predictorCpuUs]).toEqual([1_700, 1_700]);
    expect(measured.durationUs).toBe(5_000);
    expect(measured.sandboxes.trainer).toMatchObject({ network: 'none', nanoCpus: 1e9 });
  });

  test('is the same to the bit the second time, and another with another seed', async () => {
    const project = scriptedProject({});
    const first = await measure(runOf(project), judgeParts());
    expect(await measure(runOf(project), judgeParts())).toEqual(first);
    const other = await measure(runOf(project, { seed: '43'.repeat(32) }), judgeParts());
    expect(other.curve).not.toEqual(first.curve);
  });

  test('who predicts better is measured better, who predicts nothing at 8 bits', async () => {
    const figures = await Promise.all(
      [0, 0.5, 1].map(async (sharpness) => figureOf((await measureScript({ sharpness })).curve)),
    );
    expect(figures[0]).toBe(8_000_000);
    expect(figures[1]).toBeLessThan(8_000_000);
    expect(figures[2]).toBeLessThan(figures[1] ?? 0);
  });

  test("the submission's recipe is another learner than the judge's", async () => {
    const script = { sharpness: 0.2, recipeSharpness: 1 };
    const [reference, submission] = await Promise.all([
      measureScript(script),
      measureScript(script, 'submission'),
    ]);
    expect(figureOf(submission.curve)).toBeLessThan(figureOf(reference.curve));
  });

  test('tells how far it has come', async () => {
    const seen: Progress[] = [];
    await measure(runOf(scriptedProject({})), {
      ...judgeParts(),
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen.at(-1)).toMatchObject({ step: 12, steps: 12, points: { length: 3 } });
  });
});

describe('what the containers get', () => {
  const streams = deriveStreams('42'.repeat(32), shortPlan, shortCorpus.windows(17).perDocument);

  async function requests() {
    const parts = judgeParts();
    await measure(runOf(scriptedProject({})), parts);
    const [trainer, predictor] = parts.sandbox.containers;
    if (trainer === undefined || predictor === undefined) throw new Error('two containers are opened');
    return { trainer, predictor };
  }

  test('one trainer, one predictor, with the limits of the plan, and both closed', async () => {
    const { trainer, predictor } = await requests();
    expect([trainer.spec.role, predictor.spec.role]).toEqual(['trainer', 'predictor']);
    expect(trainer.spec).toMatchObject({ image: 'runner', labels: { worker: 'test' }, limits: { cpus: 1 } });
    expect([trainer.closed, predictor.closed]).toEqual([true, true]);
  });

  test('the trainer gets the training windows in order, through the alphabet', async () => {
    const { trainer } = await requests();
    const batches = trainer.requests.filter((request) => request.header.op === 'train');
    const revealed = Buffer.concat(batches.map((request) => request.body));
    const windows = shortCorpus.windows(17);
    const plain = Buffer.concat(streams.training.map((window) => windows.at(window)));
    expect(revealed).toEqual(Buffer.from(plain.map((byte) => streams.alphabet[byte] ?? 0)));
    expect(batches.map((request) => request.header.step)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  test('no judged window reaches the trainer, and the predictor never gets a byte past the prefix', async () => {
    const { trainer, predictor } = await requests();
    const windows = shortCorpus.windows(17);
    const revealed = trainer.requests.map((request) => request.body.toString('latin1')).join('');
    const predictions = predictor.requests.filter((request) => request.header.op === 'predict');
    const asked = streams.judged.flat();
    expect(predictions).toHaveLength(asked.length);
    for (const [i, { prefixLength, windows: judged }] of asked.entries()) {
      expect(predictions[i]?.header).toMatchObject({ count: judged.length, length: prefixLength });
      expect(predictions[i]?.body.length).toBe(judged.length * prefixLength);
      for (const window of judged) {
        const secret = Buffer.from(windows.at(window).map((byte) => streams.alphabet[byte] ?? 0));
        expect(revealed).not.toContain(secret.toString('latin1'));
      }
    }
  });

  test('the seed that a container gets is not the seed of the run', async () => {
    const { trainer } = await requests();
    const headers = JSON.stringify(trainer.requests.map((request) => request.header));
    expect(headers).toContain(`"seed":${streams.torchSeed}`);
    expect(headers).not.toContain('4242');
  });
});

describe('a learner that ends its run', () => {
  test.each([
    [{ op: 'build', how: 'error' }, 'learner-ended', /^build: RuntimeError: scripted/, 0],
    [{ op: 'train', at: 4, how: 'error' }, 'learner-ended', /^train, step 5: RuntimeError/, 1],
    [{ op: 'train', at: 4, how: 'learner-ended' }, 'learner-ended', /^train, step 5: /, 1],
    [{ op: 'train', at: 11, how: 'late' }, 'late', /^train, step 12: /, 2],
    [{ op: 'train', at: 0, how: 'over-limit' }, 'over-limit', /^train, step 1: /, 0],
    [{ op: 'snapshot', at: 2, how: 'non-finite' }, 'non-finite', /^snapshot, step 10: tensor step.counts/, 1],
    [
      { op: 'snapshot', at: 2, how: 'short-body' },
      'malformed',
      /^snapshot, step 10: 2052 bytes of the optimizer's state declared, 2051 came/,
      1,
    ],
    [{ op: 'snapshot', at: 0, how: 'non-finite' }, 'non-finite', /^snapshot, step 0: tensor counts/, 0],
    [
      { op: 'snapshot', at: 0, how: 'short-body' },
      'malformed',
      /^snapshot, step 0: 1024 bytes declared, 1023/,
      0,
    ],
    [{ op: 'snapshot', at: 3, how: 'malformed' }, 'malformed', /^snapshot, step 12: /, 2],
    [{ op: 'load', at: 1, how: 'error' }, 'learner-ended', /^load, step 10: /, 1],
    [{ op: 'predict', at: 5, how: 'non-finite' }, 'non-finite', /^predict, step 10: a logit/, 1],
    [{ op: 'predict', at: 5, how: 'short-body' }, 'malformed', /^predict, step 10: 4095 bytes of logits/, 1],
    [{ op: 'predict', at: 11, how: 'late' }, 'late', /^predict, step 12: /, 2],
  ])('%j', async (fail, kind, detail, judged) => {
    const parts = judgeParts();
    const measured = await measure(runOf(scriptedProject({ sharpness: 1, fail })), parts);
    expect(recordable(measured).ending).toEqual({ kind, detail: expect.stringMatching(detail) });
    expect(measured.curve.map((point) => point.windows > 0)).toEqual([0, 1, 2].map((i) => i < judged));
    expect(
      measured.curve.filter((point) => point.windows === 0).every((p) => p.lossMicrobits === 8_000_000),
    ).toBe(true);
    expect(parts.sandbox.containers.every((container) => container.closed)).toBe(true);
  });

  test('never gains by it: ending early costs what it leaves out', async () => {
    const finished = await measureScript({ sharpness: 1 });
    const ended = await measureScript({ sharpness: 1, fail: { op: 'train', at: 11, how: 'error' } });
    expect(figureOf(ended.curve)).toBeGreaterThan(figureOf(finished.curve));
  });

  test('of two failures the one of the earlier checkpoint counts, whichever comes first in time', async () => {
    const parts = judgeParts();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // The predictor's answer about step 3 is held back until the trainer has failed at step 5.
    parts.sandbox.beforeAnswer = async ({ spec }, { header }) => {
      if (spec.role === 'predictor' && header.op === 'predict') await held;
      if (spec.role === 'trainer' && header.step === 4) setImmediate(release);
    };
    const script = { fail: { op: 'train', at: 4, how: 'error' } };
    const measured = await measure(runOf(scriptedProject(script)), parts);
    expect(measured.ending.detail).toMatch(/^train, step 5/);
    expect(measured.curve[0]?.windows).toBe(16);
  });

  test('its trace is kept for the miner', async () => {
    const { standardError } = await measureScript({ fail: { op: 'train', how: 'error' } });
    expect(standardError).toBe('--- exception\nTraceback: train\n');
  });

  test('an absurd but legal answer is a loss like any other, capped', async () => {
    const measured = await measureScript({ fail: { op: 'predict', at: 0, how: 'absurd' } });
    expect(recordable(measured).ending.kind).toBe('completed');
    expect(measured.curve[0]?.lossMicrobits).toBeGreaterThan(1_000_000);
  });
});

describe('beside an architecture from elsewhere', () => {
  const KEPT_BACK = "its words are kept from the log, for they may tell of another's sealed sources";

  test.each([
    ['error', 'train', 'train, step 5', 'learner-ended', 'train, step 5: RuntimeError: scripted'],
    ['late', 'train', 'train, step 5', 'late', 'train, step 5: scripted: late'],
    ['non-finite', 'snapshot', 'snapshot, step 3', 'non-finite', 'tensor counts holds NaN'],
  ] as const)('a recipe that ends by %s says nothing in the log', async (how, op, where, kind, words) => {
    const fail = { op, at: op === 'train' ? 4 : 0, how };
    const measured = await measure(runOf(scriptedPair({ fail })), judgeParts());
    expect(measured.ending).toEqual({ kind, detail: `${where}: ${kind}; ${KEPT_BACK}` });
    expect(measured.standardError).toContain(words);
    const { standardError, ...recorded } = measured;
    expect(JSON.stringify(recorded)).not.toMatch(/RuntimeError|scripted: |tensor counts/);
  });

  test('an inference hook says nothing either', async () => {
    const script = { hookSharpness: 1, fail: { op: 'build', at: 0, how: 'error', recipe: 'submission' } };
    const project = scriptedPair(script);
    const own = scriptedProject({ sharpness: 1 });
    const { hook, ending } = await measure(runOf(own, { hook: project }), judgeParts());
    expect(ending.kind).toBe('completed');
    expect(hook?.ending).toEqual({
      kind: 'learner-ended',
      detail: `build: learner-ended; ${KEPT_BACK}`,
    });
  });

  test('the same project by itself is told what it has raised', async () => {
    const { ending } = await measureScript({ fail: { op: 'train', at: 4, how: 'error' } }, 'submission');
    expect(ending.detail).toBe('train, step 5: RuntimeError: scripted');
  });
});

describe('the declared tensors', () => {
  const tensorsOf = async (changes: Partial<RunSpec>, script: object = {}) =>
    recordable(await measure(runOf(scriptedProject(script), changes), judgeParts())).tensors;
  const key = { pair: 'architecture', variant: 0, point: 0, seed: 0 } as const;

  test('are recorded of the architecture on the first seed, also where the run ends', async () => {
    const counts = [{ dtype: 'float32', shape: [256] }];
    expect(await tensorsOf({ key })).toEqual(counts);
    expect(await tensorsOf({ key }, { fail: { op: 'train', at: 4, how: 'error' } })).toEqual(counts);
  });

  test('are not recorded of another seed or pair, nor where no snapshot came', async () => {
    expect(await tensorsOf({ key: { ...key, seed: 1 } })).toEqual([]);
    expect(await tensorsOf({ key: { ...key, pair: 'near' } })).toEqual([]);
    expect(await tensorsOf({ key }, { fail: { op: 'build', how: 'error' } })).toEqual([]);
  });

  test.each([
    [512, 512],
    [513, 0],
  ])('of %i are %i recorded', async (declared, told) => {
    expect(await tensorsOf({ key }, { tensors: declared })).toHaveLength(told);
  });
});

describe('what is not the learner', () => {
  test.each([
    { op: 'project', how: 'error' },
    { op: 'project', how: 'late' },
    { op: 'build', how: 'our-fault' },
    { op: 'train', at: 6, how: 'our-fault' },
    { op: 'predict', at: 3, how: 'our-fault' },
  ])('%j is thrown, and no container is left', async (fail) => {
    const parts = judgeParts();
    const measured = measure(runOf(scriptedProject({ fail })), parts);
    await expect(measured).rejects.toMatchObject({ name: 'SandboxError', kind: 'our-fault' });
    expect(parts.sandbox.containers.map((container) => container.closed)).toEqual([true, true]);
  });

  test('a container that does not open leaves no other behind', async () => {
    const parts = judgeParts();
    const open = parts.sandbox.open.bind(parts.sandbox);
    parts.sandbox.open = async (spec) => {
      if (spec.role === 'predictor') throw new Error('no space left on device');
      return await open(spec);
    };
    await expect(measure(runOf(scriptedProject({})), parts)).rejects.toThrow('no space left');
    expect(parts.sandbox.containers.map((container) => container.closed)).toEqual([true]);
  });

  test('a corpus that is too small is said before anything is opened', async () => {
    const parts = { ...judgeParts(), corpus: corpusOf([{ source: 'one', text: Buffer.alloc(100, 'a') }]) };
    await expect(measure(runOf(scriptedProject({})), parts)).rejects.toThrow(CorpusTooSmallError);
    expect(parts.sandbox.containers).toEqual([]);
  });
});

describe('cancelling', () => {
  test.each(['train', 'predict'])('during %s ends both containers and throws the reason', async (op) => {
    const parts = judgeParts();
    const controller = new AbortController();
    parts.sandbox.beforeAnswer = (_, { header }) => {
      if (header.op === op) controller.abort(new Error('the lease is lost'));
    };
    const measured = measure(runOf(scriptedProject({})), { ...parts, signal: controller.signal });
    await expect(measured).rejects.toThrow('the lease is lost');
    expect(parts.sandbox.containers.map((container) => container.closed)).toEqual([true, true]);
  });

  test('before the start opens nothing', async () => {
    const parts = judgeParts();
    const signal = AbortSignal.abort(new Error('stopping'));
    await expect(measure(runOf(scriptedProject({})), { ...parts, signal })).rejects.toThrow('stopping');
    expect(parts.sandbox.containers).toEqual([]);
  });
});
