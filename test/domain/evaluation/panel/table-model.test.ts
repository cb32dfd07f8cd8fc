/** What holds for every table model. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ContextMixer } from '../../../../domain/evaluation/panel/mixer.ts';
import { NgramTable } from '../../../../domain/evaluation/panel/ngram.ts';
import { codeLengthMicrobits, type TableModel } from '../../../../domain/evaluation/panel/table-model.ts';
import { alphabetOf, relabelled, windowsOf, wordWindows } from './texts.ts';

const AMPLE = 2_000_000;
/** Far fewer bytes than the words below have contexts. */
const TIGHT = 8_000;
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);

function taught(model: TableModel, windows: readonly Uint8Array[]): TableModel {
  for (const window of windows) model.reveal(window);
  return model;
}

/** Mean code length in bits of the byte after the first 40. */
function meanBits(model: TableModel, windows: readonly Uint8Array[]): number {
  const total = windows.reduce(
    (sum, window) => sum + codeLengthMicrobits(model, window.subarray(0, 40), window[40] ?? 0),
    0,
  );
  return total / windows.length / 1e6;
}

/** A source of four symbols: the same again with probability 0.7, each other with 0.1. */
const RATES = [0.7, 0.1, 0.1, 0.1];
const MARKOV_BITS = -(0.7 * Math.log2(0.7) + 0.3 * Math.log2(0.1));
const markov = (count: number, purpose: string) =>
  windowsOf(count, purpose, (draws, before) => {
    if (before < 0) return draws.below(4);
    const tenth = draws.below(10);
    return tenth < 7 ? before : (before + tenth - 6) % 4;
  });

/** Expected code length over the next symbol of the Markov source, exact but for the choice of prefixes. */
function expectedBits(model: TableModel, windows: readonly Uint8Array[]): number {
  let sum = 0;
  for (const window of windows) {
    const prefix = window.subarray(0, 40);
    for (const [step, rate] of RATES.entries()) {
      sum -= rate * Math.log2(model.probability(prefix, ((prefix[39] ?? 0) + step) % 4));
    }
  }
  return sum / windows.length;
}

describe.each([
  ['n-gram table', (bytes: number) => new NgramTable(bytes)],
  ['context mixer', (bytes: number) => new ContextMixer(bytes)],
] as const)('the %s', (_name, make) => {
  test('gives 8 bits to every byte before anything is revealed', () => {
    const prefix = Uint8Array.from([1, 2, 3]);
    const model = make(AMPLE);
    for (const byte of BYTES) expect(codeLengthMicrobits(model, prefix, byte)).toBe(8_000_000);
  });

  test('finds nothing in uniform noise', () => {
    const noise = windowsOf(500, 'noise', (draws) => draws.below(256));
    const bits = meanBits(taught(make(AMPLE), noise.slice(0, 300)), noise.slice(300));
    expect(bits).toBeGreaterThan(7.9);
    expect(bits).toBeLessThan(8.25);
  });

  test('codes a text that repeats in ever fewer bits', () => {
    const cycle = windowsOf(300, 'cycle', (draws, before) =>
      before < 0 ? draws.below(10) : (before + 1) % 10,
    );
    const model = make(AMPLE);
    const early = meanBits(taught(model, cycle.slice(0, 10)), cycle.slice(250));
    const late = meanBits(taught(model, cycle.slice(10, 250)), cycle.slice(250));
    expect(late).toBeLessThan(early / 3);
    expect(late).toBeLessThan(0.01);
  });

  test('approaches the entropy of a Markov source within 1 %', () => {
    const model = taught(make(AMPLE), markov(2_000, 'revealed'));
    const bits = expectedBits(model, markov(500, 'judged'));
    expect(bits).toBeGreaterThanOrEqual(MARKOV_BITS);
    expect(bits).toBeLessThan(MARKOV_BITS * 1.01);
  });

  test('predicts words that it knows better with more room, and is better than 8 bits with little', () => {
    const revealed = wordWindows(1_000, 300);
    const judged = wordWindows(300, 300, 'judged');
    const tight = meanBits(taught(make(TIGHT), revealed), judged);
    const ample = meanBits(taught(make(AMPLE), revealed), judged);
    expect(ample).toBeLessThan(tight - 0.3);
    expect(tight).toBeLessThan(4.7);
  });

  test('gives a distribution after any prefix, whatever it was shown', () => {
    const window = fc.uint8Array({ minLength: 1, maxLength: 80, max: 20 });
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 30 }),
        fc.uint8Array({ maxLength: 60, max: 21 }),
        fc.constantFrom(TIGHT, AMPLE),
        (windows, prefix, bytes) => {
          const model = taught(make(bytes), windows);
          const probabilities = BYTES.map((next) => model.probability(prefix, next));
          expect(Math.min(...probabilities)).toBeGreaterThan(0);
          expect(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('gives a distribution when its table has been swept many times', () => {
    const model = taught(make(TIGHT), wordWindows(500, 300));
    for (const window of wordWindows(10, 300, 'judged')) {
      const sum = BYTES.reduce((total, next) => total + model.probability(window.subarray(0, 30), next), 0);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
    }
  });

  test('keeps to its bytes whatever is revealed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6_000, max: 300_000 }),
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }),
        (bytes, windows) => {
          const before = process.memoryUsage().arrayBuffers;
          const model = make(bytes);
          const { stateBytes } = model;
          taught(model, windows);
          expect(stateBytes).toBeLessThanOrEqual(bytes);
          expect(stateBytes).toBeGreaterThan(bytes - 64);
          expect(model.stateBytes).toBe(stateBytes);
          // What it really holds, with some scratch space of a few numbers for each order.
          expect(process.memoryUsage().arrayBuffers - before).toBeLessThanOrEqual(bytes + 1_024);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('refuses fewer bytes than a table needs, and absurd orders', () => {
    expect(() => make(2_000)).toThrow(RangeError);
    expect(() => make(Number.NaN)).toThrow(RangeError);
    expect(() => new NgramTable(AMPLE, 0)).toThrow('order 0');
    expect(() => new ContextMixer(AMPLE, 17)).toThrow('order 17');
  });

  test('learns nothing from what it is asked', () => {
    const revealed = wordWindows(200, 300);
    const judged = wordWindows(200, 300, 'judged').map((window) => window.subarray(0, 40));
    const asked = taught(make(TIGHT), revealed.slice(0, 100));
    for (const prefix of judged) for (const next of [97, 32, 200]) asked.probability(prefix, next);
    taught(asked, revealed.slice(100));
    const unasked = taught(make(TIGHT), revealed);
    for (const prefix of judged) expect(asked.probability(prefix, 97)).toBe(unasked.probability(prefix, 97));
  });

  test.each([TIGHT, AMPLE])('is the same to the bit under any alphabet, with %i bytes', (bytes) => {
    const alphabet = alphabetOf('relabelling');
    const revealed = wordWindows(300, 300);
    const judged = wordWindows(100, 300, 'judged');
    const plain = taught(make(bytes), revealed);
    const secret = taught(make(bytes), relabelled(revealed, alphabet));
    const secretly = relabelled(judged, alphabet);
    for (const [i, window] of judged.entries()) {
      const [prefix, hidden] = [window.subarray(0, 40), secretly[i]?.subarray(0, 40) ?? new Uint8Array()];
      for (const next of [32, 101, 255]) {
        expect(secret.probability(hidden, alphabet[next] ?? 0)).toBe(plain.probability(prefix, next));
      }
    }
  });
});

test('an n-gram table with enough room does not mind the order of windows', () => {
  const windows = wordWindows(200, 40);
  const forwards = taught(new NgramTable(AMPLE), windows);
  const backwards = taught(new NgramTable(AMPLE), windows.toReversed());
  for (const window of wordWindows(100, 40, 'judged')) {
    const prefix = window.subarray(0, 40);
    for (const next of [32, 101, 255]) {
      expect(backwards.probability(prefix, next)).toBe(forwards.probability(prefix, next));
    }
  }
});

test('a context mixer hears what a window echoes, and gains by it', () => {
  // Every window repeats a word of its own, so nothing is learnt from one window for another but that windows repeat.
  const echoing = windowsOf(600, 'echo', (draws) => draws.below(256)).map((window) =>
    window.map((_, at) => window[at % 9] ?? 0),
  );
  const [revealed, judged] = [echoing.slice(0, 500), echoing.slice(500)];
  expect(meanBits(taught(new ContextMixer(AMPLE), revealed), judged)).toBeLessThan(1);
  expect(meanBits(taught(new NgramTable(AMPLE), revealed), judged)).toBeGreaterThan(6);
});

test('results do not depend on the machine', () => {
  const revealed = wordWindows(300, 300);
  const sums = [new NgramTable(TIGHT), new ContextMixer(TIGHT)].map((model) => {
    taught(model, revealed);
    return wordWindows(100, 300, 'judged').reduce(
      (sum, window) => sum + codeLengthMicrobits(model, window.subarray(0, 40), window[40] ?? 0),
      0,
    );
  });
  // Found once; a different digit is a different rounding somewhere.
  expect(sums).toEqual([337_277_984, 327_016_392]);
});
