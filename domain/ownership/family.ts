/** An architecture family as state: who discovered it, who owns its training, and which claims are decided. */
import type { DataOf, PrismEvent } from '../events/catalogue.ts';
import { ensure } from '../refused.ts';

/** A training recipe that was granted; the last one granted is the incumbent. */
export interface Variant {
  readonly submission: string;
  readonly hotkey: string;
  readonly digest: string;
  /** What the family is worth with it, over the best of the panel, at the lower bound: microbits per byte. */
  readonly valueMicrobits: number;
  /** Its mean gain over the judge's recipe, added up over the chain of those it has beaten. */
  readonly standingMicrobits: number;
  /** Time of its grant. */
  readonly grantedAt: string;
}

export type Hold = DataOf<'ArchitectureClaimHeld'> & {
  readonly resolution: 'admit' | 'refuse' | 'expired' | null;
  /** Time of the hold. */
  readonly heldAt: string;
  /** Time of its end; null while it is open. */
  readonly endedAt: string | null;
};

export interface FamilyState {
  readonly discovery: DataOf<'ArchitectureClaimDecided'> | null;
  /** Time of the discovery; empty before it. */
  readonly discoveredAt: string;
  readonly variants: readonly Variant[];
  /** Confirmations against a standing recipe so far, and the differences that each has shown: what the next one's chance of error follows from. */
  readonly challenges: number;
  readonly samples: readonly (readonly number[])[];
  /** Submissions whose architecture claim is decided; likewise training. */
  readonly architectureDecided: ReadonlySet<string>;
  readonly trainingDecided: ReadonlySet<string>;
  readonly holds: ReadonlyMap<string, Hold>;
}

export const emptyFamily: FamilyState = {
  discovery: null,
  discoveredAt: '',
  variants: [],
  challenges: 0,
  samples: [],
  architectureDecided: new Set(),
  trainingDecided: new Set(),
  holds: new Map(),
};

export function incumbentOf(family: FamilyState): Variant | null {
  return family.variants.at(-1) ?? null;
}

function resolved(
  family: FamilyState,
  submission: string,
  resolution: NonNullable<Hold['resolution']>,
  endedAt: string,
): FamilyState {
  const hold = family.holds.get(submission);
  ensure(hold !== undefined, 'unknown', `submission ${submission} is not held in this family`);
  ensure(hold.resolution === null, 'already-done', `the hold of ${submission} is resolved`);
  return { ...family, holds: new Map(family.holds).set(submission, { ...hold, resolution, endedAt }) };
}

function afterTraining(
  family: FamilyState,
  data: DataOf<'TrainingClaimDecided'>,
  grantedAt: string,
): FamilyState {
  const { submission, hotkey, digest, outcome, evidence, challenge, valueMicrobits } = data;
  ensure(
    !family.trainingDecided.has(submission),
    'already-done',
    `the training claim of ${submission} is decided`,
  );
  const decided: FamilyState = {
    ...family,
    trainingDecided: new Set(family.trainingDecided).add(submission),
    challenges: Math.max(family.challenges, challenge),
    // A copy's differences are zeros: they say nothing of how runs stray.
    samples:
      challenge === 0 || evidence === null || outcome === 'known'
        ? family.samples
        : [...family.samples, evidence.differences],
  };
  if (outcome !== 'granted' || evidence === null) return decided;
  const standingMicrobits = (incumbentOf(family)?.standingMicrobits ?? 0) + evidence.gridMicrobits;
  const variant = { submission, hotkey, digest, valueMicrobits, standingMicrobits, grantedAt };
  return { ...decided, variants: [...family.variants, variant] };
}

/** What each event does to a family. Throws `RefusedError` for one that cannot follow. */
export function evolveFamily(family: FamilyState, event: PrismEvent): FamilyState {
  switch (event.type) {
    case 'ArchitectureClaimDecided': {
      const { submission, outcome } = event.data;
      ensure(
        !family.architectureDecided.has(submission),
        'already-done',
        `the architecture claim of ${submission} is decided`,
      );
      ensure(
        outcome !== 'discovered' || family.discovery === null,
        'already-done',
        'a family is discovered once',
      );
      const architectureDecided = new Set(family.architectureDecided).add(submission);
      return {
        ...family,
        architectureDecided,
        discovery: outcome === 'discovered' ? event.data : family.discovery,
        discoveredAt: outcome === 'discovered' ? event.time : family.discoveredAt,
      };
    }
    case 'ArchitectureClaimHeld': {
      const { submission } = event.data;
      ensure(
        !family.holds.has(submission),
        'already-done',
        `the architecture claim of ${submission} was held before`,
      );
      const hold = { ...event.data, resolution: null, heldAt: event.time, endedAt: null };
      return { ...family, holds: new Map(family.holds).set(submission, hold) };
    }
    case 'HoldResolved':
      return resolved(family, event.data.submission, event.data.outcome, event.time);
    case 'HoldExpired':
      return resolved(family, event.data.submission, 'expired', event.time);
    case 'TrainingClaimDecided':
      return afterTraining(family, event.data, event.time);
    default:
      ensure(false, 'wrong-content', `${event.type} does not belong to a family`);
  }
}
