/** A straight line by weighted least squares, with the standard error of its slope. */

export interface Observation {
  readonly x: number;
  readonly y: number;
  /** Above 0: the inverse square of what `y` is uncertain by, up to a common factor. */
  readonly weight: number;
}

export interface Slope {
  readonly slope: number;
  /** What the scatter about the line says, sqrt(chi^2 / (k - 2)) times `standardErrorOfWeights`; 0 for two points, which have no scatter. */
  readonly standardErrorOfScatter: number;
  /** What the weights say, taken as inverse variances. */
  readonly standardErrorOfWeights: number;
}

/** Null where fewer than two different x are given. Exact up to rounding in doubles; sums run in the given order. */
export function slopeOf(observations: readonly Observation[]): Slope | null {
  let weights = 0;
  let sumX = 0;
  let sumY = 0;
  for (const { x, y, weight } of observations) {
    weights += weight;
    sumX += weight * x;
    sumY += weight * y;
  }
  const centreX = sumX / weights;
  const centreY = sumY / weights;
  let spread = 0;
  let shared = 0;
  for (const { x, y, weight } of observations) {
    spread += weight * (x - centreX) * (x - centreX);
    shared += weight * (x - centreX) * (y - centreY);
  }
  if (new Set(observations.map(({ x }) => x)).size < 2 || !(spread > 0)) return null;
  const slope = shared / spread;
  let misfit = 0;
  for (const { x, y, weight } of observations) {
    const residual = y - centreY - slope * (x - centreX);
    misfit += weight * residual * residual;
  }
  const standardErrorOfWeights = Math.sqrt(1 / spread);
  const freedom = observations.length - 2;
  return {
    slope,
    standardErrorOfWeights,
    standardErrorOfScatter: freedom > 0 ? standardErrorOfWeights * Math.sqrt(misfit / freedom) : 0,
  };
}
