/**
 * Instrumented: outliers among activations, from what the host inside the container reports. A cheat can forge perfect values, so every
 * reading is a penalty with 0 as its best.
 */
import { log } from '../../scoring/real.ts';
import { slopeOf } from './line.ts';
import { bounded, type TooShort, tooShort } from './readings.ts';
import { type Share, shareOf } from './share.ts';

/** One sampled step: over all layers, the largest ratio of a layer's largest magnitude to its root mean square, and what was not finite. */
export interface ActivationSample {
  readonly maxOverRms: number;
  readonly nans: number;
  readonly overflows: number;
}

export interface ActivationSpikes {
  readonly kind: 'reading';
  /** Samples in which the ratio was above its limit, or could not be read. */
  readonly spikes: Share;
  /** p of ratio ~ step^p where it grows, in thousandths: 0 to 10,000, which is worst. A ratio that falls reads as 0. */
  readonly driftMilli: number;
  readonly driftStandardErrorMilli: number;
  readonly nans: number;
  readonly overflows: number;
  /** Samples that are missing, surplus or cannot be: a maximum is never below the root mean square. */
  readonly invalid: number;
}

const LEAST_SAMPLES = 3;
const WORST_DRIFT_MILLI = 10_000;
const LARGEST_RATIO = 1e18;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function isSample(sample: ActivationSample | null | undefined): sample is ActivationSample {
  if (sample === null || sample === undefined) return false;
  const { maxOverRms, nans, overflows } = sample;
  return maxOverRms >= 1 && maxOverRms <= LARGEST_RATIO && isCount(nans) && isCount(overflows);
}

function total(counts: readonly number[]): number {
  return Math.min(
    Number.MAX_SAFE_INTEGER,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

/**
 * Share of samples with an outlier, growth of the outliers over equally spaced samples, and counts of what was not finite. Such outliers:
 * Bondarenko et al. 2021 (arXiv 2109.12948), Dettmers et al. 2022 (2208.07339); growth before divergence: Wortsman et al. 2023 (2309.14322).
 *
 * @param samples as reported, at equally spaced steps
 * @param rules samples that the plan asks for, and the ratio above which one is a spike
 */
export function activationSpikes(
  samples: readonly (ActivationSample | null)[],
  rules: { readonly expected: number; readonly limit: number },
): ActivationSpikes | TooShort {
  const { expected, limit } = rules;
  if (!(expected >= LEAST_SAMPLES)) return tooShort('activation samples', expected, LEAST_SAMPLES);
  const valid = samples.slice(0, expected).filter(isSample);
  const missing = expected - valid.length;
  const invalid = missing + Math.max(0, samples.length - expected);
  const above = valid.filter(({ maxOverRms }) => maxOverRms > limit).length;
  const drift = slopeOf(
    valid.map(({ maxOverRms }, index) => ({ x: log(index + 1), y: log(maxOverRms), weight: 1 })),
  );
  const unreadable = invalid > 0 || drift === null;
  return {
    kind: 'reading',
    spikes: shareOf(above + missing, expected),
    driftMilli: unreadable ? WORST_DRIFT_MILLI : bounded(drift.slope * 1_000, 0, WORST_DRIFT_MILLI),
    driftStandardErrorMilli: unreadable
      ? 0
      : bounded(drift.standardErrorOfScatter * 1_000, 0, WORST_DRIFT_MILLI),
    nans: total(valid.map(({ nans }) => nans)),
    overflows: total(valid.map(({ overflows }) => overflows)),
    invalid,
  };
}
