import { describe, expect, test } from '@jest/globals';
import { layoutSchema } from '../../../domain/events/submission.ts';
import { refusalOf } from '../../../domain/submission/intake-codes.ts';
import { DEFAULT_MANIFEST, type Manifest } from '../../../domain/submission/manifest.ts';
import {
  findManifest,
  type ProjectLayout,
  resolveLayout,
} from '../../../domain/submission/manifest-layout.ts';

const family = '0b6f7d1c-58b5-5c0e-9a53-2f3c5f8b1f00';
const recipe: Partial<Manifest> = { kind: 'training_for_arch', architectureId: family };

function layoutOf(
  manifest: Partial<Manifest>,
  paths: string[],
  manifestPath: string | null = 'prism.yaml',
): ProjectLayout {
  return resolveLayout({ ...DEFAULT_MANIFEST, ...manifest }, manifestPath, new Set(paths));
}

function problemOf(action: () => unknown): string {
  try {
    action();
  } catch (caught) {
    const { code, message } = refusalOf(caught);
    return `${code} ${message}`;
  }
  return 'accepted';
}

const one = (entrypoint: string, ...files: string[]) => ({
  entrypoint,
  files: [entrypoint, ...files].sort(),
});

describe('findManifest', () => {
  test.each([
    [['model.py'], null],
    [['prism.yaml', 'model.py'], 'prism.yaml'],
    [['a/b/prism.yml'], 'a/b/prism.yml'],
    [['my-prism.yaml', 'prism.yaml.txt', 'prism.yaml/a.py'], null],
  ])('%j', (paths, found) => {
    expect(findManifest(paths)).toBe(found);
  });

  test('several, or one in upper case, are refused', () => {
    expect(problemOf(() => findManifest(['a/prism.yaml', 'prism.yml']))).toMatch(
      /^manifest-several .*both a\/prism\.yaml and prism\.yml/,
    );
    expect(problemOf(() => findManifest(['PRISM.yaml']))).toMatch(/^manifest-misnamed PRISM\.yaml/);
  });
});

describe('defaults', () => {
  test.each<[string, Partial<Manifest>, string[], Pick<ProjectLayout, 'architecture' | 'training'>]>([
    [
      'model.py holds both parts',
      {},
      ['model.py', 'agent.py'],
      { architecture: one('model.py'), training: one('model.py') },
    ],
    ['else agent.py', {}, ['agent.py', 'b.py'], { architecture: one('agent.py'), training: one('agent.py') }],
    [
      'a recipe defaults to the architecture',
      { architecture: { entrypoint: 'net.py', files: [] } },
      ['net.py', 'model.py', 'training.py'],
      { architecture: one('net.py'), training: one('net.py') },
    ],
    [
      'files without an entrypoint',
      { training: { entrypoint: null, files: ['b.py'] } },
      ['model.py', 'b.py'],
      { architecture: one('model.py'), training: one('model.py', 'b.py') },
    ],
    [
      'architecture_only has no recipe',
      { kind: 'architecture_only' },
      ['model.py'],
      { architecture: one('model.py'), training: null },
    ],
    [
      'training_for_arch: training.py',
      recipe,
      ['model.py', 'training.py'],
      { architecture: null, training: one('training.py') },
    ],
    [
      'training_for_arch: else model.py',
      recipe,
      ['model.py', 'agent.py'],
      { architecture: null, training: one('model.py') },
    ],
    [
      'training_for_arch with a copy',
      { ...recipe, architecture: { entrypoint: 'net.py', files: [] } },
      ['net.py', 'model.py'],
      { architecture: one('net.py'), training: one('net.py') },
    ],
    [
      'training_for_arch with a copy and training.py',
      { ...recipe, architecture: { entrypoint: null, files: [] } },
      ['training.py', 'model.py'],
      { architecture: one('model.py'), training: one('training.py') },
    ],
  ])('%s', (_, manifest, paths, expected) => {
    const layout = layoutOf(manifest, paths);
    expect(layout).toMatchObject(expected);
    expect(layoutSchema.parse(layout)).toEqual(layout);
  });

  test('without an entrypoint the message says what is there instead', () => {
    expect(problemOf(() => layoutOf({}, ['src/net.py', 'a.txt'], null))).toMatch(
      /^entrypoint-missing there is no model\.py, no agent\.py; its \.py files are src\/net\.py\./,
    );
    expect(problemOf(() => layoutOf({}, ['a.txt'], null))).toMatch(/and no other \.py file/);
    expect(problemOf(() => layoutOf(recipe, ['net.py']))).toMatch(
      /no training\.py, no model\.py, no agent\.py/,
    );
  });
});

describe('paths', () => {
  const declare = (entrypoint: string, paths: string[], manifestPath = 'prism.yaml') =>
    layoutOf({ architecture: { entrypoint, files: [] } }, paths, manifestPath);

  test("start at the manifest's folder", () => {
    expect(
      declare('net.py', ['net.py', 'p/net.py', 'p/prism.yaml'], 'p/prism.yaml').architecture?.entrypoint,
    ).toBe('p/net.py');
    expect(layoutOf({}, ['model.py', 'p/model.py'], 'p/prism.yaml').architecture?.entrypoint).toBe(
      'p/model.py',
    );
    expect(declare('./net.py', ['net.py']).architecture?.entrypoint).toBe('net.py');
  });

  test('files are sorted, once each, with the entrypoint', () => {
    const architecture = { entrypoint: 'm.py', files: ['z.py', 'a.py', 'm.py', 'z.py'] };
    expect(layoutOf({ architecture }, ['m.py', 'a.py', 'z.py']).architecture).toEqual({
      entrypoint: 'm.py',
      files: ['a.py', 'm.py', 'z.py'],
    });
  });

  test.each([
    [
      'a suffix of a path',
      'odel.py',
      /names odel\.py, which is not in the archive; did you mean model\.py\?/,
    ],
    ['a path upwards', '../model.py', /^manifest-file-missing /],
    ['an absolute path', '/model.py', /did you mean model\.py\?/],
    ['another case', 'Model.py', /did you mean model\.py\?/],
    ['a folder', 'lib', /`architecture\.entrypoint` names lib, a folder/],
    ['a file and a symbol', 'model.py::build', /which is not in the archive/],
    ['a file that is not Python', 'notes.txt', /^manifest-invalid .*notes\.txt, not a \.py file/],
  ])('%s', (_, entrypoint, problem) => {
    expect(problemOf(() => declare(entrypoint, ['model.py', 'lib/a.py', 'notes.txt']))).toMatch(problem);
  });

  test('the longest possible message fits into an event', () => {
    const long = (letter: string) => `${letter.repeat(236)}.py`;
    const paths = ['a', 'b', 'c', 'd'].map(long);
    expect(problemOf(() => layoutOf({}, paths, `${'p'.repeat(200)}/prism.yaml`)).length).toBeLessThanOrEqual(
      1_020,
    );
  });
});
