/** Who discovered each architecture family, and who owns how it is trained. */
import type { DataOf, PrismEvent } from '../domain/events/catalogue.ts';
import type { Gain } from '../domain/scoring/gain.ts';
import type { Projection } from './projection.ts';

export interface Owner {
  readonly hotkey: string;
  readonly submission: string;
  /** Index of the decision in the log. */
  readonly decidedAt: number;
  /** What the screening has shown. */
  readonly gain: Gain | null;
  /** What fresh seeds have shown. */
  readonly evidence: DataOf<'TrainingClaimDecided'>['evidence'];
  /** What the family is worth with it, at the lower bound: microbits per byte. */
  readonly valueMicrobits: number;
}

export interface FamilyView {
  readonly family: string;
  architecture: Owner | null;
  /** The incumbent: the last recipe that was granted. */
  training: Owner | null;
  /** Every recipe that was granted, oldest first. */
  readonly variants: Owner[];
  /** Submissions that carry this architecture or were made for it. */
  readonly members: string[];
  readonly held: string[];
}

export interface OwnersState {
  readonly families: Map<string, FamilyView>;
}

function ownerOf(
  data: DataOf<'ArchitectureClaimDecided'> | DataOf<'TrainingClaimDecided'>,
  index: number,
): Owner {
  const { hotkey, submission, gain, evidence, valueMicrobits } = data;
  return { hotkey, submission, decidedAt: index, gain, evidence, valueMicrobits };
}

function familyOf(state: OwnersState, stream: string): FamilyView {
  const family = stream.slice('family-'.length);
  const known = state.families.get(family);
  if (known !== undefined) return known;
  const fresh: FamilyView = {
    family,
    architecture: null,
    training: null,
    variants: [],
    members: [],
    held: [],
  };
  state.families.set(family, fresh);
  return fresh;
}

function apply(state: OwnersState, event: PrismEvent, index: number): void {
  if (!event.stream.startsWith('family-') || !('submission' in event.data)) return;
  const view = familyOf(state, event.stream);
  const { submission } = event.data;
  if (event.type === 'ArchitectureClaimHeld') {
    view.held.push(submission);
    return;
  }
  const held = view.held.indexOf(submission);
  if (held >= 0) view.held.splice(held, 1);
  if (event.type !== 'ArchitectureClaimDecided' && event.type !== 'TrainingClaimDecided') return;
  if (!view.members.includes(submission)) view.members.push(submission);
  if (event.type === 'ArchitectureClaimDecided' && event.data.outcome === 'discovered')
    view.architecture = ownerOf(event.data, index);
  if (event.type === 'TrainingClaimDecided' && event.data.outcome === 'granted') {
    view.training = ownerOf(event.data, index);
    view.variants.push(view.training);
  }
}

/** Families that somebody has discovered, oldest decision first. */
export function ownedFamilies(state: OwnersState): readonly FamilyView[] {
  return [...state.families.values()]
    .filter((view) => view.architecture !== null)
    .sort((a, b) => (a.architecture?.decidedAt ?? 0) - (b.architecture?.decidedAt ?? 0));
}

export const owners: Projection<OwnersState> = {
  name: 'owners',
  initial: () => ({ families: new Map() }),
  apply,
  view: (state) => [...state.families.values()],
};
