/** The reviewer as it is shipped, in its container, measures what the tests beside this one measure in a process. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';
import { review } from '../../../services/reviewer/review.ts';
import { Reviewer } from '../../gpu-runner/reviewer/reviewer.ts';
import { copiesOf, type Files, projects } from './copies.ts';

const LABELS = { 'prism.test': `fingerprints-${process.pid}` };
const sandbox = openDockerSandbox();
let reviewer: Reviewer;
beforeAll(() => {
  reviewer = new Reviewer();
});
afterAll(() => reviewer.close());

async function shipped(files: Files) {
  const component = { entrypoint: 'model.py', files: ['model.py'] };
  const layout = {
    kind: 'architecture_only',
    architectureId: null,
    architecture: component,
    training: null,
  } as const;
  const content = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const reviewed = await review(layout, content, { sandbox, labels: LABELS });
  return reviewed.ok ? reviewed.result : reviewed;
}

test.each(['gpt', 'weighted-keys', 'small-gpt'])('%s, and a copy of it', async (name) => {
  const project = projects().find((one) => one.name === name);
  if (project === undefined) throw new Error(`no project ${name}`);
  const [copies] = await copiesOf([project]);
  const copy = copies?.get('renamed, restructured and wider');
  if (copy === undefined) throw new Error(`no copy of ${name}`);
  for (const files of [project.files, copy]) {
    const { python: _, ...measured } = await reviewer.review(files, { kind: 'architecture_only' });
    expect(measured.architecture).not.toBeNull();
    expect(await shipped(files)).toMatchObject(measured);
  }
});
