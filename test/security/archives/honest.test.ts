import { describe, expect, test } from '@jest/globals';
import { admit, DEFAULT_ADMISSION_LIMITS } from '../../../services/intake/admit.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../../services/intake/unpack/limits.ts';
import { unpack } from '../../../services/intake/unpack/unpack.ts';
import {
  gitArchive,
  infoZip,
  infoZipEdited,
  infoZipFolder,
  infoZipPiped,
  project,
  python,
  pythonModule,
} from './tools.ts';

const archives: readonly (readonly [string, () => Buffer])[] = [
  ['zip -r', () => infoZip(['-r'])],
  ['zip -0 (stored)', () => infoZip(['-r', '-0'])],
  ['zip -1', () => infoZip(['-r', '-1'])],
  ['zip -9', () => infoZip(['-r', '-9'])],
  ['zip -X (no extra fields)', () => infoZip(['-r', '-X'])],
  ['zip -D (no folders)', () => infoZip(['-r', '-D'])],
  ['zip -n (some stored)', () => infoZip(['-r', '-n', '.md:.py'])],
  ['zip -z (with a comment)', () => infoZip(['-r', '-z'], 'my best model yet\n.\n')],
  ['zip -fd (always data descriptors)', () => infoZip(['-r', '-fd'])],
  ['zip on the folder', infoZipFolder],
  ['zip to a pipe', infoZipPiped],
  ['zip, added to and deleted from', infoZipEdited],
  ['git archive with a prefix', gitArchive],
  ['python3 -m zipfile', pythonModule],
  ['zipfile, stored', () => python('with ZipFile(out, "w") as z:\n  for f in files: z.write(f)')],
  [
    'zipfile, level 1',
    () => python('with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as z:\n  for f in files: z.write(f)'),
  ],
  [
    'zipfile, level 9',
    () => python('with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as z:\n  for f in files: z.write(f)'),
  ],
  [
    'zipfile, writestr',
    () =>
      python('with ZipFile(out, "w", ZIP_DEFLATED) as z:\n  for f in files: z.writestr(f, open(f).read())'),
  ],
  [
    'zipfile, in reverse',
    () => python('with ZipFile(out, "w") as z:\n  for f in reversed(files): z.write(f)'),
  ],
  [
    'zipfile, as if on Windows',
    () =>
      python(
        'with ZipFile(out, "w") as z:\n  for f in files:\n    i = ZipInfo(f); i.create_system = 0; z.writestr(i, open(f).read())',
      ),
  ],
  [
    'zipfile, comments everywhere',
    () =>
      python(
        'with ZipFile(out, "w") as z:\n  z.comment = b"a"\n  for f in files:\n    i = ZipInfo(f); i.comment = b"b"; z.writestr(i, open(f).read())',
      ),
  ],
  [
    'zipfile to a stream that cannot seek',
    () =>
      python(
        'class Pipe(io.RawIOBase):\n  def __init__(s, f): s.f = f\n  def writable(s): return True\n  def write(s, b): return s.f.write(b)\nwith open(out, "wb") as f, ZipFile(Pipe(f), "w", ZIP_DEFLATED) as z:\n  for f in files: z.write(f)',
      ),
  ],
  ['shutil.make_archive', () => python('shutil.make_archive(out[:-4], "zip", ".")')],
];

describe('an honest archive is accepted and is the same project', () => {
  test.each(archives)('%s', async (_, make) => {
    const result = await unpack(make(), DEFAULT_ARCHIVE_LIMITS);
    if (!result.ok) throw new Error(`refused: ${result.rejection.message}`);
    expect(
      Object.fromEntries([...result.files].map(([path, content]) => [path, content.toString()])),
    ).toEqual(project);
  });

  test('whichever tool packed it, its digest is the same', async () => {
    const admissions = await Promise.all(
      archives.slice(9, 16).map(([, make]) => admit(make(), DEFAULT_ADMISSION_LIMITS)),
    );
    const digests = new Set(
      admissions.map((admission) => (admission.ok ? admission.contentDigest : admission.rejection.code)),
    );
    expect([...digests]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test('letters beyond ASCII in names, marked as UTF-8', async () => {
    const zip = python('with ZipFile(out, "w") as z:\n  z.writestr("mod\\u00e8le.py", "x = 1")');
    const result = await unpack(zip, DEFAULT_ARCHIVE_LIMITS);
    expect(result.ok && [...result.files.keys()]).toEqual(['mod\u00e8le.py']);
  });
});
