/**
 * Hostile and honest projects on the real judge, with real containers and PyTorch. They are past review here, which would have stopped most
 * of the hostile ones: what review misses must not matter. This half is a few of each; `all.slow.ts` has them all.
 */
import { describe, expect, test } from '@jest/globals';
import { COPIES } from './copies.ts';
import { HONEST } from './honest/index.ts';
import { HOSTILE } from './hostile/index.ts';
import { forkBomb, memoryBomb } from './hostile/resources.ts';
import { figure, judged } from './judged.ts';
import { describeHonest, describeHostile, leavesNoContainer } from './suite.ts';

const hostile = Object.values(HOSTILE).flat();
const honest = Object.values(HONEST).flat();

test('there are enough of them, each with a name of its own', () => {
  for (const [cases, least] of [
    [hostile, 75],
    [honest, 60],
  ] as const) {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(least);
  }
});

test('the honest copies learn, so that there is something to gain', async () => {
  for (const copy of Object.values(COPIES)) expect(figure(await judged(copy))).toBeLessThan(7_500_000);
}, 60_000);

describeHostile(
  'hostile',
  hostile.filter(({ fast }) => fast),
);
describeHonest(
  'honest',
  honest.filter(({ fast }) => fast),
);

describe('side by side', () => {
  test.each([
    [forkBomb.name, forkBomb],
    [memoryBomb.name, memoryBomb],
  ] as const)(
    'an honest run beside one that %s is what it is alone',
    async (_name, bomb) => {
      const [bombed, beside] = await Promise.all([
        judged(bomb, { late: bomb.ends[0] === 'late' }),
        judged(COPIES.table),
      ]);
      expect(bombed.ending.kind).toBe(bomb.ends[0]);
      expect(beside.curve).toEqual((await judged(COPIES.table)).curve);
    },
    60_000,
  );
});

leavesNoContainer();
