/** Opens a corpus that was built before, into memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus, Windows } from '../../domain/evaluation/corpus.ts';
import { sha256 } from '../../domain/events/canonical.ts';
import { MANIFEST_FILE, TEXT_FILE } from './build.ts';
import { corpusDigest, type Document, type Manifest, manifestOf, manifestSchema } from './manifest.ts';

/** Cuts documents that lie one after another in `text` into windows. */
function cut(text: Buffer, documentBytes: readonly number[], length: number): Windows {
  if (!Number.isInteger(length) || length < 1) throw new RangeError(`a window of ${length} bytes`);
  const perDocument = documentBytes.map((bytes) => Math.floor(bytes / length));
  const starts: number[] = [];
  let documentStart = 0;
  for (const [index, bytes] of documentBytes.entries()) {
    for (let i = 0; i < (perDocument[index] ?? 0); i += 1) starts.push(documentStart + i * length);
    documentStart += bytes;
  }
  return {
    length,
    perDocument,
    at: (index) => {
      const start = starts[index];
      if (start === undefined) throw new RangeError(`window ${index} of ${starts.length}`);
      return text.subarray(start, start + length);
    },
  };
}

function readManifest(folder: string): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')));
}

function firstDamage(manifest: Manifest, text: Buffer): string | null {
  let start = 0;
  for (const { source, bytes, sha256: expected } of manifest.documents) {
    if (sha256(text.subarray(start, start + bytes)) !== expected) return `the text of ${source}`;
    start += bytes;
  }
  return start === text.length ? null : `its length: ${text.length} bytes, of which ${start} are documents`;
}

/**
 * Reads `folder` and checks every document against the manifest.
 * @param expected digest that the manifest must have (as recorded in events); default: any
 * Throws where anything differs.
 */
export function openCorpus(folder: string, expected?: string): Corpus {
  const advice = 'delete the folder and build the corpus again, or restore it from a copy';
  let manifest: Manifest;
  try {
    manifest = readManifest(folder);
  } catch (error) {
    throw new Error(`the corpus in ${folder} has no readable ${MANIFEST_FILE}: ${advice}`, { cause: error });
  }
  const digest = corpusDigest(manifest);
  if (expected !== undefined && digest !== expected) {
    throw new Error(`the corpus in ${folder} is ${digest}, not ${expected}: ${advice}`);
  }
  const text = readFileSync(join(folder, TEXT_FILE));
  const damage = firstDamage(manifest, text);
  if (damage !== null) throw new Error(`the corpus in ${folder} is damaged in ${damage}: ${advice}`);
  return inMemory(manifest, text);
}

function inMemory(manifest: Manifest, text: Buffer): Corpus {
  const documentBytes = manifest.documents.map((document) => document.bytes);
  return { digest: corpusDigest(manifest), windows: (length) => cut(text, documentBytes, length) };
}

/** A corpus of the given documents, kept nowhere: for text that does not come from this machine. */
export function corpusOf(documents: readonly Document[]): Corpus {
  return inMemory(manifestOf(documents), Buffer.concat(documents.map((document) => document.text)));
}
