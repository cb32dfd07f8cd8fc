/** What identifies a component: what must not change its digest, what must, and how its sketch says how much. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { similarityPpm } from '../../../domain/ownership/likeness.ts';
import type { ReviewResult } from '../../../services/reviewer/review-result.ts';
import { errorsOf, honestProjects, type Layout, Reviewer, type Sources, sourcesOf } from './reviewer.ts';

const reviewer = new Reviewer();
afterAll(() => reviewer.close());

const base = sourcesOf('same/base')['model.py'] ?? '';
let original: ReviewResult;
beforeAll(async () => {
  original = await reviewer.review({ 'model.py': base });
});

async function digests(files: Sources, layout: Layout = {}) {
  const result = await reviewer.review(files, layout);
  expect(errorsOf(result)).toEqual([]);
  return {
    architecture: result.architecture?.digest,
    training: result.training?.digest,
    inference: result.inference?.digest,
  };
}

/** The base project with each `from` replaced; fails where there is nothing to replace. */
function edited(...changes: readonly (readonly [from: string, to: string])[]): Sources {
  let text = base;
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the base project has no ${from}`);
    text = text.replaceAll(from, to);
  }
  return { 'model.py': text };
}

const DEAD = `
import itertools
SPARE = 3
class Spare(nn.Module):
    def forward(self, x):
        return x.view(SPARE)
def spare(x):
    return Spare()(x) + warm(3)
`;

/** Moves the text from one marker up to the next in front of a third. */
function moved(from: string, to: string, before: string): Sources {
  const start = base.indexOf(from);
  const part = base.slice(start, base.indexOf(to, start));
  const rest = base.replace(part, '');
  return { 'model.py': rest.replace(before, `${part}\n${before}`) };
}

const same: readonly (readonly [string, Sources, Layout?])[] = [
  [
    'all names changed, definitions, methods and keywords reordered, other imports, dead code',
    sourcesOf('same/renamed'),
  ],
  [
    'split into seven files and a package, training apart',
    sourcesOf('same/split'),
    { training: 'training.py' },
  ],
  ['another path', { 'deep/net/main.py': base }, { architecture: 'deep/net/main.py' }],
  ['comments and blank lines', edited(['\n', '  # note\n\n'])],
  [
    'docstrings',
    edited(['def forward(self, x):\n', 'def forward(self, x):\n        """Mixes."""\n        "and more"\n']),
  ],
  [
    'annotations',
    edited(
      ['def split(self, x):', 'def split(self, x: torch.Tensor) -> "torch.Tensor":'],
      [': Config', ''],
      ['b, t, c = x.shape', 'b: int\n        b, t, c = x.shape'],
    ),
  ],
  [
    'an annotation on an assignment',
    edited(['        self.heads = cfg.heads', '        self.heads: int = cfg.heads']),
  ],
  [
    'brackets, line breaks and quotes',
    edited(
      ["float('-inf')", 'float(\n            "-inf"\n        )'],
      ['x = x + self.attn(self.ln1(x))', 'x = (x + (self.attn((self.ln1(x)))))'],
    ),
  ],
  ['Windows line ends and tabs', { 'model.py': base.replaceAll('    ', '\t').replaceAll('\n', '\r\n') }],
  [
    'numbers written otherwise',
    edited(
      ['width: int = 64', 'width: int = 0x40'],
      ['learning_rate=3e-3', 'learning_rate=0.003'],
      ['weight_decay=0.1', 'weight_decay=1_0e-2'],
    ),
  ],
  [
    'imports by another path',
    edited(
      ['import torch.nn as nn', 'from torch import nn'],
      ['import torch.nn.functional as F\n', ''],
      ['F.softmax', 'nn.functional.softmax'],
    ),
  ],
  [
    'one name imported directly',
    edited(['import math', 'from math import sqrt as root'], ['math.sqrt', 'root']),
  ],
  [
    'imports inside a function',
    edited(
      ['import math\n', ''],
      ['        q, k, v = self.qkv', '        import math\n        q, k, v = self.qkv'],
    ),
  ],
  [
    'an alias of an outside name',
    edited(
      ['class Attention', 'Dense = torch.nn.modules.linear.Linear\n\n\nclass Attention'],
      ['nn.Linear', 'Dense'],
    ),
  ],
  [
    'unused helpers, classes, imports and constants',
    { 'model.py': base.replace('class Attention', `${DEAD}\n\nclass Attention`) },
  ],
  [
    'an unused method',
    edited([
      '    def split(self, x):',
      '    def show(self):\n        return self.heads * 2\n\n    def split(self, x):',
    ]),
  ],
  [
    'statements that cannot run',
    edited([
      '        return x + self.mlp(x)',
      '        if False:\n            x = x * 2\n        pass\n        return x + self.mlp(x)\n        x = x * 3',
    ]),
  ],
  [
    'blocks for type checkers and shells',
    edited(
      [
        'class Attention',
        'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\n\nclass Attention',
      ],
      ['WARM_UP = 20', 'if __name__ == "__main__":\n    print(build_model)\nWARM_UP = 20'],
    ),
  ],
  [
    'an earlier definition that is replaced',
    edited(['class Block', 'def Block(cfg):\n    return nn.Linear(cfg.width, 1)\n\n\nclass Block']),
  ],
  [
    'the order of keyword arguments',
    edited(
      [
        'vocab=ctx.vocab_size, length=ctx.sequence_length, cfg=cfg',
        'cfg=cfg, length=ctx.sequence_length, vocab=ctx.vocab_size',
      ],
      ['device=x.device, dtype=torch.bool', 'dtype=torch.bool, device=x.device'],
    ),
  ],
  ['the order of definitions', moved('class GPT', 'def build_model', '@dataclass')],
  ['the order of methods', moved('    def split', '    def forward', 'class Block')],
  [
    'one class renames an attribute that another has, too',
    edited(
      ['self.attn = Attention(cfg)', 'self.mixing = Attention(cfg)'],
      ['self.attn(', 'self.mixing('],
      ['self.proj', 'self.attn'],
    ),
  ],
  ['an attribute named as one of torch', edited(['self.mlp', 'self.weight'])],
  [
    'a local variable',
    edited(['att = ', 'scores = '], ['att.masked', 'scores.masked'], ['(att,', '(scores,']),
  ],
  [
    'a field of the configuration',
    edited(['cfg.heads', 'cfg.n_heads'], ['heads: int = 4', 'n_heads: int = 4']),
  ],
  [
    'a sibling module by its name',
    {
      ...edited(
        ['from dataclasses import dataclass', 'import settings'],
        ['@dataclass\nclass Config:\n    width: int = 64\n    heads: int = 4\n    layers: int = 2\n', ''],
        ['Config(', 'settings.Config('],
        [': Config', ': settings.Config'],
      ),
      'settings.py':
        'import dataclasses\n@dataclasses.dataclass\nclass Config:\n    width: int = 64\n    heads: int = 4\n    layers: int = 2\n',
    },
  ],
];

const different: readonly (readonly [
  string,
  'architecture' | 'training' | 'inference',
  readonly (readonly [string, string])[],
])[] = [
  ['a width', 'architecture', [['width: int = 64', 'width: int = 32']]],
  ['a width where it is used', 'architecture', [['Config(width=64', 'Config(width=48']]],
  ['an expansion', 'architecture', [['4 * cfg.width', '2 * cfg.width']]],
  ['a default that is not named', 'architecture', [['heads: int = 4', 'heads: int = 8']]],
  ['an activation', 'architecture', [['nn.GELU', 'nn.ReLU']]],
  ['where the norm stands', 'architecture', [['x + self.attn(self.ln1(x))', 'self.ln1(x + self.attn(x))']]],
  [
    'the order of statements',
    'architecture',
    [
      [
        '        x = x + self.attn(self.ln1(x))\n        return x + self.mlp(x)',
        '        x = x + self.mlp(x)\n        return x + self.attn(self.ln1(x))',
      ],
    ],
  ],
  ['tied weights', 'architecture', [['        self.head.weight = self.tok.weight\n', '']]],
  ['an outside keyword', 'architecture', [['bias=False', 'bias=True']]],
  ['a mask', 'architecture', [['.tril()', '.triu()']]],
  [
    'two fields swapped',
    'architecture',
    [['    width: int = 64\n    heads: int = 4', '    heads: int = 64\n    width: int = 4']],
  ],
  ['two uses of fields swapped', 'architecture', [['self.heads = cfg.heads', 'self.heads = cfg.layers']]],
  [
    'two arguments swapped',
    'architecture',
    [
      [
        'vocab=ctx.vocab_size, length=ctx.sequence_length',
        'length=ctx.vocab_size, vocab=ctx.sequence_length',
      ],
    ],
  ],
  [
    'what a method does',
    'architecture',
    [['c // self.heads).transpose(1, 2)', 'c // self.heads).transpose(2, 1).contiguous()']],
  ],
  [
    'a method that torch calls',
    'architecture',
    [
      [
        '    def split(self, x):',
        '    def train(self, mode=True):\n        return super().train(False)\n\n    def split(self, x):',
      ],
    ],
  ],
  ['what the context is asked', 'architecture', [['ctx.max_layers', 'ctx.seed']]],
  ['a learning rate', 'training', [['learning_rate=3e-3', 'learning_rate=1e-3']]],
  ['a helper of a hook', 'training', [['(step + 1) / WARM_UP', '(step + 2) / WARM_UP']]],
  ['a constant of a helper', 'training', [['WARM_UP = 20', 'WARM_UP = 10']]],
  ['an outside string', 'training', [['batch_size=16', 'batch_size=16, optimizer="sgd"']]],
  [
    'a hook more',
    'training',
    [
      [
        'WARM_UP = 20',
        'WARM_UP = 20\n\n\ndef compute_loss(model, batch, ctx):\n    return model(batch.tokens).sum()',
      ],
    ],
  ],
  ['the inference hook', 'inference', [['* 1.1', '* 1.2']]],
];

describe('a digest does not change with', () => {
  test.each(same.map(([title, files, layout]) => [title, files, layout ?? {}] as const))(
    '%s',
    async (_, files, layout) => {
      expect(await digests(files, layout)).toEqual({
        architecture: original.architecture?.digest,
        training: original.training?.digest,
        inference: original.inference?.digest,
      });
    },
  );
});

describe('a digest does not see', () => {
  test('the name of a buffer, nor whether a dead method precedes it', async () => {
    const gpt = sourcesOf('honest/gpt-package');
    const renamed = Object.entries(gpt).map(([path, text]) => [
      path,
      text.replaceAll('"mask"', '"hidden"').replaceAll('self.mask', 'self.hidden'),
    ]);
    expect(Object.fromEntries(renamed)).not.toEqual(gpt);
    expect(await digests(Object.fromEntries(renamed))).toEqual(await digests(gpt));
  });

  test('an architecture of another project, pasted in and never used', async () => {
    for (const { name, files } of honestProjects().filter((one) => one.name !== 'training-for-arch')) {
      const pasted = (files['model.py'] ?? '')
        .replaceAll('build_model', 'spare_model')
        .replaceAll('get_recipe', 'spare_recipe');
      const result = await reviewer.review({ ...files, 'model.py': `${base}\n`, 'pasted.py': pasted });
      expect([name, result.architecture?.digest]).toEqual([name, original.architecture?.digest]);
    }
  });
});

describe('a digest changes with', () => {
  test.each(different)('%s (%s only)', async (_, component, changes) => {
    const changed = await digests(edited(...changes));
    const before = {
      architecture: original.architecture?.digest,
      training: original.training?.digest,
      inference: original.inference?.digest,
    };
    expect(changed[component]).not.toBe(before[component]);
    expect({ ...changed, [component]: null }).toEqual({ ...before, [component]: null });
  });
});

describe('a sketch', () => {
  const likeness = (a: ReviewResult, b: ReviewResult) =>
    a.architecture === null || b.architecture === null ? 0 : similarityPpm(a.architecture, b.architecture);

  test.each(different.filter(([, component]) => component === 'architecture'))(
    'stays near after one change: %s',
    async (_, __, changes) => {
      expect(likeness(original, await reviewer.review(edited(...changes)))).toBeGreaterThan(850_000);
    },
  );

  test('tells unlike projects apart', async () => {
    const found: ReviewResult[] = [];
    for (const { files, layout } of honestProjects()) found.push(await reviewer.review(files, layout));
    const pairs = found.flatMap((a, index) => found.slice(0, index).map((b) => likeness(a, b)));
    expect(pairs.length).toBeGreaterThan(100);
    expect(Math.max(...pairs)).toBeLessThan(600_000);
  });

  test('holds at most 64 ascending numbers, and fewer for little code', async () => {
    const { training, architecture } = original;
    expect(architecture?.sketch).toHaveLength(64);
    expect(training?.sketch).toEqual([...(training?.sketch ?? [])].sort((a, b) => a - b));
    expect(new Set(architecture?.sketch).size).toBe(64);
  });
});

describe('the answer', () => {
  test('names the files that importing each entrypoint loads', async () => {
    const result = await reviewer.review(
      { ...sourcesOf('same/split'), 'unused.py': '', 'net/spare.py': '' },
      { training: 'training.py' },
    );
    expect(result.architecture?.files).toEqual([
      'model.py',
      'net/attention.py',
      'net/block.py',
      'net/config.py',
      'net/gpt.py',
    ]);
    expect(result.training?.files).toEqual(['schedule.py', 'training.py']);
    expect(result.hooks).toEqual([
      { name: 'configure_optimizer', where: 'training' },
      { name: 'inference_logits', where: 'training' },
    ]);
  });

  test('takes a hook from the training entrypoint before the architecture', async () => {
    const hook = (value: number) => `def infer(model, batch, ctx):\n    return ${value}\n`;
    const model = `def build_model(ctx):\n    return 1\ndef get_recipe(ctx):\n    return {}\n${hook(1)}`;
    const both = await reviewer.review({ 'model.py': model, 'train.py': hook(2) }, { training: 'train.py' });
    const one = await reviewer.review({ 'model.py': model, 'train.py': '' }, { training: 'train.py' });
    expect(both.hooks).toEqual([{ name: 'infer', where: 'training' }]);
    expect(one.hooks).toEqual([{ name: 'infer', where: 'architecture' }]);
    expect(both.inference?.digest).not.toBe(one.inference?.digest);
  });

  test('is the same however Python hashes, and every time', async () => {
    const inputs = [
      { files: { 'model.py': base }, layout: {} },
      ...honestProjects(),
      { files: sourcesOf('same/renamed'), layout: {} },
    ];
    const answers: string[] = [];
    for (const seed of ['0', '1', 'random']) {
      const other = new Reviewer({ PYTHONHASHSEED: seed });
      try {
        for (let round = 0; round < 2; round += 1) {
          const found: ReviewResult[] = [];
          for (const { files, layout } of inputs) found.push(await other.review(files, layout));
          answers.push(JSON.stringify(found));
        }
      } finally {
        other.close();
      }
    }
    expect(new Set(answers).size).toBe(1);
  });

  /** Whoever changes these raises NORMALISER in gpu-runner/reviewer/fingerprint.py: families are then fingerprinted anew. */
  test('has the digests that this version of the normaliser has always given', async () => {
    const known = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));
    const found: { [name: string]: unknown } = {};
    for (const { name, files, layout } of honestProjects()) {
      const { architecture, training, inference } = await reviewer.review(files, layout);
      found[name] = {
        architecture: architecture?.digest ?? null,
        training: training?.digest ?? null,
        inference: inference?.digest ?? null,
      };
    }
    expect({ normaliser: original.normaliser, digests: found }).toEqual(known);
  });
});
