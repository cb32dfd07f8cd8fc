import { describe, expect, test } from '@jest/globals';
import type { Rejection } from '../../../../domain/submission/intake-codes.ts';
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from '../../../../services/intake/unpack/limits.ts';
import { unpack } from '../../../../services/intake/unpack/unpack.ts';
import {
  buildZip,
  extraField,
  FLAG_DESCRIPTOR,
  plainDescriptor,
  type RawEntry,
} from '../../../security/archives/raw-zip.ts';

async function filesOf(...entries: RawEntry[]): Promise<Record<string, string>> {
  const result = await unpack(buildZip({ entries }), DEFAULT_ARCHIVE_LIMITS);
  if (!result.ok) throw new Error(result.rejection.message);
  return Object.fromEntries([...result.files].map(([path, content]) => [path, content.toString()]));
}

async function rejectionOf(entries: RawEntry[], limits: Partial<ArchiveLimits>): Promise<Rejection | null> {
  const result = await unpack(buildZip({ entries }), { ...DEFAULT_ARCHIVE_LIMITS, ...limits });
  return result.ok ? null : result.rejection;
}

describe('the root of the project', () => {
  test('paths are sorted by code unit', async () => {
    const files = await filesOf({ name: 'b.py' }, { name: 'a/c.py' }, { name: 'Z.py' }, { name: 'a.py' });
    expect(Object.keys(files)).toEqual(['Z.py', 'a.py', 'a/c.py', 'b.py']);
  });

  test('one folder around everything is dropped, once', async () => {
    const files = await filesOf(
      { name: 'p/q/model.py' },
      { name: 'p/q/lib/a.py' },
      { name: 'p/', content: '', method: 0, mode: 0o040755 },
    );
    expect(Object.keys(files)).toEqual(['q/lib/a.py', 'q/model.py']);
  });

  test('a folder beside other files stays', async () => {
    expect(Object.keys(await filesOf({ name: 'p/model.py' }, { name: 'README.md' }))).toEqual([
      'README.md',
      'p/model.py',
    ]);
  });

  test('a folder whose name only begins another stays', async () => {
    expect(Object.keys(await filesOf({ name: 'p/model.py' }, { name: 'p2/a.py' }))).toEqual([
      'p/model.py',
      'p2/a.py',
    ]);
  });

  test('a Python package stays, since its files may import it by name', async () => {
    expect(Object.keys(await filesOf({ name: 'p/__init__.py' }, { name: 'p/model.py' }))).toEqual([
      'p/__init__.py',
      'p/model.py',
    ]);
  });
});

describe('honest oddities', () => {
  test('data descriptors with and without a signature', async () => {
    const content = 'x = 2\n';
    const files = await filesOf(
      { name: 'a.py', content, flags: FLAG_DESCRIPTOR },
      { name: 'b.py', content, flags: FLAG_DESCRIPTOR, descriptor: plainDescriptor(content) },
      { name: 'c.py', content: '', method: 0, flags: FLAG_DESCRIPTOR },
      { name: 'd.py', content: '', method: 0, flags: FLAG_DESCRIPTOR, descriptor: Buffer.alloc(12) },
    );
    expect(files).toEqual({ 'a.py': content, 'b.py': content, 'c.py': '', 'd.py': '' });
  });

  test('a local extra field far longer than the one in the directory', async () => {
    const local = { extra: extraField(0x5455, Buffer.alloc(40_000, 7)) };
    expect(await filesOf({ name: 'a.py', content: 'x', local })).toEqual({ 'a.py': 'x' });
  });

  test('the longest comment', async () => {
    const comment = Buffer.alloc(0xffff, 0x61);
    expect(
      (await unpack(buildZip({ entries: [{ name: 'a.py' }], end: { comment } }), DEFAULT_ARCHIVE_LIMITS)).ok,
    ).toBe(true);
  });

  // Listed: b, a. Stored: a, b.
  test('entries in another order than their directory', async () => {
    const first = buildZip({ entries: [{ name: 'a.py', content: 'a' }] });
    const localBytes = first.readUInt32LE(first.length - 6);
    const files = await filesOf(
      { name: 'b.py', content: 'b', stored: false, central: { localOffset: localBytes } },
      { name: 'a.py', content: 'a' },
      { name: 'b.py', content: 'b', listed: false },
    );
    expect(files).toEqual({ 'a.py': 'a', 'b.py': 'b' });
  });

  test('letters of any script in a name', async () => {
    expect(Object.keys(await filesOf({ name: 'mod\u00e8le.py' }, { name: '\u6a21\u578b.py' }))).toEqual([
      'mod\u00e8le.py',
      '\u6a21\u578b.py',
    ]);
  });

  test('a tool that writes no mode', async () => {
    expect(
      await filesOf(
        { name: 'lib/', content: '', method: 0, mode: 0 },
        { name: 'lib/a.py', content: 'x', mode: 0 },
      ),
    ).toEqual({ 'a.py': 'x' });
  });
});

describe('each limit is the largest value accepted', () => {
  const entries: RawEntry[] = [
    { name: 'a/b.py', content: 'x'.repeat(40), method: 0 },
    { name: 'a/', content: '', method: 0, mode: 0o040755 },
    { name: 'c.py', content: 'y'.repeat(60) },
  ];
  const cases = [
    ['maxArchiveBytes', buildZip({ entries }).length, 'archive-too-large'],
    ['maxEntries', 3, 'too-many-files'],
    ['maxFiles', 2, 'too-many-files'],
    ['maxFileBytes', 60, 'file-too-large'],
    ['maxTotalBytes', 100, 'total-too-large'],
    ['maxRatio', 10, 'ratio-too-high'],
    ['maxPathBytes', 6, 'path-too-long'],
    ['maxDepth', 2, 'path-too-long'],
  ] as const;
  test.each(cases)('%s', async (name, value, code) => {
    expect(await rejectionOf(entries, { [name]: value })).toBeNull();
    expect(await rejectionOf(entries, { [name]: value - 1 })).toMatchObject({ code });
  });
});

test('a message says what, where and what to do', async () => {
  const rejection = await rejectionOf([{ name: 'lib/weights.py', content: 'x'.repeat(70), method: 0 }], {
    maxFileBytes: 64,
  });
  expect(rejection).toEqual({
    code: 'file-too-large',
    path: 'lib/weights.py',
    message:
      'lib/weights.py: it states 70 bytes, allowed are 64. Make it smaller or leave it out; weights and data cannot be shipped.',
  });
});

test('a fault that is not about the archive is not turned into a verdict', async () => {
  const limits: ArchiveLimits = { ...DEFAULT_ARCHIVE_LIMITS };
  Object.defineProperty(limits, 'maxEntries', {
    get: () => {
      throw new Error('policy store is gone');
    },
  });
  await expect(unpack(buildZip({ entries: [{ name: 'a.py' }] }), limits)).rejects.toThrow(
    'policy store is gone',
  );
});
