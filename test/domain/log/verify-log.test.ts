/** Each way of tampering with a log, and what the verifier says of it. */
import { describe, expect, test } from '@jest/globals';
import { formatCheckpoint, signCheckpoint } from '../../../domain/log/checkpoint.ts';
import { leafHash } from '../../../domain/log/hashes.ts';
import { parseVkey, signerFromSeed } from '../../../domain/log/keys.ts';
import { signNote } from '../../../domain/log/note.ts';
import { CHECKPOINT_PATH, VKEY_PATH } from '../../../domain/log/tile.ts';
import { type VerifyStep, verifyLog } from '../../../domain/log/verify-log.ts';
import {
  entriesOf,
  faultOf,
  fileOf,
  filesOf,
  KEY,
  logOf,
  ORIGIN,
  verifyAll,
  withFiles,
} from './memory-log.ts';

const COUNT = 600;
const entries = entriesOf(COUNT);
const log = logOf(entries, { sizes: [40, 300, 550] });
const root = (of: typeof log): Buffer =>
  Buffer.from(fileOf(of, CHECKPOINT_PATH).toString().split('\n')[2] ?? '', 'base64');

/** The same log with some entries changed in its bundles only, or also in its leaf tiles. */
function forged(changed: readonly Buffer[], parts: RegExp): typeof log {
  const other = logOf(changed, { sizes: [40, 300, 550] });
  const files = [...other].filter(([path]) => parts.test(path));
  return withFiles(log, Object.fromEntries(files));
}

const replaced = (index: number): Buffer[] => entries.with(index, Buffer.from('forged'));

describe('a sound log', () => {
  test('verifies and hands out every entry in order', async () => {
    expect(await verifyAll(log)).toEqual(entries);
  });

  test.each([0, 1, 255, 256, 257, 512])('of %d entries verifies', async (size) => {
    expect(await verifyAll(logOf(entries.slice(0, size)))).toEqual(entries.slice(0, size));
  });

  test('with a third level of tiles verifies', async () => {
    const long = Array.from({ length: 66_000 }, (_, at) => Buffer.from(String(at)));
    const tiles = logOf(long);
    expect([...tiles.keys()]).toContain('tile/2/000.p/1');
    expect((await verifyAll(tiles)).length).toBe(66_000);
    const low = withFiles(tiles, { 'tile/1/000': Buffer.alloc(8192) });
    expect(await faultOf(low)).toEqual({ code: 'tile-mismatch', file: 'tile/1/000', index: null });
    const high = withFiles(tiles, { 'tile/2/000.p/1': Buffer.alloc(32) });
    expect(await faultOf(high)).toEqual({ code: 'tile-mismatch', file: 'tile/2/000.p/1', index: null });
  });

  test('says whether its key was pinned and its files listed, and takes its steps in order', async () => {
    const steps: VerifyStep[] = [];
    const pinned = await verifyLog(filesOf(log), { vkey: KEY.vkey, onStep: (step) => steps.push(step) });
    for await (const _ of pinned.entries());
    expect([pinned.keyPinned, pinned.filesListed]).toEqual([true, true]);
    expect(steps).toEqual(['files', 'key', 'checkpoint', 'root', 'history', 'entries', 'partials']);
    const open = await verifyLog({ ...filesOf(log), list: null });
    expect([open.keyPinned, open.filesListed, open.vkey]).toEqual([false, false, KEY.vkey]);
  });

  test('continues each of its own checkpoints', async () => {
    for (const size of [0, 1, 40, 300, 600]) {
      const earlier = fileOf(logOf(entries.slice(0, size)), CHECKPOINT_PATH);
      expect(await faultOf(log, { vkey: KEY.vkey, earlier })).toBeNull();
    }
  });

  test('needs no key next to it where one is given', async () => {
    expect(await faultOf(withFiles(log, { [VKEY_PATH]: null }))).toBeNull();
    expect(await faultOf(withFiles(log, { [VKEY_PATH]: null }), {})).toEqual({
      code: 'missing-file',
      file: VKEY_PATH,
      index: null,
    });
  });
});

describe('entries', () => {
  test('changed: the first wrong one is named, and its bundle', async () => {
    const fault = await faultOf(forged(replaced(300).with(400, Buffer.from('also')), /entries/));
    expect(fault).toEqual({ code: 'entry-mismatch', file: 'tile/entries/001', index: 300 });
  });

  test('dropped', async () => {
    const fault = await faultOf(forged(entries.toSpliced(270, 1), /entries\/001$/));
    expect(fault).toEqual({ code: 'entry-mismatch', file: 'tile/entries/001', index: 270 });
  });

  test('inserted', async () => {
    const fault = await faultOf(forged(entries.toSpliced(270, 0, Buffer.from('new')), /entries\/001$/));
    expect(fault).toEqual({ code: 'entry-mismatch', file: 'tile/entries/001', index: 270 });
  });

  test('reordered', async () => {
    const [a, b] = [entries[10] ?? Buffer.alloc(0), entries[20] ?? Buffer.alloc(0)];
    const fault = await faultOf(forged(entries.with(10, b).with(20, a), /entries\/000$/));
    expect(fault).toEqual({ code: 'entry-mismatch', file: 'tile/entries/000', index: 10 });
  });

  test('truncated: the last bundle, or one in the middle', async () => {
    const last = fileOf(log, 'tile/entries/002.p/88');
    const cut = await faultOf(withFiles(log, { 'tile/entries/002.p/88': last.subarray(0, -1) }));
    expect(cut).toEqual({ code: 'bad-bundle', file: 'tile/entries/002.p/88', index: 599 });
    const empty = await faultOf(withFiles(log, { 'tile/entries/001': Buffer.alloc(0) }));
    expect(empty).toEqual({ code: 'bad-bundle', file: 'tile/entries/001', index: 256 });
  });

  test('followed by more bytes', async () => {
    const longer = Buffer.concat([fileOf(log, 'tile/entries/001'), Buffer.of(0)]);
    const fault = await faultOf(withFiles(log, { 'tile/entries/001': longer }));
    expect(fault).toEqual({ code: 'bad-bundle', file: 'tile/entries/001', index: null });
  });

  test('under a length prefix that reaches too far', async () => {
    const bundle = Buffer.from(fileOf(log, 'tile/entries/001'));
    bundle.writeUInt16BE(0xffff);
    const fault = await faultOf(withFiles(log, { 'tile/entries/001': bundle }));
    expect(fault).toEqual({ code: 'bad-bundle', file: 'tile/entries/001', index: 256 });
  });

  test('under two length prefixes that make up for each other', async () => {
    const bundle = Buffer.from(fileOf(log, 'tile/entries/000'));
    const first = bundle.readUInt16BE(0);
    bundle.writeUInt16BE(first + 1, 0);
    expect(await faultOf(withFiles(log, { 'tile/entries/000': bundle }))).toMatchObject({ index: 0 });
  });
});

describe('tiles', () => {
  test('forged: one leaf hash', async () => {
    const tile = Buffer.from(fileOf(log, 'tile/0/001'));
    leafHash(Buffer.from('forged')).copy(tile, 32 * 9);
    const fault = await faultOf(withFiles(log, { 'tile/0/001': tile }));
    expect(fault).toEqual({ code: 'tile-mismatch', file: 'tile/0/001', index: 265 });
  });

  test('forged together with the bundle below: the tile is named', async () => {
    const fault = await faultOf(forged(replaced(300), /^tile\/(entries|0)\/001$/));
    expect(fault).toEqual({ code: 'tile-mismatch', file: 'tile/0/001', index: null });
  });

  test('forged partial: a leaf on the right edge', async () => {
    const fault = await faultOf(forged(replaced(560), /^tile\/0\/002\.p\/88$/));
    expect(fault).toEqual({ code: 'tile-mismatch', file: 'tile/0/002.p/88', index: 560 });
  });

  test('forged partial: a hash of a full tile', async () => {
    const fault = await faultOf(forged(replaced(300), /^tile\/1\//));
    expect(fault).toEqual({ code: 'tile-mismatch', file: 'tile/1/000.p/2', index: null });
  });

  test('all forged alike: the checkpoint does not say their root', async () => {
    const fault = await faultOf(forged(replaced(300), /^tile/));
    expect(fault).toEqual({ code: 'root-mismatch', file: CHECKPOINT_PATH, index: null });
  });

  test('of the wrong length', async () => {
    for (const path of ['tile/0/000', 'tile/0/002.p/88', 'tile/1/000.p/2']) {
      const bytes = fileOf(log, path);
      for (const wrong of [bytes.subarray(0, -1), bytes.subarray(0, -32), Buffer.concat([bytes, bytes])]) {
        expect(await faultOf(withFiles(log, { [path]: wrong }))).toEqual({
          code: 'bad-tile',
          file: path,
          index: null,
        });
      }
    }
  });

  test('missing: each file that the size calls for', async () => {
    const needed = [
      'tile/0/000',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/001',
      'tile/entries/002.p/88',
    ];
    for (const path of [...needed, CHECKPOINT_PATH]) {
      const fault = await faultOf(withFiles(log, { [path]: null }));
      expect(fault).toEqual({ code: 'missing-file', file: path, index: null });
    }
  });
});

describe('files too many', () => {
  test.each([
    'notes.txt',
    'tile/0/000.bak',
    'tile/0/x000/000',
    'tile/64/000',
    '.tmp',
    'checkpoint~',
    'tile/0/000.p/0',
  ])('%s is no file of a log', async (path) => {
    const fault = await faultOf(withFiles(log, { [path]: Buffer.alloc(32) }));
    expect(fault).toEqual({ code: 'unknown-file', file: path, index: null });
  });

  test.each([
    'tile/0/003',
    'tile/0/002',
    'tile/0/002.p/89',
    'tile/1/001.p/1',
    'tile/2/000.p/1',
    'tile/63/000',
    'tile/entries/002',
  ])('%s is of a larger log', async (path) => {
    const fault = await faultOf(withFiles(log, { [path]: Buffer.alloc(32) }));
    expect(fault).toEqual({ code: 'ahead-of-checkpoint', file: path, index: null });
  });

  test('a partial tile of an earlier size must begin the present one', async () => {
    const older = 'tile/0/001.p/44';
    const tile = Buffer.from(fileOf(log, older));
    tile[5 * 32] = 1 ^ (tile[5 * 32] ?? 0);
    expect(await faultOf(withFiles(log, { [older]: tile }))).toEqual({
      code: 'tile-mismatch',
      file: older,
      index: 261,
    });
    const cut = fileOf(log, older).subarray(0, -32);
    expect(await faultOf(withFiles(log, { [older]: cut }))).toEqual({
      code: 'bad-tile',
      file: older,
      index: null,
    });
    const bundle = 'tile/entries/000.p/40';
    const other = fileOf(logOf(replaced(3).slice(0, 40)), bundle);
    expect(await faultOf(withFiles(log, { [bundle]: other }))).toEqual({
      code: 'tile-mismatch',
      file: bundle,
      index: 3,
    });
  });
});

describe('checkpoints', () => {
  test('stale: an earlier one put back', async () => {
    const stale = fileOf(logOf(entries.slice(0, 550)), CHECKPOINT_PATH);
    expect(await faultOf(withFiles(log, { [CHECKPOINT_PATH]: stale }))).toMatchObject({
      code: 'ahead-of-checkpoint',
    });
  });

  test('rolled back: a whole earlier log', async () => {
    const earlier = fileOf(log, CHECKPOINT_PATH);
    const fault = await faultOf(logOf(entries.slice(0, 550)), { vkey: KEY.vkey, earlier });
    expect(fault).toEqual({ code: 'rollback', file: CHECKPOINT_PATH, index: null });
  });

  test.each([300, 600])('forked: a log of other entries since %d, signed by the same key', async (size) => {
    const earlier = fileOf(logOf(entries.slice(0, size)), CHECKPOINT_PATH);
    const fault = await faultOf(logOf(replaced(299)), { vkey: KEY.vkey, earlier });
    expect(fault).toEqual({ code: 'fork', file: CHECKPOINT_PATH, index: null });
  });

  test('an earlier checkpoint of another key is not compared', async () => {
    const earlier = fileOf(
      logOf(entries, { signer: signerFromSeed(ORIGIN, Buffer.alloc(32, 8)) }),
      CHECKPOINT_PATH,
    );
    const fault = await faultOf(log, { vkey: KEY.vkey, earlier });
    expect(fault).toEqual({ code: 'bad-signature', file: 'earlier checkpoint', index: null });
  });

  test('of a size or root that the files do not have', async () => {
    const larger = signCheckpoint(COUNT + 1, root(log), KEY).note;
    expect(await faultOf(withFiles(log, { [CHECKPOINT_PATH]: larger }))).toMatchObject({
      code: 'missing-file',
    });
    const other = signCheckpoint(COUNT, leafHash(Buffer.alloc(0)), KEY).note;
    expect(await faultOf(withFiles(log, { [CHECKPOINT_PATH]: other }))).toMatchObject({
      code: 'root-mismatch',
    });
  });

  test('of another origin', async () => {
    const note = signNote(
      formatCheckpoint({ origin: 'other.example/log', size: COUNT, root: root(log) }),
      KEY,
    );
    expect(await faultOf(withFiles(log, { [CHECKPOINT_PATH]: note }))).toEqual({
      code: 'wrong-origin',
      file: CHECKPOINT_PATH,
      index: null,
    });
  });

  test('signed twice by the key', async () => {
    const note = fileOf(log, CHECKPOINT_PATH).toString();
    const twice = Buffer.from(`${note}${note.split('\n\n')[1]}`);
    const fault = await faultOf(withFiles(log, { [CHECKPOINT_PATH]: twice }));
    expect(fault).toEqual({ code: 'bad-signature', file: CHECKPOINT_PATH, index: null });
  });

  test('signed by another key', async () => {
    const other = signerFromSeed(ORIGIN, Buffer.alloc(32, 8));
    const theirs = logOf(entries, { signer: other });
    expect(await faultOf(theirs, { vkey: KEY.vkey })).toMatchObject({ code: 'wrong-key', file: VKEY_PATH });
    const hidden = withFiles(theirs, { [VKEY_PATH]: fileOf(log, VKEY_PATH) });
    expect(await faultOf(hidden, { vkey: KEY.vkey })).toMatchObject({
      code: 'bad-signature',
      file: CHECKPOINT_PATH,
    });
    expect(await faultOf(hidden, {})).toMatchObject({ code: 'bad-signature', file: CHECKPOINT_PATH });
    // Consistent in itself: without the right key nobody can tell.
    expect(await faultOf(theirs, {})).toBeNull();
    expect(parseVkey(other.vkey).name).toBe(ORIGIN);
  });

  test('a given key that is not one', async () => {
    expect(await faultOf(log, { vkey: `${KEY.vkey}=` })).toEqual({
      code: 'bad-key',
      file: null,
      index: null,
    });
  });
});
