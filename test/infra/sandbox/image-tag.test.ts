import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { GPU_RUNNER, IMAGE_NAMES, imageTags } from '../../../infra/sandbox/image-tag.ts';

const folder = mkdtempSync(join(tmpdir(), 'prism-tags-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The tags of this tree after a file was written into a copy of it. */
function tagsAfter(file: string): ReturnType<typeof imageTags> {
  const root = mkdtempSync(join(folder, 'tree-'));
  cpSync(GPU_RUNNER, root, { recursive: true });
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), 'something else\nCOPY prism_host /opt\n');
  return imageTags('runner', root);
}

const now = imageTags('runner');

test('an image has a name, and a digest of what it is made from', () => {
  expect(now.image).toMatch(/^prism-runner:[0-9a-f]{16}$/);
  expect(now.base).toMatch(/^prism-runner-base:[0-9a-f]{16}$/);
  const all = IMAGE_NAMES.flatMap((name) => Object.values(imageTags(name)));
  expect(new Set(all).size).toBe(2 * IMAGE_NAMES.length);
});

test.each(['images/base.sh', 'images/runner/packages.txt'])(
  '%s changes the base and with it the image',
  (file) => {
    const after = tagsAfter(file);
    expect(after.base).not.toBe(now.base);
    expect(after.image).not.toBe(now.image);
  },
);

test.each([
  'images/runner/Dockerfile',
  'images/strip_docstrings.py',
  'prism_host/serve.py',
  'prism_host/new/module.py',
])('%s changes the image and keeps the base', (file) => {
  const after = tagsAfter(file);
  expect(after.base).toBe(now.base);
  expect(after.image).not.toBe(now.image);
});

test.each(['prism_host/__pycache__/serve.pyc', 'README.md', 'images/reviewer/packages.txt'])(
  '%s changes nothing of the runner',
  (file) => {
    expect(tagsAfter(file)).toEqual(now);
  },
);
