/** An architecture family as state: who discovered it, who owns its training, and which claims are decided. */
import type { DataOf, PrismEvent } from '../events/catalogue.ts';
import { ensure } from '../refused.ts';
import type { Gain } from '../scoring/gain.ts';

/** A training recipe that was granted; the last one granted is the incumbent. */
export interface Variant {
  readonly submission: string;
  readonly hotkey: string;
  readonly digest: string;
  readonly gain: Gain;
}

export type Hold = DataOf<'ArchitectureClaimHeld'> & {
  readonly resolution: 'admit' | 'refuse' | 'expired' | null;
};

export interface FamilyState {
  readonly discovery: DataOf<'ArchitectureClaimDecided'> | null;
  readonly variants: readonly Variant[];
  /** Submissions whose architecture claim is decided; likewise training. */
  readonly architectureDecided: ReadonlySet<string>;
  readonly trainingDecided: ReadonlySet<string>;
  readonly holds: ReadonlyMap<string, Hold>;
}

export const emptyFamily: FamilyState = {
  discovery: null,
  variants: [],
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
): FamilyState {
  const hold = family.holds.get(submission);
  ensure(hold !== undefined, 'unknown', `submission ${submission} is not held in this family`);
  ensure(hold.resolution === null, 'already-done', `the hold of ${submission} is resolved`);
  return { ...family, holds: new Map(family.holds).set(submission, { ...hold, resolution }) };
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
      };
    }
    case 'ArchitectureClaimHeld': {
      const { submission } = event.data;
      ensure(
        !family.holds.has(submission),
        'already-done',
        `the architecture claim of ${submission} was held before`,
      );
      return { ...family, holds: new Map(family.holds).set(submission, { ...event.data, resolution: null }) };
    }
    case 'HoldResolved':
      return resolved(family, event.data.submission, event.data.outcome);
    case 'HoldExpired':
      return resolved(family, event.data.submission, 'expired');
    case 'TrainingClaimDecided': {
      const { submission, hotkey, digest, outcome, gain } = event.data;
      ensure(
        !family.trainingDecided.has(submission),
        'already-done',
        `the training claim of ${submission} is decided`,
      );
      const trainingDecided = new Set(family.trainingDecided).add(submission);
      if (outcome !== 'granted' || gain === null) return { ...family, trainingDecided };
      return {
        ...family,
        trainingDecided,
        variants: [...family.variants, { submission, hotkey, digest, gain }],
      };
    }
    default:
      ensure(false, 'wrong-content', `${event.type} does not belong to a family`);
  }
}
