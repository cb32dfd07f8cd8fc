/** Whether weights and updates grew, at the base point over steps and along the ladder of sizes. It describes, and counts nothing. */
import type { Plan } from '../evaluation/plan.ts';
import { fastestGrowth, type Growth, type NormPoint } from '../evaluation/signals/norms.ts';
import type { TooShort } from '../evaluation/signals/readings.ts';
import type { Card } from './card.ts';
import { BASE_SCALE_MILLI } from './ladder-gains.ts';
import type { Runs, ScoredRun } from './measured-runs.ts';

type Norm = 'weightNano' | 'updateNano';

/** The norm at each checkpoint; null where the run did not get there. The first snapshot has nothing before it to be an update of. */
function overSteps({ curve, norms }: ScoredRun, norm: Norm): NormPoint[] {
  const points = curve.map(({ step }) => ({
    at: step,
    rmsNano: norms.find((taken) => taken.step === step)?.[norm] ?? null,
  }));
  return norm === 'updateNano' ? points.slice(1) : points;
}

/** The norm at the end of the runs of one seed, by size; null where not every size was run. */
function acrossSizes(
  runs: Runs,
  { pair, seed }: ScoredRun,
  sizes: readonly { readonly scaleMilli: number; readonly point: number }[],
  norm: Norm,
): NormPoint[] | null {
  const points = sizes.flatMap(({ scaleMilli, point }) => {
    const run = runs.on(pair, 0, point, seed);
    return run === undefined
      ? []
      : [{ at: scaleMilli, rmsNano: overSteps(run, norm).at(-1)?.rmsNano ?? null }];
  });
  return points.length === sizes.length ? points : null;
}

/** Smallest first, the base point among them; only that where the plan has no ladder of sizes. */
function sizesOf({ ladders }: Pick<Plan, 'ladders'>) {
  const sizes = [{ scaleMilli: BASE_SCALE_MILLI, point: 0 }];
  let point = 0;
  for (const { axis, rungs } of ladders) {
    for (const { scaleMilli } of rungs) {
      point += 1;
      if (axis === 'size') sizes.push({ scaleMilli, point });
    }
  }
  return sizes.sort((a, b) => a.scaleMilli - b.scaleMilli);
}

function lineOf(growth: Growth | TooShort): Card['growth']['overSteps']['weight'] {
  if (growth.kind === 'too-short') return null;
  const { kind: _, ...line } = growth;
  return line;
}

/** Of a pair at the seed where each grows fastest. */
export function growthOf(runs: Runs, pair: Card['pair'], plan: Pick<Plan, 'ladders'>): Card['growth'] {
  const base = runs.of(pair, 0, 0);
  const sizes = sizesOf(plan);
  const steps = (norm: Norm) => lineOf(fastestGrowth(base.map((run) => overSteps(run, norm))));
  const across = (norm: Norm) =>
    lineOf(
      fastestGrowth(
        base.map((run) => acrossSizes(runs, run, sizes, norm)).filter((points) => points !== null),
      ),
    );
  return {
    overSteps: { weight: steps('weightNano'), update: steps('updateNano') },
    acrossSizes: { weight: across('weightNano'), update: across('updateNano') },
  };
}
