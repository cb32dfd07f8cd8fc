/**
 * Which optimizer, loss and train-step changes remain stable as batch, depth, sequence length and parameter count increase? A recipe's gain over
 * the judge's on the same architecture, at each rung of each ladder, and whether it lasts.
 */
import { AXES, type Axis } from '../../domain/evaluation/plan.ts';
import { mean } from '../../domain/scoring/statistics.ts';
import { eventsOf, gridOf, type Observation, over } from './compare.ts';
import { type Judged, judgedOf } from './evidence.ts';
import { type Estimate, estimate, shareOf } from './interval.ts';
import { asked, grouped, type Row, ranked } from './question.ts';
import { comparedIn } from './recipes.ts';

/** The hooks that change how a model is trained. */
export const TRAINING_HOOKS = ['configure_optimizer', 'compute_loss', 'train_step'] as const;
export type TrainingHook = (typeof TRAINING_HOOKS)[number];

/**
 * `holds`: at every rung, the base point among them, the whole interval of the gain is above 0. `fails`: at some rung it is below 0, or a run of the
 * recipe ended early where the judge's did not. `unknown`: neither, or the plan has no such ladder, or a rung was not measured.
 */
export type Verdict = 'holds' | 'fails' | 'unknown';

export interface Rung {
  /** Thousandths of the base point's value on the axis. */
  readonly scaleMilli: number;
  /** Null where it was not measured. */
  readonly gainMicrobits: Estimate | null;
  /** Runs that ended early where those of the judge's recipe did not. */
  readonly ended: number;
}

export interface ScalingAnswer extends Row {
  readonly hotkey: string;
  readonly family: string | null;
  readonly training: string | null;
  /** Which of the hooks it brings; none: only another `get_recipe`. */
  readonly hooks: readonly TrainingHook[];
  /** `holds` where it holds on every axis, `fails` where it fails on one. */
  readonly verdict: Verdict;
  /** The gain at the rung where its lower end is least. Rows are ranked by it. */
  readonly worstMicrobits: Estimate;
  readonly base: Rung;
  readonly axes: readonly {
    readonly axis: Axis;
    readonly verdict: Verdict;
    readonly rungs: readonly Rung[];
  }[];
}

/** Recipes that bring the same hooks. */
export interface ScalingGroup {
  readonly hooks: readonly TrainingHook[];
  readonly recipes: number;
  readonly holds: number;
  readonly fails: number;
  readonly unknown: number;
  /** Share that holds, of those of which it is known; null where of none. */
  readonly holdsPpm: Estimate | null;
}

interface Measured {
  readonly observations: readonly Observation[];
  readonly ended: number;
}

/** Deviation of one observation from the mean of its rung, over all rungs, and the degrees of freedom: few seeds a rung are too few alone. */
function pooled(points: Iterable<Measured>): { readonly deviation: number; readonly degrees: number } {
  let squares = 0;
  let degrees = 0;
  for (const { observations } of points) {
    const values = observations.map(({ value }) => value);
    const centre = mean(values);
    squares += values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
    degrees += values.length - 1;
  }
  return { deviation: degrees === 0 ? 0 : Math.sqrt(squares / degrees), degrees };
}

function measuredIn(judged: Judged): ReadonlyMap<number, Measured> {
  const byPoint = grouped(comparedIn(gridOf(judged)), ({ own }) => String(own.point));
  return new Map(
    [...byPoint].map(([point, pairs]) => {
      const observations = pairs.map(({ base, own }) => over(base, own, (run) => run.figure));
      const ended = pairs.filter(({ base, own }) => base.completed && !own.completed).length;
      return [Number(point), { observations, ended }] as const;
    }),
  );
}

export function verdictOf(rungs: readonly Rung[]): Verdict {
  const below = ({ gainMicrobits: gain, ended }: Rung) => ended > 0 || (gain?.upper ?? 0) < 0;
  const above = ({ gainMicrobits: gain, ended }: Rung) => ended === 0 && (gain?.lower ?? 0) > 0;
  if (rungs.some(below)) return 'fails';
  return rungs.every(above) ? 'holds' : 'unknown';
}

/** An axis without a ladder is not known about. */
function overAll(axes: ScalingAnswer['axes']): Verdict {
  if (axes.some(({ verdict }) => verdict === 'fails')) return 'fails';
  return axes.every(({ verdict }) => verdict === 'holds') ? 'holds' : 'unknown';
}

function worstOf(gains: readonly Estimate[]): Estimate | undefined {
  const low = ({ lower }: Estimate) => lower ?? Number.NEGATIVE_INFINITY;
  return gains.toSorted((a, b) => low(a) - low(b) || a.mean - b.mean)[0];
}

function rowOf(judged: Judged): ScalingAnswer | null {
  const points = measuredIn(judged);
  const { deviation, degrees } = pooled(points.values());
  const { scoring, ladders } = judged.terms;
  const rungAt = (point: number, scaleMilli: number): Rung => {
    const found = points.get(point);
    if (found === undefined) return { scaleMilli, gainMicrobits: null, ended: 0 };
    const values = found.observations.map(({ value }) => value);
    const error = Math.round(deviation / Math.sqrt(values.length));
    const floored = Math.max(error, scoring.standardErrorFloorMicrobits);
    const gainMicrobits = estimate(values.length, mean(values), floored, degrees);
    return { scaleMilli, gainMicrobits, ended: found.ended };
  };
  const base = rungAt(0, 1_000);
  const axes = AXES.map((axis) => {
    const ladder = ladders.find((one) => one.axis === axis);
    const rungs = (ladder?.rungs ?? []).map(({ point, scaleMilli }) => rungAt(point, scaleMilli));
    return { axis, verdict: rungs.length === 0 ? 'unknown' : verdictOf([base, ...rungs]), rungs };
  });
  const all = [base, ...axes.flatMap(({ rungs }) => rungs)];
  const worstMicrobits = worstOf(all.flatMap(({ gainMicrobits }) => gainMicrobits ?? []));
  if (worstMicrobits === undefined) return null;
  return {
    subject: judged.submission,
    plan: judged.plan,
    hotkey: judged.hotkey,
    family: judged.family,
    training: judged.training,
    hooks: TRAINING_HOOKS.filter((hook) => judged.hooks.includes(hook)),
    verdict: overAll(axes),
    worstMicrobits,
    base,
    axes,
    events: eventsOf([...points.values()].flatMap(({ observations }) => observations)),
  };
}

/** Which kinds of change hold: rows by the hooks that they bring. */
export function groupsOf(rows: readonly ScalingAnswer[]): readonly ScalingGroup[] {
  const groups = [...grouped(rows, ({ hooks }) => hooks.join(' ')).values()];
  return groups.map((group) => {
    const count = (verdict: Verdict) => group.filter((row) => row.verdict === verdict).length;
    const [holds, fails, unknown] = [count('holds'), count('fails'), count('unknown')];
    const holdsPpm = shareOf(holds, holds + fails);
    return { hooks: group[0]?.hooks ?? [], recipes: group.length, holds, fails, unknown, holdsPpm };
  });
}

export const scaling = asked<ScalingAnswer>({
  name: 'questions/scaling',
  rows: (evidence) =>
    ranked(
      judgedOf(evidence).flatMap((judged) => rowOf(judged) ?? []),
      (row) => row.worstMicrobits,
    ),
  measures: { worstMicrobits: (row) => row.worstMicrobits },
});
