/** Weights of a total, chosen on some architectures and tried on others. */
import { type Couple, couplesOf, decision } from './ranking.ts';

/** One weight for each signal, summing to 1. */
export type Weights = readonly number[];

/** All weights of `signals` signals that are multiples of 1 / `parts`. */
export function weightGrid(signals: number, parts: number): Weights[] {
  const compositions = (left: number, places: number): number[][] =>
    places === 1
      ? [[left]]
      : Array.from({ length: left + 1 }, (_, first) =>
          compositions(left - first, places - 1).map((rest) => [first, ...rest]),
        ).flat();
  return compositions(parts, signals).map((weights) => weights.map((weight) => weight / parts));
}

/** @param figures by signal, then by architecture. Returns one total for each architecture. */
export function totalsOf(figures: readonly (readonly number[])[], weights: Weights): number[] {
  const architectures = figures[0]?.length ?? 0;
  return Array.from({ length: architectures }, (_, architecture) =>
    weights.reduce(
      (sum, weight, signal) => sum + (weight === 0 ? 0 : weight * (figures[signal]?.[architecture] ?? 0)),
      0,
    ),
  );
}

function meanOf(all: readonly Weights[]): Weights {
  return (all[0] ?? []).map(
    (_, signal) => all.reduce((sum, weights) => sum + (weights[signal] ?? 0), 0) / all.length,
  );
}

/** What the couples of a grid's totals are worth: right[w][c] for weights w and couple c. */
interface Decisions {
  readonly grid: readonly Weights[];
  readonly couples: readonly Couple[];
  readonly right: readonly (readonly number[])[];
}

function decisionsOf(
  figures: readonly (readonly number[])[],
  truth: readonly number[],
  grid: readonly Weights[],
  couples: readonly Couple[],
): Decisions {
  const right = grid.map((weights) => {
    const totals = totalsOf(figures, weights);
    return couples.map((couple) => {
      const value = decision(totals, truth, couple);
      return Number.isNaN(value) ? 0 : value;
    });
  });
  return { grid, couples, right };
}

/**
 * The mean of all weights of the grid that decide the most of the couples for which `counts` holds: the middle of what the data cannot tell
 * apart, rather than one corner of it.
 */
function bestOf({ grid, couples, right }: Decisions, counts: (couple: Couple) => boolean): Weights {
  const used = couples.flatMap((couple, index) => (counts(couple) ? [index] : []));
  const scores = right.map((row) => used.reduce((sum, index) => sum + (row[index] ?? 0), 0));
  const best = Math.max(...scores);
  return meanOf(grid.filter((_, index) => (scores[index] ?? 0) >= best - 1e-9));
}

/** The weights that fit all architectures best; how well they fit says nothing of how well they predict. */
export function fittedWeights(
  figures: readonly (readonly number[])[],
  truth: readonly number[],
  grid: readonly Weights[],
): Weights {
  return bestOf(decisionsOf(figures, truth, grid, couplesOf(truth.length)), () => true);
}

/**
 * Leave-two-out: each couple is decided by weights that were chosen without either of its architectures. Returns, for each of `couples`,
 * whether it was decided right (1, 0, or 1/2 for a tie).
 */
export function heldOutDecisions(
  figures: readonly (readonly number[])[],
  truth: readonly number[],
  grid: readonly Weights[],
  couples: readonly Couple[],
): number[] {
  const all = decisionsOf(figures, truth, grid, couplesOf(truth.length));
  return couples.map((held) => {
    const weights = bestOf(all, ([i, j]) => !held.includes(i) && !held.includes(j));
    return decision(totalsOf(figures, weights), truth, held);
  });
}
