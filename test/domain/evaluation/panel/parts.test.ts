/** The parts of the table models, against closed forms. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Echo, listen } from '../../../../domain/evaluation/panel/echo.ts';
import { Mixture } from '../../../../domain/evaluation/panel/mixture.ts';
import { interpolate } from '../../../../domain/evaluation/panel/smoothing.ts';
import { noSuccessors } from '../../../../domain/evaluation/panel/suffix-counts.ts';
import { SymbolCells } from '../../../../domain/evaluation/panel/symbol-cells.ts';

describe('counts of symbols after contexts', () => {
  const summed = (cells: SymbolCells, context: number, symbol: number) => {
    const successors = noSuccessors();
    cells.sumUp(context, symbol, successors);
    return successors;
  };

  test('are exact where there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer(), fc.nat(255)), { maxLength: 60 }), (pairs) => {
        const cells = new SymbolCells(1_000_000);
        const expected = new Map<string, number>();
        for (const [context, symbol] of pairs) {
          const key = `${context}/${symbol}`;
          expect(cells.add(context, symbol)).toBe(expected.get(key) ?? 0);
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        for (const [context, symbol] of pairs) {
          expect(summed(cells, context, symbol).chosen).toBe(expected.get(`${context}/${symbol}`));
        }
      }),
    );
  });

  test('are summed up by how often each came', () => {
    const cells = new SymbolCells(100_000);
    for (const symbol of [1, 2, 2, 3, 3, 3, 17, 33, 33, 33, 33]) cells.add(7, symbol);
    cells.add(8, 1);
    expect(summed(cells, 7, 33)).toEqual({ total: 11, once: 2, twice: 1, oftener: 2, chosen: 4 });
    expect(summed(cells, 7, -1).chosen).toBe(0);
    expect(summed(cells, 9, 1)).toEqual(noSuccessors());
  });

  test('where a bucket is full, the oldest of the rarest makes room', () => {
    const cells = new SymbolCells(32);
    // One bucket of 8 cells; contexts differ in the low bits, which are all that a cell keeps of them.
    for (let context = 0; context < 8; context += 1) cells.add(context, 5);
    for (const context of [0, 1, 3, 4, 5, 6]) cells.add(context, 5);
    cells.add(100, 5);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 100].map((context) => summed(cells, context, 5).chosen)).toEqual([
      2, 2, 0, 2, 2, 2, 2, 1, 1,
    ]);
    cells.add(101, 5);
    expect([7, 100, 101].map((context) => summed(cells, context, 5).chosen)).toEqual([0, 1, 1]);
  });

  test('are halved together before they overflow, and only those of that context', () => {
    const cells = new SymbolCells(100_000);
    for (let i = 0; i < 500; i += 1) {
      cells.add(7, 40);
      cells.add(8, 40);
    }
    cells.add(7, 41);
    for (let i = 0; i < 1_023; i += 1) cells.add(7, 50);
    expect(summed(cells, 7, 50)).toEqual({
      total: 512 + 250 + 1,
      once: 1,
      twice: 0,
      oftener: 2,
      chosen: 512,
    });
    expect(summed(cells, 8, 40).chosen).toBe(500);
  });

  test('need room for a bucket', () => {
    expect(() => new SymbolCells(31)).toThrow(RangeError);
  });
});

describe('interpolation', () => {
  test('takes discounts off and gives them to the shorter context', () => {
    const probabilities = new Float64Array(4);
    interpolate(
      [
        { total: 10, once: 1, twice: 1, oftener: 1, chosen: 7 },
        { total: 5, once: 1, twice: 2, oftener: 0, chosen: 2 },
        { total: 3, once: 3, twice: 0, oftener: 0, chosen: 1 },
        noSuccessors(),
      ],
      probabilities,
    );
    const p0 = (7 - 1.8 + (0.85 + 1.4 + 1.8) / 256) / 10;
    const p1 = (2 - 1.4 + (0.85 + 2 * 1.4) * p0) / 5;
    const p2 = (1 - 0.85 + 3 * 0.85 * p1) / 3;
    for (const [length, expected] of [p0, p1, p2, p2].entries()) {
      expect(probabilities[length]).toBeCloseTo(expected, 12);
    }
  });

  test('leaves all symbols alike where nothing is known', () => {
    const probabilities = new Float64Array(1);
    interpolate([noSuccessors()], probabilities);
    expect(probabilities[0]).toBe(1 / 256);
  });
});

describe('a mixture', () => {
  test('is the mean of its experts at first', () => {
    expect(new Mixture(2, 2).probability(1, Float64Array.from([0.2, 0.6]))).toBeCloseTo(0.4, 15);
  });

  test('finds the weights that code best: the maximum of the likelihood, in closed form', () => {
    // One expert gives a symbol 0.9, the other 0.1; it comes 3 times of 5. w * 0.9 + (1 - w) * 0.1 = 0.6 at w = 0.625.
    const mixture = new Mixture(1, 2);
    const came = Float64Array.from([0.9, 0.1]);
    const stayedAway = Float64Array.from([0.1, 0.9]);
    for (let i = 0; i < 20_000; i += 1) mixture.observe(0, i % 5 < 3 ? came : stayedAway);
    expect(mixture.probability(0, came)).toBeCloseTo(0.6, 2);
  });

  test('goes over to an expert that is always better, and comes back', () => {
    const mixture = new Mixture(2, 2);
    const [first, second] = [Float64Array.from([0.9, 0.1]), Float64Array.from([0.1, 0.9])];
    for (let i = 0; i < 5_000; i += 1) mixture.observe(1, first);
    expect(mixture.probability(1, first)).toBeGreaterThan(0.899);
    for (let i = 0; i < 5_000; i += 1) mixture.observe(1, second);
    expect(mixture.probability(1, second)).toBeGreaterThan(0.899);
    expect(mixture.probability(0, first)).toBeCloseTo(0.5, 15);
  });

  const probability = fc.double({ min: 1e-9, max: 1, noNaN: true });

  test('stays a mixture: what a uniform expert says in all places stays what it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(probability, probability), {
          maxLength: 200,
        }),
        (observations) => {
          const mixture = new Mixture(1, 2);
          for (const observation of observations) mixture.observe(0, Float64Array.from(observation));
          expect(mixture.probability(0, Float64Array.from([1, 1]))).toBeCloseTo(1, 12);
        },
      ),
    );
  });
});

describe('an echo', () => {
  const heard = (text: string, next: string): Echo => {
    const bytes = Buffer.from(text);
    const echo: Echo = { places: 0, weight: 0, chosen: 0 };
    listen(bytes, bytes.length, next.charCodeAt(0), echo);
    return echo;
  };

  test('weighs earlier places by how many bytes agree, from two to six', () => {
    expect(heard('ab1cab', '1')).toEqual({ places: 1, weight: 1, chosen: 1 });
    expect(heard('xab1yab2xab', '1')).toEqual({ places: 2, weight: 3, chosen: 2 });
    expect(heard('12345678!12345678', '!')).toEqual({ places: 1, weight: 5, chosen: 5 });
  });

  test('is silent where nothing, or one byte only, agrees', () => {
    expect(heard('', 'a')).toEqual({ places: 0, weight: 0, chosen: 0 });
    expect(heard('abcdb', 'c')).toEqual({ places: 0, weight: 0, chosen: 0 });
  });

  test('reaches back 256 bytes', () => {
    const at = (gap: number) => {
      const bytes = Buffer.from(`ab1${'.'.repeat(gap)}ab`);
      const echo: Echo = { places: 0, weight: 0, chosen: 0 };
      listen(bytes, bytes.length, '1'.charCodeAt(0), echo);
      return echo.places;
    };
    // Byte 2 comes after the place; it is gap + 3 bytes before the end.
    expect([at(253), at(254)]).toEqual([1, 0]);
  });
});
