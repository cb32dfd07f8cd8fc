/** Paired differences: a run less what was measured beside it, on the same streams. */

import type { Pair } from '../../domain/evaluation/runs.ts';
import { referenceAtCost } from '../../domain/evaluation/signals/equal-cost.ts';
import type { Judged } from './evidence.ts';
import type { RunFigures } from './figures.ts';
import { type Estimate, estimateOf } from './interval.ts';
import type { Terms } from './terms.ts';

/** One number, and the log indices of the measurements that it was computed from. */
export interface Observation {
  readonly value: number;
  readonly events: readonly number[];
}

/** The figures that pairs are compared by, in microbits per byte. */
export type Key = 'area' | 'figure';

const nameOf = (pair: Pair, variant: number, point: number, seed: number) =>
  `${pair} ${variant} ${point} ${seed}`;

/** Runs of one submission, found by what they are. */
export class Grid {
  readonly runs: readonly RunFigures[];
  readonly terms: Terms;
  readonly #byName: ReadonlyMap<string, RunFigures>;

  constructor(runs: readonly RunFigures[], terms: Terms) {
    this.runs = runs;
    this.terms = terms;
    this.#byName = new Map(
      runs.map((run) => [nameOf(run.pair, run.variant, run.point, run.seed), run] as const),
    );
  }

  /** The run of `pair` beside `run`. */
  beside(run: RunFigures, pair: Pair, variant = 0): RunFigures | undefined {
    return this.#byName.get(nameOf(pair, variant, run.point, run.seed));
  }

  /** The judge's panel beside `run`: every member that was measured there. */
  panelBeside(run: RunFigures) {
    return this.terms.panel.flatMap((member, variant) => {
      const found = this.beside(run, 'reference', variant);
      return found === undefined ? [] : [{ ...member, run: found }];
    });
  }
}

/** All decided rounds together: seeds are never used twice. */
export function gridOf({ rounds, terms }: Judged): Grid {
  return new Grid(
    rounds.flatMap(({ runs }) => runs),
    terms,
  );
}

const indices = (...runs: readonly RunFigures[]) => runs.map(({ index }) => index);

/** Gain over the best of the panel at equal bytes, each member at its plain cost; null where none was measured. */
export function overPanelAtBytes(
  grid: Grid,
  run: RunFigures,
  reading: (run: RunFigures) => number,
): Observation | null {
  const panel = grid.panelBeside(run).filter(({ cost }) => cost === 1);
  if (panel.length === 0) return null;
  const best = Math.min(...panel.map((member) => reading(member.run)));
  return { value: best - reading(run), events: indices(run, ...panel.map((member) => member.run)) };
}

/** The best that the panel reaches beside `run` with `costUs` of device time: as the score has it. Null where none was measured. */
function panelAtCost(grid: Grid, run: RunFigures, key: Key, costUs: number): number | null {
  const panel = grid.panelBeside(run);
  const best = [...new Set(panel.map(({ model }) => model))].map((model) => {
    const points = panel
      .filter((member) => member.model === model)
      .map((member) => ({ costUs: member.run.costUs, figureMicrobits: member.run[key] }));
    const found = referenceAtCost(points, costUs);
    return found.kind === 'too-short'
      ? Math.min(...points.map(({ figureMicrobits }) => figureMicrobits))
      : found.figureMicrobits;
  });
  return best.length === 0 ? null : Math.min(...best);
}

/** Gain over the best of the panel at the device time of `run`. */
export function overPanelAtCost(grid: Grid, run: RunFigures, key: Key): Observation | null {
  const best = panelAtCost(grid, run, key, run.costUs);
  const panel = grid.panelBeside(run).map((member) => member.run);
  return best === null ? null : { value: best - run[key], events: indices(run, ...panel) };
}

/** Gain of `run` over `base` on the same streams. */
export function over(base: RunFigures, run: RunFigures, reading: (run: RunFigures) => number): Observation {
  return { value: reading(base) - reading(run), events: indices(base, run) };
}

/** The same, where what `run` costs more is credited to `base` at what that is worth to the panel. */
export function overAtCost(grid: Grid, base: RunFigures, run: RunFigures, key: Key): Observation | null {
  const [dear, cheap] = [run, base].map(({ costUs }) => panelAtCost(grid, run, key, costUs));
  if (dear === null || dear === undefined || cheap === null || cheap === undefined) return null;
  const panel = grid.panelBeside(run).map((member) => member.run);
  return {
    value: base[key] - Math.max(0, cheap - dear) - run[key],
    events: indices(base, run, ...panel),
  };
}

export function estimateObservations(observations: readonly Observation[], floor = 0): Estimate | null {
  return estimateOf(
    observations.map(({ value }) => value),
    floor,
  );
}

/** Log indices that observations rest on, each once, ascending. */
export function eventsOf(observations: readonly Observation[]): readonly number[] {
  return [...new Set(observations.flatMap(({ events }) => events))].sort((a, b) => a - b);
}
