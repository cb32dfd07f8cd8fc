import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IntakeRefusal, refusalOf } from '../../../domain/submission/intake-codes.ts';
import { parseManifestYaml } from '../../../services/intake/manifest-yaml.ts';

const MAX = 64 * 1024;
const parse = (text: string) => parseManifestYaml(Buffer.from(text), 'prism.yaml', MAX);

function problemOf(text: string): string {
  try {
    parse(text);
  } catch (caught) {
    const { code, message } = refusalOf(caught);
    return `${code} ${message}`;
  }
  return 'accepted';
}

describe('plain YAML becomes plain data', () => {
  test.each([
    ['kind: full', { kind: 'full' }],
    ['# a comment\n---\nkind: full\n...\n', { kind: 'full' }],
    [
      'training:\n  entrypoint: a.py\n  files: [b.py, c.py]',
      { training: { entrypoint: 'a.py', files: ['b.py', 'c.py'] } },
    ],
    ['\ufeffkind: "full"', { kind: 'full' }],
    ['kind: no', { kind: 'no' }],
    ['kind: !!str 1', { kind: '1' }],
    ['{}', {}],
    ['', null],
  ])('%j', (text, data) => {
    expect(parse(text)).toEqual(data);
  });
});

describe('anything else is refused', () => {
  const hundred = (line: string) =>
    Array.from({ length: 100 }, (_, i) => line.replaceAll('#', String(i))).join('\n');
  test.each([
    [
      'a tab as indent',
      'a:\n\tb: 1',
      /^manifest-not-yaml prism\.yaml: Tabs are not allowed as indentation at line 2/,
    ],
    ['a key twice', 'kind: full\nkind: full', /Map keys must be unique/],
    ['two documents', 'kind: full\n---\nkind: full', /multiple documents/],
    ['an anchor', 'a: &x 1', /it has the anchor &x/],
    ['an alias', 'a: &x [1]\nb: *x', /it has the (anchor|alias)/],
    ['an alias of nothing', 'a: *x', /^manifest-not-yaml /],
    ['a merge key', 'a: &x {b: 1}\n<<: *x', /^manifest-not-yaml /],
    ['a billion laughs', `a0: &a0 [x, x]\n${hundred('b#: &b# [*a0, *a0]')}`, /^manifest-not-yaml /],
    ['a tag that makes objects', 'a: !!python/object:os.system ls', /^manifest-not-yaml /],
    ['a tag of its own', 'a: !secret b', /^manifest-not-yaml /],
    ['YAML 1.1', '%YAML 1.1\n---\nkind: full', /it is YAML 1\.1, not 1\.2/],
    ['a number as key', '1: a', /it has the key 1, which is not text/],
    ['a list as key', '? [a, b]\n: c', /which is not text/],
    ['an open bracket', 'a: [b', /^manifest-not-yaml /],
    ['deep flow nesting', '['.repeat(30_000), /^manifest-not-yaml /],
    ['deep block nesting', '- '.repeat(30_000), /^manifest-not-yaml /],
    [
      'too many bytes',
      `# ${'x'.repeat(MAX)}`,
      /^manifest-too-large prism\.yaml: it has 65538 bytes, allowed are 65536/,
    ],
  ])('%s', (_, text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  test('every text is parsed or refused', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '\n',
        '  ',
        '[',
        ']',
        '{',
        '}',
        '&a ',
        '*a',
        '!!',
        '"',
        "'",
        '|',
        '>',
        '#',
        '%YAML',
        '---',
        '?',
        '<<',
        '\t',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        try {
          const data = parse(parts.join(''));
          expect(JSON.parse(JSON.stringify(data ?? null))).toBeDefined();
        } catch (caught) {
          if (!(caught instanceof IntakeRefusal)) throw caught;
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('at any depth, up to where the parser gives up, nothing is thrown but a refusal', () => {
    for (let depth = 100; depth < 3_000; depth = Math.ceil(depth * 1.1)) {
      expect(problemOf('['.repeat(depth) + ']'.repeat(depth))).toMatch(/^accepted|^manifest-not-yaml/);
      expect(problemOf('- '.repeat(depth))).toMatch(/^accepted|^manifest-not-yaml/);
    }
  });
});
