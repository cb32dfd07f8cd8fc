/** All honest projects. */
import type { HonestCase } from '../case.ts';
import { attending, normalised, plain, recurrent, structured } from './models.ts';
import { projects } from './projects.ts';
import { recipesAndHooks } from './recipes.ts';

export const HONEST: { readonly [group: string]: readonly HonestCase[] } = {
  'an honest network may normalise by': normalised,
  'an honest network may read with': recurrent,
  'an honest network may attend as': attending,
  'an honest network may be made of': structured,
  'an honest network may answer with': plain,
  'an honest project may have': projects,
  'an honest recipe may be': recipesAndHooks,
};
