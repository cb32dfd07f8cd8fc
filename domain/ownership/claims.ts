/** Claims to an architecture and to its training, decided in the order of admission: by screening first, then by a confirmation. */
import type { DataOf, Decided } from '../events/catalogue.ts';
import { addMs } from '../events/time.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gain } from '../scoring/gain.ts';
import { type FamilyState, incumbentOf } from './family.ts';
import { passesScreening } from './luck/confirmation.ts';

/** Who claims what, on which evidence. */
export interface Claim {
  readonly basis: string;
  readonly submission: string;
  readonly hotkey: string;
  readonly digest: string;
  /** What the screening has shown. */
  readonly gain: Gain | null;
  /** What fresh seeds have shown; null: nothing yet. */
  readonly confirmed: DataOf<'SubmissionConfirmed'> | null;
}

/** A family that another hotkey has discovered and that looks like the claimed one. */
export interface NearMatch {
  readonly family: string;
  readonly submission: string;
  readonly similarityPpm: number;
  /** Whether the tensors of both have one structure; null where that of one is unknown. */
  readonly sameStructure: boolean | null;
}

/** The next step of a claim: its decision, or first a confirmation. */
export type ClaimStep = Decided | 'confirm';

/** Who and what, and the grounds that every decision states. */
function statedBy({ basis, submission, hotkey, digest, gain, confirmed }: Claim, policy: Policy) {
  return {
    basis,
    submission,
    hotkey,
    digest,
    gain,
    thresholdMicrobits: policy.scoring.minimumGainMicrobits,
    evidence: confirmed?.evidence ?? null,
  };
}

/** The screening has shown a gain over the reference. */
function looksBetter(claim: Claim, policy: Policy): claim is Claim & { readonly gain: Gain } {
  return claim.gain !== null && claim.gain.lowerMicrobits > policy.scoring.minimumGainMicrobits;
}

/**
 * Decides an architecture claim, or holds it where a near match exists and no resolver has spoken. A bit-identical curve needs no resolver.
 * @param basisTime time of the basis, from which a hold's deadline counts
 */
export function decideArchitecture(
  claim: Claim,
  family: FamilyState,
  near: NearMatch | null,
  basisTime: string,
  policy: Policy,
): ClaimStep {
  const { confirmed } = claim;
  const decided = (
    outcome: DataOf<'ArchitectureClaimDecided'>['outcome'],
    discoverer: string | null,
  ): Decided => ({
    type: 'ArchitectureClaimDecided',
    data: {
      ...statedBy(claim, policy),
      outcome,
      valueMicrobits: outcome === 'discovered' ? (confirmed?.valueMicrobits ?? 0) : 0,
      discoverer,
    },
  });
  if (family.discovery !== null) return decided('known', family.discovery.submission);
  if (!looksBetter(claim, policy)) return decided('unproven', null);
  if (confirmed === null) return 'confirm';
  if (!confirmed.evidence.proven) return decided('unproven', null);
  const hold = family.holds.get(claim.submission);
  if (hold?.resolution === 'refuse') return decided('refused', hold.nearSubmission);
  if (near !== null && confirmed.identical) return decided('refused', near.submission);
  if (hold === undefined && near !== null) return heldFor(claim, near, confirmed, basisTime, policy);
  return decided('discovered', claim.submission);
}

function heldFor(
  { basis, submission, hotkey, digest }: Claim,
  { family: nearFamily, submission: nearSubmission, similarityPpm, sameStructure }: NearMatch,
  { evidence, valueMicrobits }: DataOf<'SubmissionConfirmed'>,
  basisTime: string,
  policy: Policy,
): Decided {
  const deadline = addMs(basisTime, policy.ownership.holdMs);
  const who = { basis, submission, hotkey, digest };
  const looks = { nearFamily, nearSubmission, similarityPpm, sameStructure };
  return {
    type: 'ArchitectureClaimHeld',
    data: { ...who, ...looks, evidence, valueMicrobits, deadline },
  };
}

/**
 * What a family is worth with this recipe: what the recipe has shown over the panel, or what stood before and the proven difference to it,
 * whichever is more. Both are lower bounds.
 */
function valueWith({ evidence, valueMicrobits }: DataOf<'SubmissionConfirmed'>, family: FamilyState): number {
  const before = incumbentOf(family)?.valueMicrobits ?? family.discovery?.valueMicrobits ?? 0;
  return Math.max(valueMicrobits, before + Math.max(0, evidence.lowerMicrobits));
}

/** Decides a training claim to a family: the first proven recipe owns it; a later one must beat it on the same fresh streams by more than luck. */
export function decideTraining(claim: Claim, family: FamilyState, policy: Policy): ClaimStep {
  const { confirmed } = claim;
  const incumbent = incumbentOf(family);
  const decided = (outcome: DataOf<'TrainingClaimDecided'>['outcome']): Decided => ({
    type: 'TrainingClaimDecided',
    data: {
      ...statedBy(claim, policy),
      outcome,
      valueMicrobits: outcome === 'granted' && confirmed !== null ? valueWith(confirmed, family) : 0,
      incumbent: incumbent?.submission ?? null,
      challenge: incumbent === null || confirmed === null ? 0 : family.challenges + 1,
    },
  });
  if (family.variants.some((variant) => variant.digest === claim.digest)) return decided('known');
  if (family.discovery === null || !looksBetter(claim, policy)) return decided('unproven');
  if (incumbent !== null && confirmed === null) {
    const { meanMicrobits, standardErrorMicrobits } = claim.gain;
    const rules = policy.ownership.confirmation;
    if (!passesScreening(meanMicrobits, standardErrorMicrobits, incumbent.standingMicrobits, rules))
      return decided('below-margin');
  }
  if (confirmed === null) return 'confirm';
  if (confirmed.identical) return decided('known');
  if (confirmed.evidence.proven) return decided('granted');
  return decided(incumbent === null ? 'unproven' : 'below-margin');
}
