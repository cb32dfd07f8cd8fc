/**
 * Whether a challenger beats the incumbent, decided on fresh paired runs: how many are run, and what they prove. What selects a challenger
 * (screening) never scores it.
 */
import { addEarlier, type Deviation, deviationFor, type Pool, poolOf } from './deviation.ts';
import { ceilDivide, ceilSqrt, floorDivide, toSafe } from './integers.ts';
import { PPT, studentQuantileMilli } from './quantile.ts';
import type { ConfirmationRules } from './rules.ts';

export { type ConfirmationRules, confirmationRulesSchema } from './rules.ts';

const PPT_PER_PPM = PPT / 1_000_000;
/** Of the misses that the rules allow, the share that is left to means; the rest is for samples that look wilder than they are. */
const PLANNED_MISSES = 4 / 5;
const MILLI_SQUARED = 1_000_000n;
/** Past every difference of losses. With one degree of freedom a margin can be anything; more than this says no more. */
const UNREACHABLE_MICROBITS = 1_000_000_000_000n;

/** The pool of a family's earlier confirmations, whose differences are given (microbits, one sample each). */
export function familyPool(earlier: readonly (readonly number[])[], rules: ConfirmationRules): Pool {
  const prior = { deviationMicrobits: rules.deviationFloorMicrobits, degrees: rules.deviationFloorDegrees };
  return earlier.reduce(addEarlier, poolOf(prior));
}

/** Whether `deviates` (thousandths) times the standard error of `n` runs is at most `distance`, compared as squares. */
function covers(deviatesMilli: number, deviationMicrobits: number, n: number, distance: number): boolean {
  const reach = BigInt(deviatesMilli) * BigInt(deviationMicrobits);
  return reach * reach <= MILLI_SQUARED * BigInt(n) * BigInt(distance) * BigInt(distance);
}

/**
 * Number of paired runs after which a true effect of `detectMicrobits` is found with the rules' power: it lies so many standard errors
 * above the margin, be that the threshold of chance or the minimum effect. `deviation` is what is expected of the runs. Clamped to
 * [minimumRuns, maximumRuns]; at the maximum the power may be less.
 */
export function runsNeeded({
  alphaPpt,
  deviation,
  rules,
}: {
  alphaPpt: number;
  deviation: Deviation;
  rules: ConfirmationRules;
}): number {
  const { deviationMicrobits } = deviation;
  const plannedPpt = Math.ceil(rules.powerMissPpm * PPT_PER_PPM * PLANNED_MISSES);
  for (let n = rules.minimumRuns; n < rules.maximumRuns; n += 1) {
    const degrees = deviation.degrees + n - 1;
    const found = studentQuantileMilli(alphaPpt, degrees);
    const missed = studentQuantileMilli(plannedPpt, degrees);
    if (
      covers(found + missed, deviationMicrobits, n, rules.detectMicrobits) &&
      covers(missed, deviationMicrobits, n, rules.detectMicrobits - rules.minimumEffectMicrobits)
    )
      return n;
  }
  return rules.maximumRuns;
}

/** Least gain over the incumbent that counts as one: the absolute minimum, or the relative one where it is more. Microbits. */
export function minimumFor(incumbentMeanMicrobits: number, rules: ConfirmationRules): number {
  const relative = ceilDivide(BigInt(incumbentMeanMicrobits) * BigInt(rules.minimumEffectPpm), 1_000_000n);
  return Math.max(rules.minimumEffectMicrobits, toSafe(relative));
}

/** What a confirmation showed: the evidence that a decision's event carries. */
export interface Judgement {
  /** Number of paired runs. */
  readonly n: number;
  /** Mean difference, challenger over incumbent, rounded down. */
  readonly meanMicrobits: number;
  readonly deviationMicrobits: number;
  readonly degrees: number;
  /** Student's quantile for the alpha that was spent. */
  readonly thresholdMilliT: number;
  /** What the mean has to exceed: the threshold times the standard error, or the minimum effect where that is more. */
  readonly marginMicrobits: number;
  /** Lower confidence bound of the gain: the mean less the threshold times the standard error. */
  readonly lowerMicrobits: number;
  readonly proven: boolean;
}

/**
 * Judges the differences (microbits per byte, positive where the challenger is better) of one confirmation against the pool of the earlier
 * ones. `minimumMicrobits` is the least gain that counts. Throws `RangeError` where there is no difference.
 */
export function judgeAgainst(
  pool: Pool,
  differences: readonly number[],
  alphaPpt: number,
  minimumMicrobits: number,
): Judgement {
  const n = differences.length;
  if (n === 0)
    throw new RangeError('a confirmation without a paired run proves nothing: expected one at least');
  const sum = differences.reduce((total, difference) => total + BigInt(difference), 0n);
  const meanMicrobits = toSafe(floorDivide(sum, BigInt(n)));
  const { deviationMicrobits, degrees } = deviationFor(pool, differences);
  const thresholdMilliT = studentQuantileMilli(alphaPpt, degrees);
  const reach = BigInt(thresholdMilliT) * BigInt(deviationMicrobits);
  const error = ceilSqrt(ceilDivide(reach * reach, MILLI_SQUARED * BigInt(n)));
  const chance = toSafe(error < UNREACHABLE_MICROBITS ? error : UNREACHABLE_MICROBITS);
  const marginMicrobits = Math.max(chance, minimumMicrobits);
  return {
    n,
    meanMicrobits,
    deviationMicrobits,
    degrees,
    thresholdMilliT,
    marginMicrobits,
    lowerMicrobits: meanMicrobits - chance,
    proven: meanMicrobits > marginMicrobits,
  };
}

/** `judgeAgainst` the pool of `earlier`: the differences of the family's earlier confirmations, each about its own mean. */
export function judgeDifferences({
  differences,
  earlier,
  alphaPpt,
  minimumMicrobits,
  rules,
}: {
  differences: readonly number[];
  earlier: readonly (readonly number[])[];
  alphaPpt: number;
  minimumMicrobits: number;
  rules: ConfirmationRules;
}): Judgement {
  return judgeAgainst(familyPool(earlier, rules), differences, alphaPpt, minimumMicrobits);
}

/** Whether a challenger may go on to a confirmation: it is not clearly worse than the incumbent on the seeds of its evaluation. */
export function passesScreening(
  meanMicrobits: number,
  standardErrorMicrobits: number,
  incumbentMeanMicrobits: number,
  rules: ConfirmationRules,
): boolean {
  return (
    1_000 * (meanMicrobits - incumbentMeanMicrobits) + rules.screeningMilliZ * standardErrorMicrobits > 0
  );
}
