/** What is left out of a digest must not be a place to hide code in: two projects that compute different things are two families. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Reviewer } from '../../gpu-runner/reviewer/reviewer.ts';

let reviewer: Reviewer;
beforeAll(() => {
  reviewer = new Reviewer();
});
afterAll(() => reviewer.close());

const project = (helpers: string, forward: string) => ({
  'model.py': `import torch
from torch import nn

${helpers}

class Net(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.table = nn.Embedding(vocabulary, 32)
        self.head = nn.Linear(32, vocabulary)
        self.seen = 0

    def secret(self, x):
        self.head.weight.data.mul_(2)
        return x

    @property
    def hidden(self):
        return self.secret(3)

    def forward(self, tokens):
        x = self.table(tokens)
${forward.replaceAll(/^/gm, '        ')}
        return self.head(x)


def build_model(ctx):
    return Net(ctx.vocab_size)
`,
});

async function digestOf(helpers: string, forward: string): Promise<string | undefined> {
  const result = await reviewer.review(project(helpers, forward), { kind: 'architecture_only' });
  return result.architecture?.digest;
}

const FIRST = 'def first(a, b):\n    return a\n';
const CHANGES = 'def changed(net, x):\n    net.table.count = 3\n    return x\n';
const TWICE = 'def twice(a):\n    return a + a\n';

test.each<[string, string, string, string]>([
  ['an assertion that calls', '', 'assert self.secret(x) is not None', 'pass'],
  ['an assertion on a property', '', 'assert self.hidden is None', 'pass'],
  ['an assertion that names a value', '', 'assert (x := x * 2) is not None', 'pass'],
  [
    'the message of an exception that is computed',
    '',
    'try:\n    raise ValueError(self.secret(x))\nexcept ValueError:\n    pass',
    'try:\n    raise ValueError("no")\nexcept ValueError:\n    pass',
  ],
  [
    'the message of an exception that is read',
    '',
    'try:\n    raise ValueError("3")\nexcept ValueError as error:\n    x = x * int(str(error))',
    'try:\n    raise ValueError("4")\nexcept ValueError as error:\n    x = x * int(str(error))',
  ],
  ['an argument that is not used', FIRST, 'x = first(x, self.secret(x))', 'x = first(x, 3)'],
  ['a default of an inner function', '', 'def spare(a=self.secret(x)):\n    return a', 'pass'],
  ['an unused variable that calls', '', 'spare = self.secret(x)', 'pass'],
  ['an unused variable that reads a property', '', 'spare = self.hidden', 'pass'],
  [
    'an argument that stands twice in a small function',
    TWICE,
    'x = twice(torch.rand(1))',
    'x = torch.rand(1) + 3',
  ],
  [
    'a value that is read before it is changed',
    '',
    'old = self.seen\nself.seen = 4\nx = x * old',
    'self.seen = 4\nx = x * self.seen',
  ],
  [
    'a value that a call changes before it is read',
    CHANGES,
    'old = self.table.count\nx = changed(self, x)\nx = x * old',
    'x = changed(self, x)\nx = x * self.table.count',
  ],
  [
    'a value that the same statement changes before it is read',
    CHANGES,
    'old = self.table.count\nx = changed(self, x) * old',
    'x = changed(self, x) * self.table.count',
  ],
  [
    'which of two arguments that act is first',
    `${CHANGES}def turned(a, b):\n    return b * a\n`,
    'x = turned(self.secret(x), changed(self, x))',
    'x = changed(self, x) * self.secret(x)',
  ],
  [
    'a name that another value takes',
    '',
    'a = x\nfor i in range(3):\n    a = a * 2\nx = a',
    'for i in range(3):\n    x = x * 2',
  ],
  ['the order of statements', '', 'x = torch.relu(x)\nx = x * 3', 'x = x * 3\nx = torch.relu(x)'],
  ['which side is smaller', '', 'x = x * (x < 3)', 'x = x * (3 < x)'],
  [
    'both branches',
    '',
    'if self.seen:\n    x = x * 3\nelse:\n    x = x + 3',
    'if not self.seen:\n    x = x * 3\nelse:\n    x = x + 3',
  ],
  [
    'a branch that goes on',
    '',
    'if self.seen:\n    x = x * 3\nelse:\n    x = x + 3',
    'if self.seen:\n    x = x * 3\nx = x + 3',
  ],
])('a digest changes with %s', async (_, helpers, one, other) => {
  const found = [await digestOf(helpers, one), await digestOf(helpers, other)];
  expect(found[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(found[1]).toMatch(/^[0-9a-f]{64}$/);
  expect(found[0]).not.toBe(found[1]);
});

test.each<[string, string, string, string]>([
  ['a plain assertion', '', 'assert x.shape[1] <= 64', 'pass'],
  ['a small function', TWICE, 'x = twice(x)', 'x = x + x'],
  ['a chain of comparisons', '', 'x = x * (0 < self.seen < 3)', 'x = x * (0 < self.seen and self.seen < 3)'],
  ['a negated comparison', '', 'if not self.seen == 3:\n    x = x * 3', 'if self.seen != 3:\n    x = x * 3'],
  [
    'branches the other way round',
    '',
    'if not self.seen:\n    x = x * 3\nelse:\n    x = x + 3',
    'if self.seen:\n    x = x + 3\nelse:\n    x = x * 3',
  ],
  [
    'what stands behind a branch that leaves',
    '',
    'if self.seen:\n    return x\nelse:\n    x = x + 3',
    'if self.seen:\n    return x\nx = x + 3',
  ],
])('a digest does not change with %s', async (_, helpers, one, other) => {
  expect(await digestOf(helpers, one)).toBe(await digestOf(helpers, other));
});

test.each<[string, string]>([
  [
    'layers around layers around layers',
    `class Shell(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def forward(self, x):
        return self.inner(x)
def build_model(ctx):
    return ${'Shell('.repeat(20)}nn.Embedding(256, 256)${')'.repeat(20)}
`,
  ],
  [
    'functions that double what they call',
    `def f0(x):
    return x + x
${Array.from({ length: 24 }, (_, index) => `def f${index + 1}(x):\n    return f${index}(x) + f${index}(x)\n`).join('')}
class Net(nn.Module):
    def forward(self, x):
        return f24(x)
def build_model(ctx):
    return Net()
`,
  ],
])('%s are refused as too complex, not passed over', async (_, code) => {
  const result = await reviewer.review(
    { 'model.py': `from torch import nn\n${code}` },
    { kind: 'architecture_only' },
  );
  expect(result.findings.map(({ rule }) => rule)).toEqual(['too-complex']);
  expect(result.architecture).toBeNull();
});
