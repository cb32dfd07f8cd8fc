/** Why a family is whose it is, as text. */
import type { ClaimExplained, HoldExplained } from '../../../projections/explain/claim.ts';
import type { OwnerExplained } from '../../../projections/explain/owner.ts';
import { printable } from '../output.ts';
import type { Tree } from './tree.ts';
import { confirmationTree, exact, gainText, percent, policyText, ref } from './words.ts';

function structureText(same: boolean | null): string {
  if (same === null) return 'structure of its tensors: not known of both';
  return same
    ? 'structure of its tensors: the same at every size'
    : 'structure of its tensors: another, which says nothing';
}

function holdTree({ held, basis, resolution, ...looks }: HoldExplained): Tree {
  const like = `${percent(looks.similarityPpm)} like ${looks.nearSubmission} of family ${looks.nearFamily}`;
  const resolved =
    resolution === null
      ? `open until ${looks.deadline}`
      : resolution.reason === null
        ? `nobody resolved it in time: admitted  ${ref(resolution.at)}`
        : `${resolution.outcome} by ${printable(resolution.at.actor)}: ${printable(resolution.reason)}  ${ref(resolution.at)}`;
  return {
    text: `held: ${like}  ${ref(held)}`,
    children: [
      { text: `due since ${ref(basis)}` },
      { text: structureText(looks.sameStructure) },
      { text: resolved },
    ],
  };
}

function standing(claim: ClaimExplained): readonly Tree[] {
  const { outcome, holder, submission } = claim;
  if (holder === null || holder === submission) return [];
  const what = claim.claim === 'training' ? `the recipe that stood: ${holder}` : `the family's: ${holder}`;
  return [{ text: outcome === 'refused' ? `it is another's: ${holder}` : what }];
}

export function claimTree(claim: ClaimExplained): Tree {
  const { gain, thresholdMicrobits, confirmation, hold, valueMicrobits } = claim;
  const shown = gain === null ? 'nothing' : gainText(gain);
  return {
    text: `${claim.claim} claim of ${printable(claim.hotkey)}: ${claim.outcome}  ${ref(claim.decided)}`,
    children: [
      { text: `submission ${claim.submission}, received by  ${ref(claim.received)}` },
      { text: policyText(claim.policy) },
      {
        text: `screening has shown ${shown}; the lower bound has to exceed ${exact(thresholdMicrobits)}  ${ref(claim.scored)}`,
      },
      ...(confirmation === null ? [] : [confirmationTree(confirmation)]),
      ...(hold === null ? [] : [holdTree(hold)]),
      ...standing(claim),
      ...(claim.decided === null ? [] : [{ text: `decided since ${ref(claim.basis)}` }]),
      ...(valueMicrobits === 0 ? [] : [{ text: `worth ${exact(valueMicrobits)} bits per byte` }]),
    ],
  };
}

export function ownerTree({ family, digest, architecture, training, claims, size }: OwnerExplained): Tree {
  const holder = (what: string, of: OwnerExplained['architecture']): Tree => ({
    text:
      of === null
        ? `${what}: nobody`
        : `${what}: ${printable(of.hotkey)} by submission ${of.submission}, worth ${exact(of.valueMicrobits)} bits per byte, decided at #${of.decidedAt}`,
  });
  return {
    text: `family ${family} after ${size} events`,
    children: [
      { text: `digest of its normalised architecture: ${digest ?? 'not reviewed yet'}` },
      holder('discovered by', architecture),
      holder('training owned by', training),
      {
        text: `${claims.length} claims in the order of admission`,
        children: claims.map(claimTree),
      },
    ],
  };
}
