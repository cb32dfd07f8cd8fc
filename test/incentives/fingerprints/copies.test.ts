/** No copy of another's project is a family of its own, however it is rewritten; and what is really different is. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { similarityPpm } from '../../../domain/ownership/likeness.ts';
import { defaultPolicy } from '../../../domain/policy/default.ts';
import type { ReviewResult } from '../../../services/reviewer/review-result.ts';
import { errorsOf, Reviewer } from '../../gpu-runner/reviewer/reviewer.ts';
import { type Script, tell } from '../../support/history.ts';
import { type Copies, copiesOf, entrypointOf, type Files, projects } from './copies.ts';
import { HELD, HELD_HERE, SAME_FAMILY } from './expected.ts';

/** Two, side by side; each takes one project at a time. */
let reviewer: Reviewer;
let reviewers: readonly Reviewer[];
afterAll(() => {
  for (const one of reviewers) one.close();
});

type Architecture = NonNullable<ReviewResult['architecture']>;

async function architectureOf(files: Files, by: Reviewer = reviewer): Promise<Architecture> {
  const result = await by.review(files, {
    kind: 'architecture_only',
    architecture: entrypointOf(files),
  });
  if (result.architecture === null || errorsOf(result).length > 0)
    throw new Error(`refused: ${errorsOf(result).join(', ')}`);
  return result.architecture;
}

const all = projects();
let originals: readonly Architecture[];
let copies: readonly Copies[];
beforeAll(async () => {
  reviewer = new Reviewer();
  reviewers = [reviewer, new Reviewer()];
  copies = await copiesOf(all);
  const found: Architecture[] = [];
  for (const { files } of all) found.push(await architectureOf(files));
  originals = found;
});

const { nearMatchPpm } = defaultPolicy.ownership;

/** What the domain would make of a copy, by the default policy. */
function verdict(original: Architecture, copy: Architecture): 'same family' | 'held' | 'new' {
  if (copy.digest === original.digest) return 'same family';
  return similarityPpm(original, copy) >= nearMatchPpm ? 'held' : 'new';
}

interface Judged {
  readonly project: string;
  readonly verdict: ReturnType<typeof verdict>;
}

/** Of all projects that the transformation changes. */
async function judged(transformation: string): Promise<readonly Judged[]> {
  const found = await Promise.all(
    reviewers.map(async (by, share) => {
      const part: Judged[] = [];
      for (let index = share; index < all.length; index += reviewers.length) {
        const [project, copy, original] = [
          all[index]?.name,
          copies[index]?.get(transformation),
          originals[index],
        ];
        if (project === undefined || copy === undefined || original === undefined) continue;
        part.push({ project, verdict: verdict(original, await architectureOf(copy, by)) });
      }
      return part;
    }),
  );
  return found.flat();
}

describe('a copy is in the family of the original after', () => {
  test.each(SAME_FAMILY)('%s', async (transformation) => {
    const found = await judged(transformation);
    const exceptions = new Set(HELD_HERE.filter(([name]) => name === transformation).map(([, name]) => name));
    expect(found).toEqual(
      found.map(({ project }) => ({ project, verdict: exceptions.has(project) ? 'held' : 'same family' })),
    );
    expect(found.length).toBeGreaterThan(exceptions.size);
  });
});

describe('a copy is held at least, after', () => {
  test.each(HELD)('%s', async (transformation) => {
    const verdicts = (await judged(transformation)).map((one) => one.verdict);
    expect(verdicts).not.toContain('new');
    expect(verdicts).toContain('held');
  });
});

test('every transformation is expected to come to something, and most of them change ten projects or more', () => {
  const made = copies.flatMap((one) => [...one.keys()]);
  expect([...new Set(made)].sort()).toEqual([...SAME_FAMILY, ...HELD].sort());
  const often = [...SAME_FAMILY, ...HELD].filter((one) => made.filter((name) => name === one).length >= 10);
  expect(often.length).toBeGreaterThanOrEqual(60);
  expect(all.length).toBeGreaterThanOrEqual(10);
});

describe('what is really different', () => {
  test('is alike in no pair of the projects', () => {
    const pairs = originals.flatMap((a, index) => originals.slice(0, index).map((b) => similarityPpm(a, b)));
    expect(pairs.length).toBeGreaterThanOrEqual(40);
    expect(Math.max(...pairs)).toBeLessThan(nearMatchPpm / 2);
  });

  test('may contain all of another, with more of its own', async () => {
    const file = (name: string) => all.find((one) => one.name === name)?.files['model.py'] ?? '';
    const larger = {
      'decoder.py': file('gpt'),
      'states.py': file('state-space'),
      'waves.py': file('gated-convolutions'),
      'model.py': [
        'from torch import nn',
        'from decoder import Decoder',
        'from states import StateSpace',
        'from waves import WaveNet',
        'class Three(nn.Module):',
        '    def __init__(self, vocabulary, length):',
        '        super().__init__()',
        '        self.parts = nn.ModuleList([Decoder(vocabulary, length), StateSpace(vocabulary, 32), WaveNet(vocabulary, 36)])',
        '    def forward(self, tokens):',
        '        return sum(part(tokens) for part in self.parts) / 3',
        'def build_model(ctx):',
        '    return Three(ctx.vocab_size, ctx.sequence_length)',
        '',
      ].join('\n'),
    };
    const combined = await architectureOf(larger);
    for (const name of ['gpt', 'state-space', 'gated-convolutions']) {
      const part = originals[all.findIndex((one) => one.name === name)];
      expect([name, part && verdict(part, combined)]).toEqual([name, 'new']);
    }
  });

  test('may stand where another layer stood', async () => {
    const gru = all.find(({ name }) => name === 'gru')?.files['model.py'] ?? '';
    const lstm = await architectureOf({ 'model.py': gru.replace('nn.GRU(', 'nn.LSTM(') });
    const original = originals[all.findIndex(({ name }) => name === 'gru')];
    expect(lstm.digest).not.toBe(original?.digest);
  });
});

describe('the ledger', () => {
  const script = (hotkey: string, { digest, sketch }: Architecture): Script => ({
    hotkey,
    kind: 'architecture_only',
    architecture: digest,
    sketch,
    gain: 300_000,
  });
  const story = (scripts: readonly Script[]) =>
    tell([...scripts], { policy: { ...defaultPolicy } })
      .events.filter(({ type }) => /^ArchitectureClaim/.test(type))
      .map(({ type, data }) => [data.hotkey, data.outcome ?? type]);
  const one = async (project: string, transformation: string) => {
    const index = all.findIndex(({ name }) => name === project);
    const original = originals[index];
    const files = copies[index]?.get(transformation);
    if (original === undefined || files === undefined) throw new Error(`no ${transformation} of ${project}`);
    return [original, await architectureOf(files)] as const;
  };

  test("gives a renamed copy to the original's family", async () => {
    const [original, copy] = await one('mixer', 'rename everything');
    expect(story([script('A', original), script('B', copy)])).toEqual([
      ['A', 'discovered'],
      ['B', 'known'],
    ]);
  });

  test('holds a restructured one', async () => {
    const [original, copy] = await one('mixer', 'renamed, restructured and wider');
    expect(story([script('A', original), script('B', copy)]).slice(0, 2)).toEqual([
      ['A', 'discovered'],
      ['B', 'ArchitectureClaimHeld'],
    ]);
  });

  test('takes the same as a revision where it is by the same hotkey', async () => {
    const [original, copy] = await one('mixer', 'renamed, restructured and wider');
    expect(story([script('A', original), script('A', copy)])).toEqual([
      ['A', 'discovered'],
      ['A', 'discovered'],
    ]);
  });
});

describe('a recipe for an architecture', () => {
  const recipe = (rate: string) => ({
    'training.py': `STEPS = 20\ndef warm(step):\n    return min(1.0, (step + 1) / STEPS)\ndef get_recipe(ctx):\n    return {"learning_rate": ${rate} * warm(0), "batch_size": 8}\n`,
  });
  const layout = { kind: 'training_for_arch', training: 'training.py' } as const;

  test('is compared as a recipe only: it has no architecture to be like', async () => {
    const [first, second] = [
      await reviewer.review(recipe('1e-3'), layout),
      await reviewer.review(recipe('2e-3'), layout),
    ];
    expect([first.architecture, second.architecture]).toEqual([null, null]);
    expect(first.training?.digest).not.toBe(second.training?.digest);
  });

  test('that is renamed and reordered is the same recipe', async () => {
    const first = await reviewer.review(recipe('1e-3'), layout);
    const copy = await reviewer.review(
      {
        'training.py':
          'def get_recipe(context):\n    return {"learning_rate": 0.001 * slowly(0), "batch_size": 8}\ndef slowly(at):\n    return min(1.0, (at + 1) / FIRST)\nFIRST = 20\n',
      },
      layout,
    );
    expect(copy.training?.digest).toBe(first.training?.digest);
  });
});
