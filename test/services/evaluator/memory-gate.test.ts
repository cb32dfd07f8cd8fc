import { describe, expect, test } from '@jest/globals';
import { Devices } from '../../../services/evaluator/devices.ts';
import { MemoryGate } from '../../../services/evaluator/memory-gate.ts';
import { shortPlan } from '../../doubles/short-plan.ts';
import { baseRun } from '../../support/measurement.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function reserved(gate: MemoryGate, ...sizes: readonly number[]) {
  const started: number[] = [];
  const releases: (() => void)[] = [];
  for (const [index, bytes] of sizes.entries()) {
    void gate.reserve(bytes).then((release) => {
      started.push(index);
      releases[index] = release;
    });
  }
  await settled();
  return { started, release: (index: number) => releases[index]?.() };
}

describe('memory', () => {
  test('lets runs in as far as it goes, in their order', async () => {
    const { started, release } = await reserved(new MemoryGate(100), 60, 50, 10);
    expect(started).toEqual([0]);
    release(0);
    await settled();
    expect(started).toEqual([0, 1, 2]);
  });

  test('lets one run in however large it is, and none beside it', async () => {
    const { started, release } = await reserved(new MemoryGate(100), 1_000, 1);
    expect(started).toEqual([0]);
    release(0);
    release(0);
    await settled();
    expect(started).toEqual([0, 1]);
  });

  test('is expected by what the same kind of run has held, by its limits before', () => {
    const gate = new MemoryGate(1);
    const limits = shortPlan.trainer.memoryBytes + shortPlan.predictor.memoryBytes;
    const run = baseRun('architecture');
    expect(gate.expect(run, shortPlan)).toBe(limits);
    gate.learn(run, { trainerPeakBytes: 300, predictorPeakBytes: 100 });
    gate.learn(baseRun('architecture', 1), { trainerPeakBytes: 200, predictorPeakBytes: 100 });
    expect(gate.expect(run, shortPlan)).toBe(500);
    expect(gate.expect({ ...run, point: 1 }, shortPlan)).toBe(limits);
    gate.learn(run, { trainerPeakBytes: 0, predictorPeakBytes: 5_000_000 });
    expect(gate.expect(run, shortPlan)).toBe(500);
    gate.learn(run, { trainerPeakBytes: limits, predictorPeakBytes: limits });
    expect(gate.expect(run, shortPlan)).toBe(limits);
  });
});

describe('devices', () => {
  test('a GPU belongs to one run at a time', async () => {
    const devices = new Devices({ kind: 'cuda', class: 'H100', ids: ['0', '1'] });
    const [first, second] = [await devices.take(), await devices.take()];
    expect([first.device, second.device]).toMatchObject([{ ids: ['0'] }, { ids: ['1'] }]);
    let third: unknown;
    void devices.take().then(({ device }) => {
      third = device;
    });
    await settled();
    expect(third).toBeUndefined();
    second.release();
    second.release();
    await settled();
    expect(third).toMatchObject({ kind: 'cuda', class: 'H100', ids: ['1'] });
  });

  test('the CPU is shared', async () => {
    const cpu = { kind: 'cpu', class: 'test' } as const;
    const devices = new Devices(cpu);
    expect((await Promise.all([devices.take(), devices.take()])).map(({ device }) => device)).toEqual([
      cpu,
      cpu,
    ]);
  });
});
