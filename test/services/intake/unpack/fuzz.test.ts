import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { INTAKE_CODES } from '../../../../domain/submission/intake-codes.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../../../services/intake/unpack/limits.ts';
import { type UnpackResult, unpack } from '../../../../services/intake/unpack/unpack.ts';
import {
  buildZip,
  FLAG_DESCRIPTOR,
  type HeaderFields,
  type RawEntry,
} from '../../../security/archives/raw-zip.ts';

const limits = DEFAULT_ARCHIVE_LIMITS;
const project: RawEntry[] = [
  { name: 'model.py', content: 'def build_model(ctx):\n    return None\n' },
  { name: 'lib/util.py', content: 'WIDTH = 64\n', flags: FLAG_DESCRIPTOR },
  { name: 'README.md', content: 'stored', method: 0 },
];
const zip = buildZip({ entries: project });

/** What must hold of every answer, whatever came in. */
function checkAnswer(result: UnpackResult): void {
  if (!result.ok) {
    expect(Object.keys(INTAKE_CODES)).toContain(result.rejection.code);
    expect(result.rejection.message.isWellFormed()).toBe(true);
    return;
  }
  const paths = [...result.files.keys()];
  expect(paths).toEqual([...new Set(paths)].sort());
  const bytes = [...result.files.values()].reduce((sum, content) => sum + content.length, 0);
  expect(result.totalBytes).toBe(bytes);
  expect(bytes).toBeLessThanOrEqual(limits.maxTotalBytes);
}

function filesOf(result: UnpackResult): [string, string][] | null {
  return result.ok ? [...result.files].map(([path, content]) => [path, content.toString('latin1')]) : null;
}

describe('one archive, damaged', () => {
  test('cut at every length it is refused', async () => {
    for (let length = 0; length < zip.length; length += 1) {
      expect((await unpack(zip.subarray(0, length), limits)).ok).toBe(false);
    }
  });

  test('no flipped bit changes the project: it is refused, or nothing that counts has changed', async () => {
    const files = filesOf(await unpack(zip, limits));
    let refused = 0;
    for (let bit = 0; bit < 8 * zip.length; bit += 1) {
      const flipped = Buffer.from(zip);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const result = await unpack(flipped, limits);
      if (!result.ok) refused += 1;
      else expect(filesOf(result)).toEqual(files);
    }
    // What may change: times, versions, permissions, the level of compression.
    expect(refused).toBeGreaterThan(0.7 * 8 * zip.length);
  });

  test('several bytes overwritten, removed or repeated', async () => {
    const at = fc.nat({ max: zip.length - 1 });
    const values = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 6 }),
      fc
        .constantFrom(
          'ffffffff',
          '00000000',
          'ffff',
          '0000',
          '504b0304',
          '504b0102',
          '504b0506',
          '504b0708',
          '01000000',
        )
        .map((hex) => Buffer.from(hex, 'hex')),
    );
    const edit = fc.record({ at, values, kind: fc.constantFrom('overwrite', 'insert', 'remove', 'repeat') });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        checkAnswer(await unpack(edits.reduce(applyEdit, zip), limits));
      }),
      { numRuns: 1_500 },
    );
  });
});

interface Edit {
  readonly at: number;
  readonly values: Uint8Array;
  readonly kind: string;
}

function applyEdit(bytes: Buffer, { at, values, kind }: Edit): Buffer {
  const kept = kind === 'insert' ? at : at + values.length;
  if (kind === 'remove') return Buffer.concat([bytes.subarray(0, at), bytes.subarray(kept)]);
  if (kind === 'repeat') return Buffer.concat([bytes.subarray(0, kept), bytes.subarray(at)]);
  return Buffer.concat([bytes.subarray(0, at), values, bytes.subarray(kept)]);
}

describe('archives made up', () => {
  test('random bytes, with and without the signatures of a ZIP', async () => {
    const end = buildZip({ entries: [] });
    const bytes = fc.uint8Array({ maxLength: 600 });
    const tail = fc.constantFrom(Buffer.alloc(0), end);
    const head = fc.constantFrom(Buffer.alloc(0), Buffer.from('PK\x03\x04'));
    await fc.assert(
      fc.asyncProperty(head, bytes, tail, async (...parts) =>
        checkAnswer(await unpack(Buffer.concat(parts), limits)),
      ),
      { numRuns: 1_000 },
    );
  });

  const small = fc.nat({ max: 80 });
  const overrides: fc.Arbitrary<Partial<HeaderFields>> = fc.record(
    {
      flags: fc.constantFrom(0, 1, 2, 8, 0x800, 0x808, 0xffff),
      method: fc.constantFrom(0, 8, 9, 99),
      crc32: fc.nat(),
      compressedBytes: small,
      bytes: small,
      extra: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
      mode: fc.constantFrom(0, 0o100644, 0o040755, 0o120777),
      localOffset: small,
    },
    { requiredKeys: [] },
  );
  const entry: fc.Arbitrary<RawEntry> = fc.record(
    {
      name: fc.oneof(
        fc.constantFrom('a.py', 'A.py', 'b/', 'b/c.py', '../d.py', 'prism.yaml'),
        fc.string({ unit: 'binary', maxLength: 8 }),
      ),
      content: fc.string({ maxLength: 60 }),
      method: fc.constantFrom(0, 8),
      flags: fc.constantFrom(0, 8, 0x800, 0x808),
      data: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      local: overrides,
      central: overrides,
      listed: fc.boolean(),
      stored: fc.boolean(),
    },
    { requiredKeys: ['name'] },
  );

  test('headers that lie at random', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) =>
        checkAnswer(await unpack(buildZip({ entries }), limits)),
      ),
      { numRuns: 1_500 },
    );
  });

  test('every honest project comes out as it went in', async () => {
    const name = fc
      .stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
      .filter((word) => !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(word));
    const path = fc
      .tuple(fc.array(name, { maxLength: 3 }), name)
      .map(([folders, file]) =>
        ['project', ...folders.map((folder) => `${folder}_`), `${file}.py`].join('/'),
      );
    const file = fc.record({
      name: path,
      content: fc
        .string({ unit: 'grapheme', maxLength: 200 })
        .map((text) => Buffer.from(text.toWellFormed())),
      method: fc.constantFrom(0, 8),
      flags: fc.constantFrom(0, FLAG_DESCRIPTOR),
    });
    const files = fc.uniqueArray(file, { minLength: 1, maxLength: 8, selector: (one) => one.name });
    await fc.assert(
      fc.asyncProperty(files, async (entries) => {
        fc.pre(!entries.some((one) => one.content.length > 20 * limits.maxRatio));
        const expected = entries.map(({ name, content }) => [
          name.slice('project/'.length),
          content.toString('latin1'),
        ]);
        const unpacked = filesOf(await unpack(buildZip({ entries }), limits));
        const kept = entries.some((one) => one.name === 'project/__init__.py');
        if (!kept) expect(unpacked).toEqual(expected.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
      }),
      { numRuns: 300 },
    );
  });
});
