/**
 * Whether a recipe fails only at the family that it is for: a forward pass can see by how its weights move whose recipe trains it, and break
 * under a rival's. It is evidence against the family's owner, for people, and decides nothing: a recipe can see where it is run as well, so that
 * whoever wrote it could fail there on purpose.
 */
import type { DataOf } from '../events/catalogue.ts';
import type { Gain } from './gain.ts';

export interface HomeDeficit {
  /** The most that the recipe can have gained at its family: microbits per byte. */
  readonly homeUpperMicrobits: number;
  /** The least that it has gained at any place elsewhere. */
  readonly elsewhereLowerMicrobits: number;
  /** Places elsewhere that it was tried at. */
  readonly places: number;
}

/** As far above the mean as the lower bound is below it. */
function upperOf({ meanMicrobits, lowerMicrobits }: Gain): number {
  return 2 * meanMicrobits - lowerMicrobits;
}

/**
 * Null unless it is a recipe for another's architecture, was tried on the reference and on a third owner's family, has shown a gain at every
 * place elsewhere, none at home, and even the upper bound at home is below every lower bound elsewhere.
 * @param minimumGainMicrobits what a lower bound has to exceed to be a gain
 */
export function failsOnlyAtHome(
  {
    architecture,
    training,
    elsewhere,
  }: Pick<DataOf<'SubmissionScored'>, 'architecture' | 'training' | 'elsewhere'>,
  minimumGainMicrobits: number,
): HomeDeficit | null {
  if (architecture !== null || training === null) return null;
  const tried = new Set(elsewhere.map(({ on }) => on));
  if (!tried.has('reference') || !tried.has('other')) return null;
  const elsewhereLowerMicrobits = Math.min(...elsewhere.map(({ gain }) => gain.lowerMicrobits));
  const homeUpperMicrobits = upperOf(training);
  const fails =
    training.lowerMicrobits <= minimumGainMicrobits &&
    elsewhereLowerMicrobits > minimumGainMicrobits &&
    homeUpperMicrobits < elsewhereLowerMicrobits;
  return fails ? { homeUpperMicrobits, elsewhereLowerMicrobits, places: elsewhere.length } : null;
}
