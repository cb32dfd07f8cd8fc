import { describe, expect, test } from '@jest/globals';
import { INTAKE_CODES } from '../../../domain/submission/intake-codes.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../../services/intake/unpack/limits.ts';
import { unpack } from '../../../services/intake/unpack/unpack.ts';
import { hostileArchives } from './hostile.ts';

describe('a hostile archive is refused, by name', () => {
  test.each(hostileArchives.map((archive) => [archive.name, archive] as const))('%s', async (_, archive) => {
    const result = await unpack(archive.zip(), DEFAULT_ARCHIVE_LIMITS);
    if (result.ok) throw new Error(`accepted: ${[...result.files.keys()].join(', ')}`);
    const { code, message, path } = result.rejection;
    expect({ code, path }).toEqual({
      code: archive.code,
      path: archive.path === undefined ? 'model.py' : archive.path,
    });
    expect(message).toContain(INTAKE_CODES[archive.code].remedy);
    expect(message.length).toBeLessThanOrEqual(1_000);
  });

  test('every code of the archive has a case', () => {
    const later = /^(manifest|entrypoint|payload)-/;
    const expected = Object.keys(INTAKE_CODES).filter((code) => !later.test(code));
    expect([...new Set(hostileArchives.map(({ code }) => code))].sort()).toEqual(expected.sort());
  });

  test('no two cases are the same archive', () => {
    const zips = new Set(hostileArchives.map((archive) => archive.zip().toString('latin1')));
    expect(zips.size).toBe(hostileArchives.length);
  });
});
