/** Whatever the bytes are, the reviewer answers in its schema, and soon. */
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostile } from './cases.ts';
import { errorsOf, honestProjects, type Layout, Reviewer, type Sources, withCode } from './reviewer.ts';

const reviewer = new Reviewer();
afterAll(() => reviewer.close());

const projects: readonly { files: Sources; layout: Layout }[] = [
  ...honestProjects(),
  ...Object.values(hostile).flatMap((cases) =>
    cases.map(([, files, layout]) => ({ files, layout: layout ?? {} })),
  ),
].filter(({ files }) => Object.values(files).every((data) => data.length < 20_000));

/** Pieces that change what a program means when they are dropped into it. */
const PIECES = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ':',
    ',',
    '\n',
    '\n    ',
    '\n        ',
    '"""',
    "'",
    '\\',
    '\0',
    '\f',
    '\r',
    '\ud7ff',
    '*',
    '**',
    '@',
    ':=',
  ],
  ...[
    'lambda: ',
    'yield ',
    'await ',
    'async ',
    'global x\n',
    'nonlocal x\n',
    'return ',
    'del ',
    'class A:\n',
    'def f(x):\n',
    'import torch\n',
  ],
  ...[
    'for x in y:\n',
    'with x as y:\n',
    'try:\n',
    'except* E as e:\n',
    'match x:\n',
    'case A(b=c):\n',
    'self',
    '.x',
    ' = ',
    ' if x else ',
    '0x1p',
    '1e999',
  ],
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat({ max: 40 }),
  insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8, unit: 'binary' })),
});

function apply(text: string, edits: readonly { at: number; remove: number; insert: string }[]): string {
  return edits.reduce((current, { at, remove, insert }) => {
    const start = Math.floor(at * current.length);
    return current.slice(0, start) + insert + current.slice(start + remove);
  }, text);
}

describe('the reviewer', () => {
  test('answers whatever an edit made of a project', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...projects),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      async ({ files, layout }, edits) => {
        const changed = Object.entries(files).map(([path, data]) => [
          path,
          apply(Buffer.from(data).toString('utf8'), edits),
        ]);
        const result = await reviewer.review(Object.fromEntries(changed), layout);
        expect(result.findings.length > 0 || result.architecture !== null || result.training !== null).toBe(
          true,
        );
      },
    );
    await fc.assert(property, { numRuns: 400 });
  });

  test('answers to random bytes', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (data) => {
      expect(errorsOf(await reviewer.review({ 'model.py': data }))).not.toEqual([]);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('reports at most 200 findings, errors before warnings', async () => {
    const lines = Array.from(
      { length: 300 },
      (_, i) => `T${i} = "${'x'.repeat(2_100)}"${i % 2 === 0 ? '; eval(1)' : ''}`,
    );
    const result = await reviewer.review({
      ...withCode(''),
      'a.py': lines.slice(0, 100).join('\n'),
      'b.py': lines.slice(100, 200).join('\n'),
      'c.py': lines.slice(200).join('\n'),
    });
    expect(result.findings).toHaveLength(200);
    expect(result.findings.every((one) => one.severity === 'error')).toBe(true);
  });

  test('gives up on values that flow everywhere, with a finding', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `v${i}`);
    const mixing = names
      .map((name, i) => `    ${name} = [${names.join(', ')}, torch.a${i}.b][0].c${i}`)
      .join('\n');
    const result = await reviewer.review(
      withCode(
        `def mix(${names.join(', ')}):\n    while True:\n${mixing.replaceAll('    v', '        v')}\n    return mix(${names.join(', ')})\n`,
      ),
    );
    expect(errorsOf(result)).toContain('too-complex');
  });

  test('follows imports in a circle and functions that call themselves', async () => {
    const result = await reviewer.review({
      'model.py':
        'from a import build\ndef build_model(ctx):\n    return build(ctx)\ndef get_recipe(ctx):\n    return {}\n',
      'a.py': 'from b import again\nimport model\ndef build(ctx):\n    return again(ctx)\n',
      'b.py':
        'import a\nfrom a import build as again2\nfrom c import lost\ndef again(ctx):\n    return a.build(ctx) or again2(ctx) or again(ctx) or lost\n',
      'c.py': 'from d import lost\n',
      'd.py': 'from c import lost\n',
    });
    expect(errorsOf(result)).toEqual([]);
    expect(result.architecture?.files).toEqual(['a.py', 'b.py', 'c.py', 'd.py', 'model.py']);
  });

  test('quotes hostile names in well-formed text', async () => {
    const result = await reviewer.review(
      withCode(
        `def f(x):\n    getattr(x, "\\ud800__class__")\n    x.${'a'.repeat(5_000)}.os\n    return getattr(x, "__\\udfff__")\n`,
      ),
    );
    expect(result.findings.length).toBeGreaterThan(0);
    for (const { message } of result.findings) expect(message.isWellFormed()).toBe(true);
  });
});
