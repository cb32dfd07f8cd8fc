/** The power law E + A (n / last)^-a through a curve: a robust fit in fixed steps, the same on every machine. */
import { exp, exp2, log } from '../../scoring/real.ts';

export interface PowerLaw {
  /** E: the loss that no amount of text takes away, 0 or more. */
  readonly floor: number;
  /** A: what there is above it at the last point, 0 or more. */
  readonly amplitude: number;
  /** a. */
  readonly exponent: number;
}

/** Relative residuals above this count by their size and no longer by their square (Hoffmann et al. 2022, equation 3). */
const HUBER_DELTA = 1e-3;
/** Exponents tried: 0.02 to 2.15, four to an octave. Published ones lie between 0.05 (Kaplan et al. 2020) and 0.5. */
const EXPONENTS = Array.from({ length: 28 }, (_, k) => 0.02 * exp2(k / 4));
const REWEIGHTINGS = 12;
const CUTS = 16;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Losses below a thousandth of a bit weigh as that: no text is so predictable, and one such point would outweigh all others. */
const LEAST_LOSS = 1_000;

interface Profile extends PowerLaw {
  readonly misfit: number;
}

/** Floor and amplitude of weighted least squares, both 0 or more: inside, or else on the better edge. Sums are of weight, x and loss y. */
function solve(
  w: number,
  wx: number,
  wy: number,
  wxx: number,
  wxy: number,
): [floor: number, amplitude: number] {
  const amplitude = (w * wxy - wx * wy) / (w * wxx - wx * wx);
  const floor = (wy - amplitude * wx) / w;
  if (amplitude >= 0 && floor >= 0 && Number.isFinite(amplitude)) return [floor, amplitude];
  const flat = wy / w;
  const bare = wxy / wxx;
  return flat * wy >= bare * wxy ? [flat, 0] : [0, bare];
}

/** |fitted - loss| / loss. */
function residual(
  law: readonly [floor: number, amplitude: number],
  x: number,
  loss: number,
  scale: number,
): number {
  const signed = (law[0] + law[1] * x - loss) * scale;
  return signed < 0 ? -signed : signed;
}

/** The best floor and amplitude for one exponent, given x = (n / last)^-exponent and 1 / loss as the scale of each residual. */
function profile(exponent: number, xs: Float64Array, losses: Float64Array, scales: Float64Array): Profile {
  // At 0, residuals are 1 and weigh the same: the first round is plain least squares.
  let law: [floor: number, amplitude: number] = [0, 0];
  for (let round = 0; round < REWEIGHTINGS; round += 1) {
    let w = 0;
    let wx = 0;
    let wy = 0;
    let wxx = 0;
    let wxy = 0;
    for (let i = 0; i < xs.length; i += 1) {
      const x = xs[i] ?? 0;
      const y = losses[i] ?? 0;
      const scale = scales[i] ?? 0;
      const r = residual(law, x, y, scale);
      const weight = r <= HUBER_DELTA ? scale * scale : (scale * scale * HUBER_DELTA) / r;
      w += weight;
      wx += weight * x;
      wy += weight * y;
      wxx += weight * x * x;
      wxy += weight * x * y;
    }
    law = solve(w, wx, wy, wxx, wxy);
  }
  let misfit = 0;
  for (let i = 0; i < xs.length; i += 1) {
    const r = residual(law, xs[i] ?? 0, losses[i] ?? 0, scales[i] ?? 0);
    misfit += r <= HUBER_DELTA ? (r * r) / 2 : HUBER_DELTA * (r - HUBER_DELTA / 2);
  }
  return { floor: law[0], amplitude: law[1], exponent, misfit };
}

/** Golden section for the least misfit between two exponents, in a fixed number of cuts; `best` if nothing there is better. */
function narrowed(at: (exponent: number) => Profile, best: Profile, from: number, to: number): PowerLaw {
  let [low, high] = [from, to];
  let left = at(high - GOLDEN * (high - low));
  let right = at(low + GOLDEN * (high - low));
  let least = best;
  for (let cut = 0; cut < CUTS; cut += 1) {
    const better = left.misfit <= right.misfit ? left : right;
    if (better.misfit < least.misfit) least = better;
    if (better === left) {
      high = right.exponent;
      right = left;
      left = at(high - GOLDEN * (high - low));
    } else {
      low = left.exponent;
      left = right;
      right = at(low + GOLDEN * (high - low));
    }
  }
  const { floor, amplitude, exponent } = least;
  return { floor, amplitude, exponent };
}

/**
 * Makes the fit for curves over these bytes. It has the least Huber misfit over relative residuals (fitted - loss) / loss.
 *
 * To first order these are the log residuals of Hoffmann et al. 2022, but with them the misfit is convex in E and A for a given exponent:
 * there is one minimum, found by reweighting (Holland and Welsch 1977), and only the exponent needs a grid, then a golden section between
 * the best one's neighbours. No start value, no stopping rule: Besiroglu et al. 2024 traced a published fit that was wrong to an optimiser
 * that stopped early.
 *
 * @param bytes increasing, above 0, at least 3
 * @returns the law for as many losses, each 0 or more, in microbits
 */
export function powerLawFitter(bytes: readonly number[]): (losses: readonly number[]) => PowerLaw {
  const logLast = log(bytes.at(-1) ?? 1);
  const logs = Float64Array.from(bytes, (n) => log(n) - logLast);
  const regressors = (exponent: number) => logs.map((l) => exp(-exponent * l));
  const grid = EXPONENTS.map((exponent) => ({ exponent, xs: regressors(exponent) }));
  return (losses) => {
    const values = Float64Array.from(losses);
    const scales = values.map((loss) => 1 / Math.max(loss, LEAST_LOSS));
    const profiles = grid.map(({ exponent, xs }) => profile(exponent, xs, values, scales));
    const best = profiles.reduce((least, tried) => (tried.misfit < least.misfit ? tried : least));
    const index = profiles.indexOf(best);
    return narrowed(
      (exponent) => profile(exponent, regressors(exponent), values, scales),
      best,
      EXPONENTS[index - 1] ?? best.exponent,
      EXPONENTS[index + 1] ?? best.exponent,
    );
  };
}
