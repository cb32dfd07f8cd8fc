/** Claims to an architecture and to its training, decided in the order of admission. */
import type { DataOf, Decided } from '../events/catalogue.ts';
import { addMs } from '../events/time.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gain } from '../scoring/gain.ts';
import { type FamilyState, incumbentOf } from './family.ts';

/** Who claims what, on which evidence. */
export interface Claim {
  readonly basis: string;
  readonly submission: string;
  readonly hotkey: string;
  readonly digest: string;
  readonly gain: Gain | null;
}

/** A family that another hotkey has discovered and that looks like the claimed one. */
export interface NearMatch {
  readonly family: string;
  readonly submission: string;
  readonly similarityPpm: number;
}

function dataOf({ basis, submission, hotkey, digest }: Claim): Omit<Claim, 'gain'> {
  return { basis, submission, hotkey, digest };
}

/**
 * Decides an architecture claim, or holds it where a near match exists and no resolver has spoken.
 * @param basisTime time of the basis, from which a hold's deadline counts
 */
export function decideArchitecture(
  claim: Claim,
  family: FamilyState,
  near: NearMatch | null,
  basisTime: string,
  policy: Policy,
): Decided {
  const threshold = policy.scoring.minimumGainMicrobits;
  const decided = (
    outcome: DataOf<'ArchitectureClaimDecided'>['outcome'],
    discoverer: string | null,
  ): Decided => ({
    type: 'ArchitectureClaimDecided',
    data: { ...dataOf(claim), outcome, gain: claim.gain, thresholdMicrobits: threshold, discoverer },
  });
  if (family.discovery !== null) return decided('known', family.discovery.submission);
  if (claim.gain === null || claim.gain.lowerMicrobits <= threshold) return decided('unproven', null);
  const hold = family.holds.get(claim.submission);
  if (hold?.resolution === 'refuse') return decided('refused', hold.nearSubmission);
  if (hold === undefined && near !== null) {
    const { family: nearFamily, submission: nearSubmission, similarityPpm } = near;
    const deadline = addMs(basisTime, policy.ownership.holdMs);
    return {
      type: 'ArchitectureClaimHeld',
      data: { ...dataOf(claim), nearFamily, nearSubmission, similarityPpm, deadline },
    };
  }
  return decided('discovered', claim.submission);
}

/** Standard error of the difference of two independent means, rounded up. */
function differenceError(a: Gain, b: Gain): number {
  return Math.ceil(
    Math.sqrt(
      a.standardErrorMicrobits * a.standardErrorMicrobits +
        b.standardErrorMicrobits * b.standardErrorMicrobits,
    ),
  );
}

/** Decides a training claim to a family: the first proven recipe owns it; a later one must beat it by more than noise. */
export function decideTraining(claim: Claim, family: FamilyState, policy: Policy): Decided {
  const incumbent = incumbentOf(family);
  const minimum = policy.scoring.minimumGainMicrobits;
  const decided = (
    outcome: DataOf<'TrainingClaimDecided'>['outcome'],
    thresholdMicrobits: number,
  ): Decided => ({
    type: 'TrainingClaimDecided',
    data: {
      ...dataOf(claim),
      outcome,
      gain: claim.gain,
      thresholdMicrobits,
      incumbent: incumbent?.submission ?? null,
      incumbentGain: incumbent?.gain ?? null,
    },
  });
  if (family.variants.some((variant) => variant.digest === claim.digest)) return decided('known', minimum);
  if (family.discovery === null || claim.gain === null || claim.gain.lowerMicrobits <= minimum)
    return decided('unproven', minimum);
  if (incumbent === null) return decided('granted', minimum);
  const noise = Math.ceil(
    (differenceError(claim.gain, incumbent.gain) * policy.ownership.trainingMilliZ) / 1_000,
  );
  const margin = Math.max(policy.ownership.trainingMarginMicrobits, noise);
  const better = claim.gain.meanMicrobits - incumbent.gain.meanMicrobits > margin;
  return decided(better ? 'granted' : 'below-margin', margin);
}
