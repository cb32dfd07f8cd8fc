/** Builds the corpus of this machine into a folder named after its digest. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalBytes } from '../../domain/events/canonical.ts';
import { corpusDigest, type Document, manifestOf } from './manifest.ts';
import { Deduplicator } from './repetition.ts';
import { documentsOf } from './sources.ts';

export const MANIFEST_FILE = 'manifest.json';
export const TEXT_FILE = 'text.bin';

export interface BuildOptions {
  /** Where corpora are kept; each in a folder of its own. */
  readonly into: string;
  /** Root of the Debian system to read. */
  readonly root?: string;
  readonly minBytes?: number;
  readonly maxBytes?: number;
}

const DEFAULTS = { root: '/', minBytes: 1_500_000, maxBytes: 6_000_000 };
/** No document is more than a small part of either side of a split into revealed and judged ones. */
const MAX_DOCUMENT_BYTES = 65_536;
/** A document of which deduplication left less than this is left out. */
const MIN_DOCUMENT_BYTES = 1_000;

function choose(root: string, maxBytes: number): Document[] {
  const deduplicator = new Deduplicator();
  const chosen: Document[] = [];
  let total = 0;
  for (const { source, text } of documentsOf(root)) {
    const kept = deduplicator
      .keepNew(text.subarray(0, 2 * MAX_DOCUMENT_BYTES))
      .subarray(0, MAX_DOCUMENT_BYTES);
    if (kept.length < MIN_DOCUMENT_BYTES) continue;
    if (total + kept.length > maxBytes) break;
    chosen.push({ source, text: kept });
    total += kept.length;
  }
  return chosen;
}

/**
 * Takes text from this machine's packages, drops what repeats, and writes `<into>/<digest>/`, whole or not at all; takes some seconds.
 * Returns that folder. Throws where there is too little text, saying what to install.
 */
export function buildCorpus(options: BuildOptions): string {
  const { into, root, minBytes, maxBytes } = { ...DEFAULTS, ...options };
  const documents = choose(root, maxBytes);
  const text = Buffer.concat(documents.map((document) => document.text));
  if (text.length < minBytes) {
    throw new Error(
      `found ${text.length} bytes of documentation for the corpus and at least ${minBytes} are needed: install Debian's packages perl, perl-doc, git-man, manpages and manpages-dev`,
    );
  }
  const manifest = manifestOf(documents);
  const folder = join(into, corpusDigest(manifest));
  if (existsSync(folder)) return folder;
  const draft = join(into, `draft-${randomUUID()}`);
  mkdirSync(draft, { recursive: true });
  try {
    writeFileSync(join(draft, TEXT_FILE), text);
    writeFileSync(join(draft, MANIFEST_FILE), canonicalBytes(manifest));
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process that built the same was faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
