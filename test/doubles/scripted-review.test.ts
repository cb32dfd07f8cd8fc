/** What the scripted sandbox answers is what the real containers may answer. */
import { expect, test } from '@jest/globals';
import { reviewResultSchema } from '../../services/reviewer/review-result.ts';
import { scriptSchema } from './script.ts';
import { scriptedReview } from './scripted-review.ts';

const layout = {
  kind: 'full',
  architecture: { entrypoint: 'model.py', files: ['model.py'] },
  training: { entrypoint: 'train.py', files: ['train.py'] },
};
const files = new Map([
  ['model.py', Buffer.from('a')],
  ['train.py', Buffer.from('b')],
]);
const reviewOf = (review: object) =>
  reviewResultSchema.parse(scriptedReview({ layout }, files, scriptSchema.parse({ review })));

test('a review without a script passes, with a digest of each component', () => {
  const { architecture, training, findings } = reviewOf({});
  expect(architecture?.digest).not.toBe(training?.digest);
  expect(findings).toEqual([]);
});

test('a script changes what it names', () => {
  const scripted = reviewOf({ architecture: { digest: 'a'.repeat(64) }, training: null });
  expect(scripted.architecture).toMatchObject({ digest: 'a'.repeat(64), files: ['model.py'] });
  expect(scripted.training).toBeNull();
});
