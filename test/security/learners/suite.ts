/** The tests that every case has. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { MeasuredRun } from '../../../services/evaluator/judge/run.ts';
import type { Copy, HonestCase, HostileCase } from './case.ts';
import { COPIES } from './copies.ts';
import { CHECKPOINTS, figure, judged, leftOver, lookingAhead } from './judged.ts';

/** A case has up to six containers, and may share its machine with others. */
const PATIENCE_MS = 180_000;
/** Runs side by side: one for each core of a small machine. */
const WIDTH = 2;
/** Two honest runs on the same streams that differ by chance only (another order of sums, another dropout) differ by less. */
const NOISE_MICROBITS = 20_000;

const copies = new Map<Copy, Promise<MeasuredRun>>();

/** The run of an honest copy, made once. */
async function honestCopy(name: Copy): Promise<MeasuredRun> {
  const known = copies.get(name) ?? judged(COPIES[name]);
  copies.set(name, known);
  const run = await known;
  expect(run.ending).toEqual({ kind: 'completed', detail: '' });
  return run;
}

function copyOf(hostile: HostileCase): Copy {
  return hostile.copy ?? (hostile.recipe === 'submission' ? 'recipe' : 'table');
}

async function assertHarmless(hostile: HostileCase, run: MeasuredRun): Promise<void> {
  const [kind, detail] = hostile.ends;
  expect(run.ending).toEqual({ kind, detail: expect.stringMatching(detail) });
  expect(run.curve).toHaveLength(CHECKPOINTS);
  hostile.shows?.(run);
  const copy = await honestCopy(copyOf(hostile));
  if (hostile.inVain) expect(run.curve).toEqual(copy.curve);
  else
    expect(figure(run, hostile.counted)).toBeGreaterThanOrEqual(
      figure(copy, hostile.counted) - NOISE_MICROBITS,
    );
}

/** One container pair for each case; afterwards an honest run is what it was before, and no container is left. */
export function describeHostile(title: string, cases: readonly HostileCase[]): void {
  describe(title, () => {
    const run = lookingAhead(
      cases.map(
        (hostile) => () =>
          judged(hostile, { late: hostile.ends[0] === 'late', checked: hostile.checked ?? false }),
      ),
      WIDTH,
    );
    test.each(cases.map((hostile, index) => [hostile.name, hostile, index] as const))(
      '%s',
      async (_name, hostile, index) => assertHarmless(hostile, await run(index)),
      PATIENCE_MS,
    );

    test(
      'none of them has left anything behind',
      async () => {
        const before = await honestCopy('table');
        expect((await judged(COPIES.table)).curve).toEqual(before.curve);
      },
      PATIENCE_MS,
    );
  });
}

/** The attacks are real: where nothing is repeated they gain. */
export function describeUnchecked(title: string, cases: readonly HostileCase[]): void {
  describe(title, () => {
    const attacks = cases.filter(({ gainsUnchecked }) => gainsUnchecked !== undefined);
    const run = lookingAhead(
      attacks.map((hostile) => () => judged(hostile)),
      WIDTH,
    );
    test.each(attacks.map((hostile, index) => [hostile.name, hostile, index] as const))(
      '%s',
      async (_name, hostile, index) => {
        const gained = figure(await honestCopy(copyOf(hostile))) - figure(await run(index));
        expect(gained).toBeGreaterThanOrEqual(hostile.gainsUnchecked ?? 0);
      },
      PATIENCE_MS,
    );
  });
}

/** An honest project is judged to its end, at every checkpoint. */
export function describeHonest(title: string, cases: readonly HonestCase[]): void {
  describe(title, () => {
    const run = lookingAhead(
      cases.map((honest) => () => judged(honest, { checked: true })),
      WIDTH,
    );
    test.each(cases.map((honest, index) => [honest.name, honest, index] as const))(
      '%s',
      async (_name, _honest, index) => {
        const { ending, curve, hook } = await run(index);
        expect(ending).toEqual({ kind: 'completed', detail: '' });
        if (hook !== null) expect(hook.ending).toEqual({ kind: 'completed', detail: '' });
        expect(curve.every(({ windows }) => windows > 0)).toBe(true);
      },
      PATIENCE_MS,
    );
  });
}

/** Call once in a file of tests. */
export function leavesNoContainer(): void {
  afterAll(async () => {
    expect(await leftOver()).toBe(0);
  });
}
