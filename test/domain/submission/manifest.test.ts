import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IntakeRefusal, refusalOf } from '../../../domain/submission/intake-codes.ts';
import { DEFAULT_MANIFEST, parseManifest } from '../../../domain/submission/manifest.ts';

const family = '0b6f7d1c-58b5-5c0e-9a53-2f3c5f8b1f00';

function problemOf(data: unknown): string {
  try {
    parseManifest(data, 'prism.yaml');
  } catch (caught) {
    const { code, message } = refusalOf(caught);
    return `${code} ${message}`;
  }
  return 'accepted';
}

describe('a manifest', () => {
  test('that says nothing says the defaults', () => {
    expect(parseManifest({}, 'prism.yaml')).toEqual(DEFAULT_MANIFEST);
  });

  test('that says everything', () => {
    const data = {
      kind: 'training_for_arch',
      architecture_id: family,
      architecture: { entrypoint: 'model.py', files: 'layers.py' },
      training: { entrypoint: 'train.py', files: ['a.py', 'b.py'] },
    };
    expect(parseManifest(data, 'prism.yaml')).toEqual({
      kind: 'training_for_arch',
      architectureId: family,
      architecture: { entrypoint: 'model.py', files: ['layers.py'] },
      training: { entrypoint: 'train.py', files: ['a.py', 'b.py'] },
    });
  });

  test.each([
    [
      'an unknown key',
      { knid: 'full' },
      /^manifest-unknown-key prism\.yaml: unknown key `knid`; did you mean `kind`\?; known are `kind`, `architecture_id`/,
    ],
    [
      'an unknown key like none',
      { tokenizer: 'gpt2' },
      /^manifest-unknown-key .*unknown key `tokenizer`; known are/,
    ],
    [
      'an unknown key in a section',
      { training: { entry_point: 'a.py' } },
      /unknown key `entry_point` in `training`; did you mean `entrypoint`\?; known are `entrypoint`, `files`\./,
    ],
    [
      'a key of the prototype',
      JSON.parse('{"__proto__": {"kind": "full"}}'),
      /^manifest-unknown-key .*unknown key `__proto__`/,
    ],
    [
      'an unknown kind',
      { kind: 'fulll' },
      /^manifest-invalid .*`kind` is `fulll`, not one of `full`, .*did you mean `full`\?/,
    ],
    ['a kind of another type', { kind: 3 }, /`kind` must be text/],
    ['an empty document', null, /^manifest-invalid prism\.yaml: it must be a mapping/],
    ['a list', [], /it must be a mapping/],
    [
      'an empty section',
      { architecture: null },
      /`architecture` must be a mapping with `entrypoint`, `files` or both/,
    ],
    ['an empty path', { training: { entrypoint: '' } }, /`training\.entrypoint` must not be empty/],
    ['a number among files', { training: { files: ['a.py', 1] } }, /`training\.files(\.1)?` must be a path/],
    ['files as a mapping', { training: { files: {} } }, /`training\.files` must be a path or a list/],
    ['no architecture_id', { kind: 'training_for_arch' }, /needs `architecture_id`, the UUID/],
    [
      'an architecture_id that is none',
      { kind: 'training_for_arch', architecture_id: 'mine' },
      /`mine`, not a lower-case UUID/,
    ],
    [
      'an architecture_id for another kind',
      { architecture_id: family },
      /is for the kind `training_for_arch`; this is `full`/,
    ],
    [
      'training of an architecture_only',
      { kind: 'architecture_only', training: {} },
      /has no `training` section/,
    ],
  ])('%s', (_, data, problem) => {
    expect(problemOf(data)).toMatch(problem);
  });

  test('of any shape is parsed or refused', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'kind',
        'architecture_id',
        'architecture',
        'training',
        'entrypoint',
        'files',
        '__proto__',
      ),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(key, tie('tree')),
        fc.constantFrom('full', 'training_for_arch', family),
      ),
    }));
    fc.assert(
      fc.property(tree, (data) => {
        try {
          expect(['full', 'architecture_only', 'training_for_arch']).toContain(
            parseManifest(data, 'prism.yaml').kind,
          );
        } catch (caught) {
          if (!(caught instanceof IntakeRefusal)) throw caught;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
