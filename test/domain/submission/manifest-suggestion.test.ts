import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, nearest } from '../../../domain/submission/manifest-suggestion.ts';

const word = fc.string({ maxLength: 12 });

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['kitten', 'sitting', 3],
    ['entrypoint', 'entry_point', 1],
    ['kind', 'knid', 2],
    ['abc', '', 3],
  ])('%j to %j', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  test('is a metric', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});

describe('nearest', () => {
  test.each([
    ['architecure', 'architecture'],
    ['Training', 'training'],
    ['trainnig', 'training'],
    ['knd', 'kind'],
    ['tokenizer', null],
    ['x', null],
    ['knid', 'kind'],
    ['a'.repeat(5_000), null],
  ])('%s', (written, suggestion) => {
    expect(nearest(written, ['kind', 'architecture_id', 'architecture', 'training'])).toBe(suggestion);
  });

  test('a candidate itself is nearest', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          word.map((one) => one.toLowerCase()),
          { minLength: 1 },
        ),
        (words) => {
          for (const one of words) expect(nearest(one, words)).toBe(one);
        },
      ),
    );
  });
});
