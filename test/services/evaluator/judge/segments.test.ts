import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { secretSegments, watchOf } from '../../../../services/evaluator/judge/segments.ts';

const plan = { steps: 300, checkpoints: [25, 50, 100, 180, 240, 300].map((step) => ({ step, windows: 1 })) };
const seedOf = (value: number) => value.toString(16).padStart(64, '0');
const GIB = 1_024 ** 3;

describe('which segments', () => {
  test('follows from the seed, and from nothing else', () => {
    const drawn = (seed: string) => secretSegments(seed, plan, 2);
    expect(drawn(seedOf(1))).toEqual(drawn(seedOf(1)));
    expect(
      new Set(Array.from({ length: 20 }, (_, i) => JSON.stringify(drawn(seedOf(i))))).size,
    ).toBeGreaterThan(5);
  });

  test('is all of them, from step 0 on, where more are wanted than there are', () => {
    const all = secretSegments(seedOf(1), plan, 8);
    expect(all.map(({ from, to }) => [from, to])).toEqual([
      [0, 25],
      [25, 50],
      [50, 100],
      [100, 180],
      [180, 240],
      [240, 300],
    ]);
    expect(secretSegments(seedOf(1), plan, 0)).toEqual([]);
  });

  test('is the longer the likelier: by steps', () => {
    const draws = Array.from({ length: 3_000 }, (_, i) => secretSegments(seedOf(i), plan, 1)[0]?.to);
    const share = (to: number) => draws.filter((drawn) => drawn === to).length / draws.length;
    // Four standard deviations of a share over 3,000 draws are below 0.033.
    expect(Math.abs(share(25) - 25 / 300)).toBeLessThan(0.033);
    expect(Math.abs(share(180) - 80 / 300)).toBeLessThan(0.033);
  });
});

describe('where a segment is watched', () => {
  test('is everywhere where snapshots are small, and the cut may be anywhere inside', () => {
    const cuts = new Set<number | null>();
    for (let i = 0; i < 500; i += 1) {
      const watch = watchOf(seedOf(i), { from: 50, to: 60 }, 1_000);
      expect(watch).toMatchObject({ from: 50, to: 60 });
      cuts.add(watch.cut);
    }
    expect([...cuts].toSorted()).toEqual([51, 52, 53, 54, 55, 56, 57, 58, 59]);
  });

  test('is as many steps as 8 GiB of snapshots allow, but at least 16', () => {
    const length = (bytes: number) => {
      const { from, to } = watchOf(seedOf(3), { from: 1_000, to: 2_000 }, bytes);
      return to - from;
    };
    expect(length(GIB / 16)).toBe(128);
    expect(length(4 * GIB)).toBe(16);
    expect(length(GIB / 1_024)).toBe(1_000);
  });

  test('lies in the segment, with the cut in it but at neither end of the segment', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat({ max: 5_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 8 * GIB }),
        (seed, from, length, bytes) => {
          const to = from + length;
          const watch = watchOf(seedOf(seed), { from, to }, bytes);
          expect(watch.from).toBeGreaterThanOrEqual(from);
          expect(watch.to).toBeLessThanOrEqual(to);
          expect(watch.to).toBeGreaterThan(watch.from);
          if (length === 1) expect(watch.cut).toBeNull();
          else {
            expect(watch.cut).toBeGreaterThanOrEqual(Math.max(watch.from, from + 1));
            expect(watch.cut).toBeLessThanOrEqual(Math.min(watch.to, to - 1));
          }
        },
      ),
    );
  });
});
