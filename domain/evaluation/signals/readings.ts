/**
 * What signals have in common. A signal never throws on data and never says NaN: it is a reading in range, its worst value, or one of the
 * two values below that say why there is none.
 */
import type { CurvePoint } from '../measurement.ts';
import { MICROBITS_PER_BYTE } from '../units.ts';

/** The plan is too short for this signal. It says nothing about the learner, who cannot shorten a plan. */
export interface TooShort {
  readonly kind: 'too-short';
  /** What there is too little of. */
  readonly of: string;
  readonly has: number;
  readonly needs: number;
}

/** What was said cannot be read: too few values, too many, or such as cannot be. To be treated as the signal's worst value. */
export interface Unusable {
  readonly kind: 'unusable';
  /** Values that are missing, surplus or impossible. */
  readonly invalid: number;
}

/** A judged point; its standard error is the caller's, from the losses of its windows. Without one, nothing is excused as noise. */
export type Point = Pick<CurvePoint, 'step' | 'bytesRevealed' | 'lossMicrobits'> & {
  readonly standardErrorMicrobits?: number | undefined;
};

/** No loss is worse: the cap of `curvePointSchema`. */
export const WORST_LOSS_MICROBITS = 64 * MICROBITS_PER_BYTE;

export function tooShort(of: string, has: number, needs: number): TooShort {
  return { kind: 'too-short', of, has, needs };
}

const isLoss = (value: number) => Number.isSafeInteger(value) && value >= 0 && value <= WORST_LOSS_MICROBITS;

/** Whether steps and bytes are integers that increase from 0 or more, and every loss is one that a curve may have. */
export function isCurve(points: readonly Point[]): boolean {
  let step = -1;
  let bytes = -1;
  for (const point of points) {
    const grows = point.step > step && point.bytesRevealed > bytes;
    const whole = Number.isSafeInteger(point.step) && Number.isSafeInteger(point.bytesRevealed);
    if (!(grows && whole && isLoss(point.lossMicrobits))) return false;
    step = point.step;
    bytes = point.bytesRevealed;
  }
  return true;
}

/** The standard error of a point in microbits; null where the caller gave none that can be one. */
export function standardErrorOf(point: Point): number | null {
  const error = point.standardErrorMicrobits;
  return error !== undefined && isLoss(error) ? error : null;
}

/** To the nearest integer within `least` and `most`; what is NaN reads as `most`, so `most` is the worst end. Never -0. */
export function bounded(value: number, least: number, most: number): number {
  if (Number.isNaN(value)) return most;
  return Math.min(Math.max(Math.round(value), least), most) + 0;
}
