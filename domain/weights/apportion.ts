/** An epoch's weights: integer shares made into exactly 65,535 units, once, the burn included. */
import { PPM } from '../evaluation/units.ts';

/** The whole of an epoch's emission, in the units that the chain counts in. */
export const WEIGHT_UNITS = 65_535;

/**
 * Largest remainder method (Hamilton) in exact arithmetic: every entry gets the whole part of its quota, and the units that are left go one
 * each to the largest remainders; ties go to the entry given first.
 *
 * @param sharesPpm parts per million in order of admission, the burn as an explicit last entry; together exactly a million
 * @returns the units of each entry, in the same order; together exactly 65,535
 * Throws `RangeError` where a share is no integer from 0 to a million, or their sum is not a million.
 */
export function apportion(sharesPpm: readonly number[]): number[] {
  for (const [index, share] of sharesPpm.entries()) {
    if (!Number.isSafeInteger(share) || share < 0 || share > PPM) {
      throw new RangeError(`share ${index} is ${share}; a share is an integer from 0 to ${PPM}`);
    }
  }
  const sum = sharesPpm.reduce((total, share) => total + share, 0);
  if (sum !== PPM) throw new RangeError(`shares sum to ${sum}; with the burn they are exactly ${PPM}`);

  const entries = sharesPpm.map((ppm, index) => {
    const quota = BigInt(ppm) * BigInt(WEIGHT_UNITS);
    return { index, units: Number(quota / BigInt(PPM)), remainder: Number(quota % BigInt(PPM)) };
  });
  const left = WEIGHT_UNITS - entries.reduce((total, entry) => total + entry.units, 0);
  const byRemainder = entries.toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const entry of byRemainder.slice(0, left)) entry.units += 1;
  return entries.map((entry) => entry.units);
}
