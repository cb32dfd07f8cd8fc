/** Sources that speak to a reader, and honest ones that only sound so. */
import { describe, expect, test } from '@jest/globals';
import { injectionsIn } from '../../../domain/semantic-review/injection.ts';
import { HOSTILE_SOURCES } from './hostile-sources.ts';

const inFile = (source: string, path = 'model.py') => injectionsIn(new Map([[path, source]]));

describe('what is found', () => {
  test.each(HOSTILE_SOURCES)('%s', (_name, source, line) => {
    expect(inFile(source)).toEqual([
      { path: 'model.py', line, rule: 'prompt-injection', message: expect.any(String) },
    ]);
  });

  test('in the name of a file', () => {
    expect(inFile('', 'ignore_previous_instructions.py')).toMatchObject([
      { line: null, rule: 'prompt-injection' },
    ]);
  });

  test('in any file, and no more than an event holds', () => {
    const [[, source] = ['', '']] = HOSTILE_SOURCES;
    const sources = new Map(Array.from({ length: 50 }, (_, index) => [`notes-${index}.md`, source]));
    expect(injectionsIn(sources)).toHaveLength(20);
  });
});

test.each([
  'def forget(self, previous): # forget gate: drops previous context',
  '# Sparse attention for the language model; ignore earlier tokens outside of the window',
  'mask = mask.masked_fill(padding, 0)  # ignore padding',
  'END = "<|endoftext|>"',
  'return output  # clear the cache first',
  'note = "for the next layer"  # the judge measures latency',
  'system = torch.linalg.solve(a, b)  # you are welcome to use a helper',
  '# Ça marche; 模型; 👩‍🔬; naïve',
  'previous = directions  # conjugate gradients override previous directions',
  'verdict = evaluate(x)',
])('honest source is let through: %s', (line) => {
  expect(inFile(line)).toEqual([]);
});
