/** Where the files of a C2SP tlog-tiles log are, and which of them a tree of a given size has. Heights are 8 throughout. */
import { fromDecimal } from './base64.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;

/** A tile of hashes at a level (0: leaf hashes), or a bundle of entries. */
export interface Tile {
  readonly level: number | 'entries';
  /** Its place within the level, counted from 0. */
  readonly index: number;
  /** How many hashes or entries it has: 256 where full, else 1 to 255. */
  readonly width: number;
}

export const CHECKPOINT_PATH = 'checkpoint';
/** The log's verifier key, next to the log: one line. */
export const VKEY_PATH = 'log.vkey';

/** `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits, all but the last prefixed by `x`. */
export function tilePath(tile: Tile): string {
  let digits = String(tile.index);
  while (digits.length % 3 !== 0) digits = `0${digits}`;
  const groups = digits.match(/\d{3}/g) ?? [];
  const name = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
  const partial = tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`;
  return `tile/${tile.level}/${name}${partial}`;
}

/** The inverse of `tilePath`; null for any other spelling. */
export function parseTilePath(path: string): Tile | null {
  const match = /^tile\/(entries|\d\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return null;
  const [, level = '', name = '', partial] = match;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: fromDecimal(name.replaceAll(/[x/]/g, '').replace(/^0+(?=\d)/, '')) ?? -1,
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  const inRange = tile.width >= 1 && (tile.level === 'entries' || tile.level <= 63);
  return inRange && tilePath(tile) === path ? tile : null;
}

/** Hashes that a tree of `size` entries has at a tile level: the complete subtrees of `256^level` entries. */
export function hashesAtLevel(size: number, level: number): number {
  let count = size;
  for (let below = 0; below < level; below += 1) count = Math.floor(count / TILE_WIDTH);
  return count;
}

/** The tile at a place in a tree of `size` entries, with the width that it has there (0 or less: not in the tree). */
export function tileOf(size: number, level: number | 'entries', index: number): Tile {
  const hashes = hashesAtLevel(size, level === 'entries' ? 0 : level);
  return { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
}

/** The partial tiles of hashes of a tree of `size` entries, lowest level first; null where a level has none. */
export function rightEdge(size: number): (Tile | null)[] {
  const edge: (Tile | null)[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1) {
    const index = Math.floor(hashes / TILE_WIDTH);
    const width = hashes % TILE_WIDTH;
    edge.push(width === 0 ? null : { level, index, width });
    hashes = index;
  }
  return edge;
}

/** The size from which on a tree has this tile. */
export function sizeNeeded(tile: Tile): number {
  let size = tile.index * TILE_WIDTH + tile.width;
  if (tile.level !== 'entries') for (let at = 0; at < tile.level; at += 1) size *= TILE_WIDTH;
  return size;
}

/** The full tile that a partial one grows into. */
export function fullTile(tile: Tile): Tile {
  return { ...tile, width: TILE_WIDTH };
}

/** The partial tiles and bundles of a tree of `size` entries that are full in one of `grown` entries. */
export function filledPartials(size: number, grown: number): Tile[] {
  const hashes = rightEdge(size).filter((tile) => tile !== null);
  const bundles = hashes
    .filter(({ level }) => level === 0)
    .map((tile): Tile => ({ ...tile, level: 'entries' }));
  return [...hashes, ...bundles].filter((tile) => sizeNeeded(fullTile(tile)) <= grown);
}
