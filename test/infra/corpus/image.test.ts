/** No text of the corpus can be read in the image that learners run in. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { sha256 } from '../../../domain/events/canonical.ts';
import { cacheFolder, currentCorpus } from '../../../infra/corpus/index.ts';
import { forEachGram, GRAM_BYTES } from '../../../infra/corpus/repetition.ts';
import { imageTags } from '../../../infra/sandbox/image-tag.ts';
import { filesOfTar } from './tar.ts';

/** One in so many 32-grams of the corpus is looked for, chosen by its hash. */
const SAMPLE = 64;
const GZIP_MAGIC = 0x1f8b;

interface Found {
  readonly sameFiles: string[];
  readonly gramsFound: Set<number>;
  readonly firstPlaces: string[];
  filesRead: number;
  packages: string;
}

const corpusDocuments: { source: string; sha256: string }[] = [];
const sourceDigests = new Map<string, string>();
const grams = new Set<number>();
const found: Found = { sameFiles: [], gramsFound: new Set(), firstPlaces: [], filesRead: 0, packages: '' };

function readCorpus(): void {
  const { digest } = currentCorpus();
  const folder = join(cacheFolder(), 'corpus', digest);
  corpusDocuments.push(...JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).documents);
  for (const document of corpusDocuments) {
    sourceDigests.set(document.sha256, document.source);
    const raw = readFileSync(document.source);
    sourceDigests.set(sha256(raw), document.source);
    if (document.source.endsWith('.gz')) sourceDigests.set(sha256(gunzipSync(raw)), document.source);
  }
  forEachGram(readFileSync(join(folder, 'text.bin')), (gram) => {
    if (gram % SAMPLE === 0) grams.add(gram);
  });
}

/** ASCII of texts: printable, tab, line feed. */
const IS_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 9 || byte === 10 || (byte >= 32 && byte < 127) ? 1 : 0,
);

/** The stretches of at least 32 bytes of text, which is where a 32-gram of text can be. */
function* textRuns(content: Buffer): Generator<Buffer> {
  for (let start = 0; start + GRAM_BYTES <= content.length; ) {
    let at = start + GRAM_BYTES - 1;
    while (at >= start && IS_TEXT[content[at] ?? 0] === 1) at -= 1;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    let end = start + GRAM_BYTES;
    while (end < content.length && IS_TEXT[content[end] ?? 0] === 1) end += 1;
    yield content.subarray(start, end);
    start = end + 1;
  }
}

function look(name: string, content: Buffer): void {
  const same = sourceDigests.get(sha256(content));
  if (same !== undefined) found.sameFiles.push(`${name} is ${same}`);
  for (const run of textRuns(content)) {
    forEachGram(run, (gram) => {
      if (gram % SAMPLE !== 0 || !grams.has(gram) || found.gramsFound.has(gram)) return;
      found.gramsFound.add(gram);
      if (found.firstPlaces.length < 20) found.firstPlaces.push(name);
    });
  }
}

beforeAll(async () => {
  readCorpus();
  const { image } = imageTags('runner');
  const container = execFileSync('docker', ['create', image, 'trainer'], { encoding: 'utf8' }).trim();
  try {
    const exported = spawn('docker', ['export', container], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const { name, content } of filesOfTar(exported.stdout)) {
      found.filesRead += 1;
      if (name.endsWith('/var/lib/dpkg/status')) found.packages = content.toString('utf8');
      look(name, content);
      if (content.length > 18 && content.readUInt16BE(0) === GZIP_MAGIC) {
        look(`${name} (unpacked)`, gunzipSync(content));
      }
    }
  } finally {
    execFileSync('docker', ['rm', '-f', container]);
  }
}, 300_000);

test('the whole image was read', () => {
  expect(found.filesRead).toBeGreaterThan(1_000);
  expect(corpusDocuments.length).toBeGreaterThan(50);
  expect(found.packages).toContain('Package: python3-torch\n');
});

test('no file of the corpus is in it, packed or unpacked', () => {
  expect(found.sameFiles).toEqual([]);
});

test('hardly a 32-gram of the corpus is in it: licences, rules and tables that are everywhere', () => {
  expect(found.gramsFound.size / grams.size).toBeLessThan(0.005);
});
