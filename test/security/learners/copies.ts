/** Honest projects, each what some hostile ones would be if they were honest. */
import { type Copy, fixture, project, type Submitted } from './case.ts';

export const COPIES: { readonly [copy in Copy]: Submitted } = {
  table: { sources: project('from honest import build_model') },
  recipe: {
    sources: project('from honest import build_model, get_recipe'),
    recipe: 'submission',
  },
  convolution: { sources: { 'model.py': fixture('convolution.py') } },
};
