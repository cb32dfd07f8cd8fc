/** Gains along the plan's ladders, each by the mean of area and late loss, and what is read from them. */
import type { Axis, Plan } from '../evaluation/plan.ts';
import type { Pair } from '../evaluation/runs.ts';
import { type Ladder, ladder, type Rung } from '../evaluation/signals/ladder.ts';
import { IGNORANCE_MICROBITS } from '../evaluation/units.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gain } from './gain.ts';
import { gainOf } from './gains.ts';
import type { Baseline, Runs } from './measured-runs.ts';

type Rules = Policy['scoring'];

/** Where the base point stands on every ladder. */
export const BASE_SCALE_MILLI = 1_000;

export interface LadderGains {
  readonly axis: Axis;
  /** The base point, then the plan's. */
  readonly rungs: readonly Rung<Gain>[];
  readonly reading: Ladder<Gain>;
}

function rungGain(runs: Runs, pair: Pair, point: number, baseline: Baseline, rules: Rules): Gain | null {
  const differences = runs.of(pair, 0, point).flatMap((run) => {
    const base = baseline(run, 'figure');
    return base === null ? [] : [base - runs.value(run, 'figure')];
  });
  return differences.length === 0 ? null : gainOf(differences, rules);
}

/** Each ladder with the base point as one of its rungs. One of which nothing was run, after a hopeless first stage, is read at that alone. */
export function laddersOf(
  runs: Runs,
  pair: Pair,
  baseline: Baseline,
  plan: Pick<Plan, 'ladders'>,
  rules: Rules,
): readonly LadderGains[] {
  const base = { scaleMilli: BASE_SCALE_MILLI, gain: rungGain(runs, pair, 0, baseline, rules) };
  const missing = gainOf([-IGNORANCE_MICROBITS], rules);
  let point = 0;
  return plan.ladders.flatMap(({ axis, rungs: planned }) => {
    const rungs = planned.map(({ scaleMilli }) => {
      point += 1;
      return { scaleMilli, gain: rungGain(runs, pair, point, baseline, rules) };
    });
    const wasRun = rungs.some(({ gain }) => gain !== null);
    const reading = ladder(wasRun ? [base, ...rungs] : [base], missing);
    return reading.kind === 'too-short' ? [] : [{ axis, rungs: [base, ...rungs], reading }];
  });
}
