import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendToEdge, EMPTY_EDGE } from '../../../domain/log/edge.ts';
import { parseTilePath, sizeNeeded, type Tile, tileOf, tilePath } from '../../../domain/log/tile.ts';

const anyTile: fc.Arbitrary<Tile> = fc.record({
  level: fc.oneof(fc.constant<'entries'>('entries'), fc.integer({ min: 0, max: 63 })),
  index: fc.integer({ min: 0, max: 999_999_999_999_999 }),
  width: fc.integer({ min: 1, max: 256 }),
});

describe('tile paths', () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 999, width: 1 }, 'tile/2/999.p/1'],
    [{ level: 'entries' as const, index: 1000, width: 112 }, 'tile/entries/x001/000.p/112'],
  ])('%j is at %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  test.each([
    'tile/0/00',
    'tile/0/0000',
    'tile/0/1000',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/001/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p',
    'tile/-1/000',
    'tile/data/000',
    'tile/0/000/',
    'tile/0/000\n',
    '/tile/0/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'checkpoint',
    '',
  ])('%j is not a tile', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  test('every tile has one path and every path one tile', () => {
    fc.assert(fc.property(anyTile, (tile) => expect(parseTilePath(tilePath(tile))).toEqual(tile)));
  });

  test('no other text is taken for a path', () => {
    const pathLike = fc.stringMatching(
      /^tile\/(entries|\d{1,3})\/(x?\d{1,4}\/){0,3}x?\d{1,4}(\.p\/\d{0,4})?$/,
    );
    fc.assert(
      fc.property(fc.oneof(pathLike, fc.string()), (path) => {
        const tile = parseTilePath(path);
        expect(tile === null || tilePath(tile) === path).toBe(true);
      }),
    );
  });
});

test('a log of 70,000 entries has exactly the tiles of the format’s example', () => {
  const { files } = appendToEdge(EMPTY_EDGE, new Array<Buffer>(70_000).fill(Buffer.from('entry')));
  const full = (level: number | 'entries', count: number): string[] =>
    Array.from({ length: count }, (_, index) => tilePath({ level, index, width: 256 }));
  const expected = [
    ...full(0, 273),
    'tile/0/273.p/112',
    'tile/1/000',
    'tile/1/001.p/17',
    'tile/2/000.p/1',
    ...full('entries', 273),
    'tile/entries/273.p/112',
  ];
  expect(files.map(({ path }) => path).toSorted()).toEqual(expected.toSorted());
});

test('a tree of 256 entries has a full leaf tile and one hash above it', () => {
  const { files } = appendToEdge(EMPTY_EDGE, new Array<Buffer>(256).fill(Buffer.from('entry')));
  expect(files.map(({ path }) => path).toSorted()).toEqual([
    'tile/0/000',
    'tile/1/000.p/1',
    'tile/entries/000',
  ]);
});

test('the size that a tile needs is the smallest one whose tree has it', () => {
  const place = fc.record({
    level: fc.oneof(fc.constant<'entries'>('entries'), fc.integer({ min: 0, max: 3 })),
    index: fc.integer({ min: 0, max: 1000 }),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(place, (tile) => {
      const size = sizeNeeded(tile);
      expect(tileOf(size, tile.level, tile.index).width).toBe(tile.width);
      expect(tileOf(size - 1, tile.level, tile.index).width).toBeLessThan(tile.width);
    }),
  );
});
