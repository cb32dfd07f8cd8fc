/** A total taken apart into what each signal and each penalty has to do with it. */
import { IGNORANCE_MICROBITS, PPM } from '../evaluation/units.ts';
import { apportion } from './apportion.ts';
import type { Gain } from './gain.ts';
import type { PairGains } from './pair-gains.ts';
import { roundedQuotient } from './statistics.ts';

/**
 * Lower bound of a gain as parts per million of the 8 bits that a byte holds, rounded down. Throws `RangeError` where it is not a safe integer.
 */
export function lowerPpm({ lowerMicrobits }: Gain): number {
  if (!Number.isSafeInteger(lowerMicrobits) || !Number.isSafeInteger(lowerMicrobits * PPM))
    throw new RangeError(`a lower bound of ${lowerMicrobits} microbits cannot be a score`);
  return Math.floor((lowerMicrobits * PPM) / IGNORANCE_MICROBITS);
}

/** What a penalty lowers a score by, parts per million of 8 bits, to the nearest. */
export function takenPpm(microbits: number): number {
  return roundedQuotient(BigInt(microbits) * BigInt(PPM), BigInt(IGNORANCE_MICROBITS));
}

/**
 * Parts per million of 8 bits for each signal, in their order, that sum to exactly `sum`. Each is its weighted mean gain less its share of the
 * margin between the total's mean and its lower bound, shared in proportion to weight times standard error; rounded by largest remainder. What
 * weighs nothing contributes nothing.
 *
 * @param gains before anything is taken off
 * @param sum lower bound of `gains.total`, give or take what rounding has moved
 */
export function contributionsOf(
  { signals, total }: Omit<PairGains, 'ladders' | 'bySeed'>,
  sum: number,
): number[] {
  const margin = BigInt(total.meanMicrobits - total.lowerMicrobits);
  const parts = signals.map(({ weightPpm, gain }) => ({
    mean: BigInt(weightPpm) * BigInt(gain.meanMicrobits),
    error: BigInt(weightPpm) * BigInt(gain.standardErrorMicrobits),
  }));
  const errors = parts.reduce((together, { error }) => together + error, 0n);
  // Without any error there is no margin either, and any denominator does.
  const denominator = errors === 0n ? 1n : errors;
  const counted = [...signals.keys()].filter((at) => (signals[at]?.weightPpm ?? 0) > 0);
  const shares = apportion(
    counted.map((at) => {
      const { mean, error } = parts[at] ?? { mean: 0n, error: 0n };
      return mean * denominator - margin * BigInt(PPM) * error;
    }),
    denominator * BigInt(IGNORANCE_MICROBITS),
    sum,
  );
  return signals.map((_, at) => shares[counted.indexOf(at)] ?? 0);
}
