import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CorpusTooSmallError, deriveStreams } from '../../../domain/evaluation/streams.ts';
import { tinyPlan } from '../../../domain/policy/default.ts';

const SEED = '00'.repeat(32);
const seeds = fc.stringMatching(/^[0-9a-f]{64}$/);
/** A corpus of the size that the tiny plan is meant for: 1.5 MB in 150 documents. */
const DOCUMENTS = Array.from({ length: 150 }, (_, i) => 54 + ((i * 37) % 200));

const documentOf = (perDocument: readonly number[]) =>
  perDocument.flatMap((count, document) => new Array<number>(count).fill(document));

describe('for any seed', () => {
  test('no window is used twice, and no document is on both sides', () => {
    const owner = documentOf(DOCUMENTS);
    fc.assert(
      fc.property(seeds, (seed) => {
        const streams = deriveStreams(seed, tinyPlan, DOCUMENTS);
        const judged = streams.judged.flat().flatMap((request) => request.windows);
        expect(streams.training).toHaveLength(tinyPlan.steps * tinyPlan.batch);
        expect(new Set([...streams.training, ...judged]).size).toBe(streams.training.length + judged.length);
        const revealed = new Set(streams.training.map((window) => owner[window]));
        expect(judged.some((window) => revealed.has(owner[window]))).toBe(false);
        expect([...streams.training, ...judged].every((window) => owner[window] !== undefined)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  test('every checkpoint has its windows, over its requests, at one length each', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { judged } = deriveStreams(seed, tinyPlan, DOCUMENTS);
        for (const [i, requests] of judged.entries()) {
          const windows = requests.reduce((sum, request) => sum + request.windows.length, 0);
          expect(windows).toBe(tinyPlan.checkpoints[i]?.windows);
          expect(requests).toHaveLength(tinyPlan.requestsPerCheckpoint);
          for (const { prefixLength } of requests) {
            expect(prefixLength).toBeGreaterThanOrEqual(tinyPlan.sequenceLength / 4);
            expect(prefixLength).toBeLessThanOrEqual(tinyPlan.sequenceLength);
          }
        }
      }),
      { numRuns: 10 },
    );
  });

  test('the alphabet is a permutation of the 256 byte values', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { alphabet } = deriveStreams(seed, tinyPlan, DOCUMENTS);
        expect([...alphabet].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, i) => i));
      }),
      { numRuns: 10 },
    );
  });
});

test('equal seeds give equal streams, others do not', () => {
  const streams = deriveStreams(SEED, tinyPlan, DOCUMENTS);
  expect(deriveStreams(SEED, tinyPlan, DOCUMENTS)).toEqual(streams);
  const others = deriveStreams('11'.repeat(32), tinyPlan, DOCUMENTS);
  expect(others.torchSeed).not.toBe(streams.torchSeed);
  expect(others.alphabet).not.toEqual(streams.alphabet);
  expect(others.training).not.toEqual(streams.training);
});

test('what a seed gives is fixed for ever: recorded runs are repeated from it', () => {
  const { torchSeed, alphabet, training, judged } = deriveStreams(SEED, tinyPlan, DOCUMENTS);
  expect({
    torchSeed,
    alphabet: [...alphabet.subarray(0, 4)],
    training: training.slice(0, 4),
    judged: judged[0]?.slice(0, 3).map(({ prefixLength, windows }) => [prefixLength, windows[0]]),
  }).toMatchInlineSnapshot(`
{
  "alphabet": [
    154,
    243,
    141,
    101,
  ],
  "judged": [
    [
      16,
      7991,
    ],
    [
      51,
      3380,
    ],
    [
      30,
      6079,
    ],
  ],
  "torchSeed": 334525809,
  "training": [
    2164,
    10214,
    9760,
    14552,
  ],
}
`);
});

test('prefix lengths cover the range evenly at every checkpoint', () => {
  const { judged } = deriveStreams(SEED, tinyPlan, DOCUMENTS);
  for (const requests of judged) {
    const lengths = requests.map(({ prefixLength }) => prefixLength - 16).toSorted((a, b) => a - b);
    for (const [eighth, length] of lengths.entries()) {
      expect(length).toBeGreaterThanOrEqual(Math.floor((49 * eighth) / 8));
      expect(length).toBeLessThan(Math.floor((49 * (eighth + 1)) / 8));
    }
  }
});

test('one judged window per document where the corpus has enough documents', () => {
  const plan = { ...tinyPlan, steps: 20, checkpoints: [{ step: 20, windows: 60 }] };
  const many = new Array<number>(500).fill(20);
  const owner = documentOf(many);
  const windows = deriveStreams(SEED, plan, many)
    .judged.flat()
    .flatMap((request) => request.windows);
  expect(new Set(windows.map((window) => owner[window])).size).toBe(60);
});

test('a short sequence and few windows still work', () => {
  const plan = {
    steps: 2,
    batch: 1,
    sequenceLength: 8,
    requestsPerCheckpoint: 64,
    checkpoints: [
      { step: 1, windows: 3 },
      { step: 2, windows: 5 },
    ],
  };
  const { judged } = deriveStreams(SEED, plan, new Array<number>(10).fill(4));
  expect(judged.map((requests) => requests.flatMap((request) => request.windows).length)).toEqual([3, 5]);
  for (const { prefixLength, windows } of judged.flat()) {
    expect(prefixLength >= 2 && prefixLength <= 8 && windows.length > 0).toBe(true);
  }
});

describe('a corpus that is too small says so', () => {
  test.each([
    ['no document', []],
    ['a single document', [100_000]],
    ['few windows', new Array<number>(150).fill(10)],
  ])('%s', (_, perDocument) => {
    expect(() => deriveStreams(SEED, tinyPlan, perDocument)).toThrow(CorpusTooSmallError);
    expect(() => deriveStreams(SEED, tinyPlan, perDocument)).toThrow(/this plan needs \d+/);
  });
});
