/** Review lets the honest projects through as well, but for those that are marked as using what it refuses. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorsOf, Reviewer } from '../../gpu-runner/reviewer/reviewer.ts';
import type { HonestCase } from './case.ts';
import { HONEST } from './honest/index.ts';

let reviewer: Reviewer;
beforeAll(() => {
  reviewer = new Reviewer();
});
afterAll(() => reviewer.close());

async function rejected({ sources, entrypoint = 'model.py', recipeEntrypoint, rival, recipe }: HonestCase) {
  const kind = recipe === 'submission' && rival === undefined ? 'full' : 'architecture_only';
  const training = recipeEntrypoint ?? entrypoint;
  const own = errorsOf(await reviewer.review(sources, { kind, architecture: entrypoint, training }));
  if (rival === undefined) return own;
  return [
    ...own,
    ...errorsOf(await reviewer.review(rival, { kind: 'training_for_arch', training: 'recipe.py' })),
  ];
}

test.each(
  Object.values(HONEST)
    .flat()
    .map((honest) => [honest.name, honest] as const),
)('%s', async (_name, honest) => {
  const errors = await rejected(honest);
  if (honest.pastReview) expect(errors).not.toEqual([]);
  else expect(errors).toEqual([]);
});
