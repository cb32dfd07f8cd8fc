/** How well one order predicts another. Both are figures of the same things; in both, lower is better. */

/** Two things, by their places. */
export type Couple = readonly [number, number];

/** All couples of `count` things. */
export function couplesOf(count: number): Couple[] {
  return Array.from({ length: count }, (_, i) => Array.from({ length: i }, (_, j): Couple => [j, i])).flat();
}

/** -1, 0 or 1; 0 too where a figure is missing or NaN. */
function order(figures: readonly number[], [i, j]: Couple): number {
  return Math.sign((figures[i] ?? Number.NaN) - (figures[j] ?? Number.NaN)) || 0;
}

/**
 * Whether `predicted` decides a couple as `actual` does: 1 right, 0 wrong, 1/2 where it does not decide. NaN where `actual` has no order
 * (nothing can be right).
 */
export function decision(predicted: readonly number[], actual: readonly number[], couple: Couple): number {
  const truth = order(actual, couple);
  return truth === 0 ? Number.NaN : (1 + order(predicted, couple) * truth) / 2;
}

export interface Accuracy {
  /** Couples that were decided right, a tie counting one half. */
  readonly right: number;
  /** Couples that have an order to be predicted. */
  readonly couples: number;
  /** The first over the second; NaN where there are none. */
  readonly share: number;
}

/** Pairwise decision accuracy over `couples` (default: all): DataDecide, arXiv 2504.11393, section 2. */
export function decisionAccuracy(
  predicted: readonly number[],
  actual: readonly number[],
  couples: readonly Couple[] = couplesOf(actual.length),
): Accuracy {
  const decisions = couples
    .map((couple) => decision(predicted, actual, couple))
    .filter((value) => !Number.isNaN(value));
  const right = decisions.reduce((sum, value) => sum + value, 0);
  return { right, couples: decisions.length, share: right / decisions.length };
}

/**
 * Kendall's tau-b, from -1 (reversed) to 1 (the same order): concordant less discordant couples over the geometric mean of the numbers of
 * couples untied in each. Kendall 1945, "The treatment of ties in ranking problems". NaN where one side is all ties.
 */
export function kendallTau(
  predicted: readonly number[],
  actual: readonly number[],
  couples: readonly Couple[] = couplesOf(actual.length),
): number {
  let agreement = 0;
  let untiedPredicted = 0;
  let untiedActual = 0;
  for (const couple of couples) {
    const [a, b] = [order(predicted, couple), order(actual, couple)];
    agreement += a * b;
    untiedPredicted += a * a;
    untiedActual += b * b;
  }
  return agreement / Math.sqrt(untiedPredicted * untiedActual);
}
