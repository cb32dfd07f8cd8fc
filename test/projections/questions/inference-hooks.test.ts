/** Hooks by gain against latency: numbers worked out by hand. */
import { expect, test } from '@jest/globals';
import { inferenceHooks } from '../../../projections/questions/inference-hooks.ts';
import { type Run, run, Story } from '../../support/evidence-story.ts';

/** A seed on which the hook reaches `loss` where plain `forward` reaches 4 bits, in `latencyUs` against 100. */
const hooked = (seed: number, loss: number, latencyUs: number): readonly Run[] => [
  run('reference', seed, 5_000_000),
  run('architecture', seed, 4_000_000, {
    hook: {
      points: [{ step: 2, lossMicrobits: loss, windows: 4 }],
      latency: { medianUs: latencyUs, p95Us: latencyUs },
      ending: { kind: 'completed', detail: '' },
    },
  }),
];

function told() {
  const story = new Story();
  const tell = (name: string, seeds: readonly (readonly [loss: number, latencyUs: number])[]) =>
    story.judged(
      { hotkey: name, architecture: name, inference: name },
      seeds.flatMap(([loss, latencyUs], seed) => hooked(seed, loss, latencyUs)),
    );
  tell('quick', [
    [3_900_000, 110],
    [3_890_000, 110],
    [3_880_000, 110],
  ]);
  tell('strong', [
    [3_500_000, 150],
    [3_490_000, 150],
    [3_480_000, 180],
  ]);
  tell('dominated', [
    [3_900_000, 190],
    [3_900_000, 190],
    [3_900_000, 190],
  ]);
  tell('slow', [
    [3_000_000, 300],
    [3_000_000, 300],
    [3_000_000, 300],
  ]);
  tell('useless', [[4_100_000, 100]]);
  story.judged({ hotkey: 'none', architecture: 'none' }, [
    run('reference', 0, 5_000_000),
    run('architecture', 0, 4_000_000),
  ]);
  return inferenceHooks.rows(story.evidence);
}

test('gain, latency, bound and Pareto front of each hook', () => {
  expect(
    told().map((row) => [
      row.hotkey,
      row.gainMicrobits.mean,
      row.latencyMilli.mean,
      row.slowestMilli,
      row.withinBound,
      row.paretoFront,
      row.improves,
    ]),
  ).toEqual([
    // The bound is twice plain `forward`.
    ['slow', 1_000_000, 3_000, 3_000, false, true, false],
    ['strong', 510_000, 1_600, 1_800, true, true, true],
    ['dominated', 100_000, 1_900, 1_900, true, false, true],
    ['quick', 110_000, 1_100, 1_100, true, true, true],
    // One seed bounds nothing; the fastest is on the front whatever it loses.
    ['useless', -100_000, 1_000, 1_000, true, true, false],
  ]);
});

test('the interval is over seeds', () => {
  const strong = told().find(({ hotkey }) => hotkey === 'strong');
  // Deviation 10,000, standard error 5,774 times 4.303.
  expect(strong).toMatchObject({
    judgedWith: 'architecture',
    gainMicrobits: { n: 3, standardError: 5_774, lower: 485_154, upper: 534_846 },
    boundMilli: 2_000,
  });
  expect(strong?.events).toHaveLength(3);
});
