/** Why a family is whose it is: every claim to it in the order of admission. */
import { familyOf } from '../../domain/ledger/claimants.ts';
import { incumbentOf } from '../../domain/ownership/family.ts';
import { type ClaimExplained, claimsOf } from './claim.ts';
import type { Trail } from './trail.ts';

interface HolderFound {
  readonly submission: string;
  readonly hotkey: string;
  readonly valueMicrobits: number;
  /** Index of the decision. */
  readonly decidedAt: number | null;
}

export interface OwnerExplained {
  readonly family: string;
  /** Events folded: nothing after counts. */
  readonly size: number;
  /** Normalised syntax of its architecture; null where no submission to it has been reviewed. */
  readonly digest: string | null;
  readonly architecture: HolderFound | null;
  readonly training: HolderFound | null;
  readonly claims: readonly ClaimExplained[];
}

/** Null where nothing in the log is about this family. */
export function ownerExplained(trail: Trail, family: string): OwnerExplained | null {
  const { ledger } = trail;
  const members = [...ledger.submissions.values()].filter(
    (entry) => familyOf(ledger.id ?? '', entry) === family,
  );
  const state = ledger.families.get(family);
  if (members.length === 0 && state === undefined) return null;
  const claims = members.flatMap((entry) => claimsOf(trail, entry));
  const holder = (kind: 'architecture' | 'training'): HolderFound | null => {
    const owner = state && (kind === 'architecture' ? state.discovery : incumbentOf(state));
    if (owner === null || owner === undefined) return null;
    const { submission, hotkey, valueMicrobits } = owner;
    const decidedAt = trail.claims.get(`${kind} ${submission}`)?.at.index ?? null;
    return { submission, hotkey, valueMicrobits, decidedAt };
  };
  const digests = members.map(({ state: of }) => of.reviewed?.architecture?.digest ?? null);
  return {
    family,
    size: ledger.size,
    digest: digests.find((digest) => digest !== null) ?? null,
    architecture: holder('architecture'),
    training: holder('training'),
    claims,
  };
}
