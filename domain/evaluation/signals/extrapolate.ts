/** What a learner would have come to on ten times the text, and how much of that may count. */
import { pow } from '../../scoring/real.ts';
import { Draws } from '../draws.ts';
import type { LastShare } from './late.ts';
import { type PowerLaw, powerLawFitter } from './power-law.ts';
import { bounded, isCurve, type Point, type TooShort, tooShort, WORST_LOSS_MICROBITS } from './readings.ts';

/** How far beyond the last checkpoint is read. */
export const EXTRAPOLATION_FACTOR = 10;
export const LAST_TENTH: LastShare = [1, 10];

/** Three parameters leave two points to say how well they fit. */
const LEAST_POINTS = 5;
/** Over less than a factor of four in text, the exponent is noise. */
const LEAST_SPAN = 4;
const RESAMPLES = 100;
/** Of 100 sorted resamples: 2.5 % and 97.5 %, rounded outwards. */
const LOWER_RANK = 2;
const UPPER_RANK = 97;

export interface Extrapolation {
  readonly kind: 'fit';
  /** Loss at 10x the last bytes revealed, in microbits per byte. */
  readonly lossMicrobits: number;
  /** E of the law: what is left after any amount of text. */
  readonly floorMicrobits: number;
  /** a of the law, in thousandths. */
  readonly exponentMilli: number;
}

export interface ExtrapolationInterval extends Extrapolation {
  readonly lowerMicrobits: number;
  readonly upperMicrobits: number;
}

interface Fit {
  readonly kind: 'law';
  readonly bytes: readonly number[];
  readonly losses: readonly number[];
  readonly fitTo: (losses: readonly number[]) => PowerLaw;
  readonly law: PowerLaw;
}

/** A curve that is none: the worst loss, and staying there. */
const WORST: PowerLaw = { floor: WORST_LOSS_MICROBITS, amplitude: 0, exponent: 0 };

function fitCurve(curve: readonly Point[]): Fit | TooShort {
  if (!isCurve(curve)) return { kind: 'law', bytes: [], losses: [], fitTo: () => WORST, law: WORST };
  const points = curve.filter(({ bytesRevealed }) => bytesRevealed > 0);
  const bytes = points.map(({ bytesRevealed }) => bytesRevealed);
  const losses = points.map(({ lossMicrobits }) => lossMicrobits);
  if (points.length < LEAST_POINTS) return tooShort('checkpoints', points.length, LEAST_POINTS);
  const span = (bytes.at(-1) ?? 0) / (bytes[0] ?? 1);
  if (span < LEAST_SPAN) return tooShort('last bytes over first', Math.floor(span), LEAST_SPAN);
  const fitTo = powerLawFitter(bytes);
  return { kind: 'law', bytes, losses, fitTo, law: fitTo(losses) };
}

const microbits = (value: number) => bounded(value, 0, WORST_LOSS_MICROBITS);
const beyond = (law: PowerLaw) => law.floor + law.amplitude * pow(EXTRAPOLATION_FACTOR, -law.exponent);

function readingOf(law: PowerLaw): Extrapolation {
  return {
    kind: 'fit',
    lossMicrobits: microbits(beyond(law)),
    floorMicrobits: microbits(law.floor),
    exponentMilli: bounded(law.exponent * 1_000, 0, 10_000),
  };
}

/**
 * Fits E + A n^-a to the loss over bytes revealed n, and reads it at 10x the last n: never above the fitted loss at the last n, and 0 at
 * least. Checkpoints before any text was revealed are left out. Points that are no curve read as the worst loss.
 */
export function extrapolate(curve: readonly Point[]): Extrapolation | TooShort {
  const fit = fitCurve(curve);
  return fit.kind === 'too-short' ? fit : readingOf(fit.law);
}

/** Sorted values at 10x of refits to the law with its own relative residuals drawn again, widened for the three fitted parameters. */
function resampled({ bytes, losses, fitTo, law }: Fit, seed: string): number[] {
  const last = bytes.at(-1) ?? 1;
  const fitted = bytes.map((n) => law.floor + law.amplitude * pow(last / n, law.exponent));
  const widen = Math.sqrt(bytes.length / (bytes.length - 3));
  const residuals = fitted.map((value, i) => (widen * ((losses[i] ?? 0) - value)) / Math.max(value, 1));
  const draws = new Draws(seed, 'bootstrap');
  return Array.from({ length: RESAMPLES }, () => {
    const drawn = () => residuals[draws.below(residuals.length)] ?? 0;
    return beyond(fitTo(fitted.map((value) => Math.max(0, value * (1 + drawn())))));
  }).sort((a, b) => a - b);
}

/**
 * The same with a 95 % interval, by a bootstrap over residuals (Efron 1979). About a hundred times the work of the value alone.
 *
 * The interval is that of the fit, given that the curve is a power law; whether it is, no interval of one curve can say. With normal noise of
 * 0.3 and 1.5 % at 6 to 24 checkpoints over a factor of 12 it held the truth in 77 to 100 % of simulated runs, 89 % on average: the fewer
 * checkpoints, the more it is too narrow. The error of the value itself was 0.02 to 0.06 bit with 0.3 % noise, 0.1 to 0.24 with 1.5 %.
 *
 * @param seed the run's, 64 hex digits; throws `RangeError` otherwise
 */
export function extrapolationInterval(
  curve: readonly Point[],
  seed: string,
): ExtrapolationInterval | TooShort {
  const fit = fitCurve(curve);
  if (fit.kind === 'too-short') return fit;
  const value = beyond(fit.law);
  const values = fit.bytes.length === 0 ? [] : resampled(fit, seed);
  return {
    ...readingOf(fit.law),
    lowerMicrobits: microbits(Math.min(value, values[LOWER_RANK] ?? value)),
    upperMicrobits: microbits(Math.max(value, values[UPPER_RANK] ?? value)),
  };
}

/** The gains that an extrapolation is held against; the reference's microbits per byte less one's own, so positive is better. */
export interface Extrapolated {
  /** At 10x the bytes. */
  readonly tenfold: number;
  /** In the last tenth of the steps. */
  readonly tenth: number;
  readonly area: number;
}

/**
 * The extrapolated gain that counts: the least of the gain at 10x, in the last tenth of the steps and in the area. All three in one unit.
 *
 * A fit rewards a steep fall, so giving up early loss on purpose raises the gain at 10x alone. Here it never counts more than the area and
 * the end are worth, and both only fall by it: extrapolation can take away from an honest gain, and not add to it. What is left is that a
 * learner for whom 10x is the least of the three may win some of that back, at a loss in the other two: any reading of a slope has this.
 */
export function countedExtrapolation({ tenfold, tenth, area }: Extrapolated): number {
  return Math.min(tenfold, tenth, area);
}
