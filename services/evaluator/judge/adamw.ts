/**
 * The arithmetic of the judge's recipe, which the judge does over again: AdamW as torch has it (Loshchilov and Hutter 2019,
 * arXiv:1711.05101), with clipped gradients. What gradient there was only the container knows; that there was one at all shows in the two
 * moments, and what it did to the weights follows from them.
 */
import type { DTYPES } from '../../../domain/evaluation/measurement.ts';
import { elements } from './elements.ts';

/** The judge's recipe; a test compares it with what the host says of it. */
export const REFERENCE_RECIPE = {
  learningRate: 4e-3,
  betas: [0.9, 0.95],
  epsilon: 1e-8,
  weightDecay: 0.01,
  warmupSteps: 20,
  clipNorm: 1,
} as const;

const {
  betas: [BETA1, BETA2],
  epsilon: EPSILON,
} = REFERENCE_RECIPE;

type Dtype = (typeof DTYPES)[number];
type Round = (value: number) => number;

/** A parameter with its optimiser's state; both moments have its type. */
export interface Moments {
  readonly weights: Buffer;
  readonly first: Buffer;
  readonly second: Buffer;
  /** Optimiser steps that it has had. */
  readonly count: number;
}

/** Bits of a number's significand, the hidden one included. Integers have no AdamW. */
const PRECISION: { readonly [dtype in Dtype]?: number } = {
  float64: 53,
  float32: 24,
  float16: 11,
  bfloat16: 8,
};
/** What underflows may come out as nothing. */
const UNDERFLOW: { readonly [dtype in Dtype]?: number } = {
  float64: 2 ** -1070,
  float32: 2 ** -146,
  float16: 2 ** -22,
  bfloat16: 2 ** -130,
};
/** Bounds that are added up from single roundings are so many times as wide. */
const SLACK = 2;
/** Roundings between the moments and what they move a weight by, those of the scalars included. */
const MOVE_ROUNDINGS = 8;

/** The nearest number with so many bits in its significand (Veltkamp 1968); above the subnormal ones. */
function rounding(precision: number): Round {
  if (precision === 53) return (value) => value;
  if (precision === 24) return Math.fround;
  const splitter = 2 ** (53 - precision) + 1;
  return (value) => {
    const scaled = splitter * value;
    return scaled - (scaled - value);
  };
}

/** Share of the learning rate. @param step from 0 */
const rateAt = (step: number): number =>
  REFERENCE_RECIPE.learningRate * Math.min(1, (step + 1) / REFERENCE_RECIPE.warmupSteps);

/**
 * Whether every weight is what the step makes of it with these moments. On a CPU every operation on float32 and float64 rounds once, to the
 * nearest, and is done again here to the bit. Elsewhere the order of operations is not known: the movement may be off by a few roundings, and
 * the weight has to be rounded from one in that range.
 */
function weightsFollow(
  before: Moments,
  after: Moments,
  dtype: Dtype,
  step: number,
  device: 'cpu' | 'cuda',
): boolean {
  const precision = PRECISION[dtype] ?? 0;
  const round = rounding(precision);
  const isExact = device === 'cpu' && precision >= 24;
  const [share, tiny] = isExact ? [0, 0] : [MOVE_ROUNDINGS * 2 ** -precision, UNDERFLOW[dtype] ?? 0];
  const rate = rateAt(step);
  // torch rounds scalars to the tensor's type before it uses them.
  const keep = round(1 - rate * REFERENCE_RECIPE.weightDecay);
  const size = round(-(rate / (1 - BETA1 ** after.count)));
  const correction = round(Math.sqrt(1 - BETA2 ** after.count));
  const epsilon = round(EPSILON);
  const [then, now] = [elements(before.weights, dtype), elements(after.weights, dtype)];
  const [first, second] = [elements(after.first, dtype), elements(after.second, dtype)];
  if (then === null || now === null || first === null || second === null) return false;
  for (let i = 0; i < now.length; i += 1) {
    const kept = round((then[i] ?? 0) * keep);
    const root = round(round(round(Math.sqrt(second[i] ?? 0)) / correction) + epsilon);
    const moved = round(round(size * (first[i] ?? 0)) / root);
    const error = share * Math.abs(moved) + tiny;
    const value = now[i] ?? 0;
    // Written so that NaN is wrong as well.
    if (!(value >= round(kept + moved - error) && value <= round(kept + moved + error))) return false;
  }
  return true;
}

/**
 * The squared norm of the gradient that the first moment implies, where the second moment implies the same gradient in every element; null
 * where it does not. The bound adds up one rounding for each operation, `SLACK` times over.
 */
function impliedGradient(before: Moments, after: Moments, dtype: Dtype): number | null {
  const unit = SLACK * 2 ** -(PRECISION[dtype] ?? 0);
  const tiny = UNDERFLOW[dtype] ?? 0;
  const [m, v] = [elements(before.first, dtype), elements(before.second, dtype)];
  const [m1, v1] = [elements(after.first, dtype), elements(after.second, dtype)];
  if (m === null || v === null || m1 === null || v1 === null) return null;
  let squared = 0;
  for (let i = 0; i < m1.length; i += 1) {
    const kept = BETA1 * (m[i] ?? 0);
    const now = m1[i] ?? 0;
    const gradient = (now - kept) / (1 - BETA1);
    const error = (unit * (Math.abs(kept) + 2 * Math.abs(now)) + tiny) / (1 - BETA1);
    const old = BETA2 * (v[i] ?? 0);
    const second = v1[i] ?? 0;
    const added = (1 - BETA2) * gradient * gradient;
    const bound =
      (1 - BETA2) * error * (2 * Math.abs(gradient) + error) + unit * (old + 3 * added + second) + tiny;
    if (!(second >= 0 && Math.abs(second - old - added) <= bound)) return null;
    squared += gradient * gradient;
  }
  return squared;
}

/** What a step made of a parameter: left alone, stepped along a gradient of this squared norm, or something else. */
export type Stepped = { readonly squaredGradient: number } | 'otherwise';

const sameMoments = (before: Moments, after: Moments): boolean =>
  before.count === after.count &&
  before.weights.equals(after.weights) &&
  before.first.equals(after.first) &&
  before.second.equals(after.second);

/**
 * Whether `after` is `before` one step of the judge's recipe later, with whatever gradient. A parameter that got no gradient is left alone.
 * @param step from 0: the recipe's warm-up goes by it
 */
export function stepped(
  before: Moments,
  after: Moments,
  dtype: Dtype,
  step: number,
  device: 'cpu' | 'cuda',
): Stepped {
  if (sameMoments(before, after)) return { squaredGradient: 0 };
  if (after.count !== before.count + 1) return 'otherwise';
  const squaredGradient = impliedGradient(before, after, dtype);
  if (squaredGradient === null || !weightsFollow(before, after, dtype, step, device)) return 'otherwise';
  return { squaredGradient };
}
