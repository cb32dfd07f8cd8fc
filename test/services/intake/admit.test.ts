import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Admitted, admit, DEFAULT_ADMISSION_LIMITS } from '../../../services/intake/admit.ts';
import { buildZip, type RawEntry } from '../../security/archives/raw-zip.ts';

const limits = DEFAULT_ADMISSION_LIMITS;
const model: RawEntry = { name: 'model.py', content: 'def build_model(ctx): ...\n' };
const layers: RawEntry = { name: 'lib/layers.py', content: 'WIDTH = 64\n' };
const manifest = (content: string, name = 'prism.yaml'): RawEntry => ({ name, content });

async function admitted(...entries: RawEntry[]): Promise<Admitted> {
  const admission = await admit(buildZip({ entries }), limits);
  if (!admission.ok) throw new Error(admission.rejection.message);
  return admission;
}

async function codeOf(...entries: RawEntry[]): Promise<string> {
  const admission = await admit(buildZip({ entries }), limits);
  return admission.ok ? 'admitted' : admission.rejection.code;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('an admitted project', () => {
  test('is its files, its parts, its digest and its size', async () => {
    const result = await admitted(layers, model);
    const digests = [
      ['lib/layers.py', sha256('WIDTH = 64\n')],
      ['model.py', sha256('def build_model(ctx): ...\n')],
    ];
    const both = { entrypoint: 'model.py', files: ['model.py'] };
    expect(result).toMatchObject({
      layout: { kind: 'full', architectureId: null, architecture: both, training: both },
      digests,
      contentDigest: sha256(JSON.stringify(digests)),
      fileCount: 2,
      totalBytes: 37,
    });
    expect([...result.files.keys()]).toEqual(['lib/layers.py', 'model.py']);
  });

  test('has the same digest however it is packed, and another when a path or a byte changes', async () => {
    const { contentDigest } = await admitted(layers, model);
    const inFolder = [layers, model]
      .reverse()
      .map((entry) => ({ ...entry, name: `p/${String(entry.name)}`, method: 0 }));
    expect((await admitted(...inFolder)).contentDigest).toBe(contentDigest);
    expect((await admitted({ ...layers, name: 'lib/layer.py' }, model)).contentDigest).not.toBe(
      contentDigest,
    );
    expect((await admitted({ ...layers, content: 'WIDTH = 65\n' }, model)).contentDigest).not.toBe(
      contentDigest,
    );
  });

  test('follows its manifest', async () => {
    const text = 'kind: architecture_only\narchitecture:\n  entrypoint: model.py\n  files: lib/layers.py\n';
    const { layout } = await admitted(layers, model, manifest(text));
    expect(layout).toEqual({
      kind: 'architecture_only',
      architectureId: null,
      architecture: { entrypoint: 'model.py', files: ['lib/layers.py', 'model.py'] },
      training: null,
    });
  });

  test('paths and files both weigh', async () => {
    const base = (await admitted(model)).compressedBytes;
    const words = sha256('a') + sha256('b');
    const inFile = (await admitted(model, { name: 'a.txt', content: words })).compressedBytes;
    const inPath = (await admitted(model, { name: `${words}.txt`, content: '', method: 0 })).compressedBytes;
    expect(inFile - base).toBeGreaterThan(50);
    expect(inPath - base).toBeGreaterThan(50);
  });
});

describe('a refused project', () => {
  const noise = (bytes: number) => Array.from({ length: bytes / 64 }, (_, i) => sha256(String(i))).join('');

  test('with too much information', async () => {
    const entries = [model, { name: 'table.py', content: noise(64_000) }];
    const admission = await admit(buildZip({ entries }), limits);
    if (admission.ok) throw new Error('admitted');
    expect(admission.rejection).toMatchObject({ code: 'payload-too-large', path: null });
    expect(admission.rejection.message).toMatch(
      /compress \(brotli, .*\) to 3\d{4} bytes, allowed are 24576\./,
    );
    expect(await codeOf(model, { name: 'table.py', content: noise(32_000) })).toBe('admitted');
  });

  test('too large for the cap is not too large for the archive: text compresses', async () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `x${i} = ${i} * scale\n`).join('');
    expect(lines.length).toBeGreaterThan(2 * limits.maxCompressedBytes);
    expect(await codeOf({ ...model, content: lines })).toBe('admitted');
  });

  test.each([
    ['not a ZIP inside', 'archive-empty', [{ name: 'a/', content: '', method: 0, mode: 0 }]],
    ['all files empty', 'archive-empty', [{ name: 'model.py', content: '', method: 0 }]],
    ['no entrypoint', 'entrypoint-missing', [layers, { name: 'a.txt' }]],
    [
      'two manifests',
      'manifest-several',
      [model, manifest('kind: full'), manifest('kind: full', 'prism.yml')],
    ],
    ['a manifest in upper case', 'manifest-misnamed', [model, manifest('kind: full', 'Prism.yaml')]],
    ['a manifest that is no YAML', 'manifest-not-yaml', [model, manifest('kind: [full')]],
    ['an empty manifest', 'manifest-invalid', [model, manifest('# nothing yet\n')]],
    ['an unknown key', 'manifest-unknown-key', [model, manifest('kinds: full')]],
    ['a missing file', 'manifest-file-missing', [model, manifest('training: {entrypoint: train.py}')]],
    ['a long manifest', 'manifest-too-large', [model, manifest(`# ${noise(65_600)}`)]],
  ] as const)('%s', async (_, code, entries) => {
    expect(await codeOf(...entries)).toBe(code);
  });
});
