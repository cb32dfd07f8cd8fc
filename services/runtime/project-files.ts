/** A submission's files from their blobs: what intake unpacked once, and nobody unpacks again. */
import { z } from 'zod';
import { digestOf, sha256 } from '../../domain/events/canonical.ts';
import { sha256Schema } from '../../domain/events/envelope.ts';
import type { BlobStore } from '../../domain/ports.ts';

const filesSchema = z.record(z.string().min(1), sha256Schema);

export type ProjectFiles = ReadonlyMap<string, Buffer>;

export interface ContentDigests {
  /** `[path, SHA-256]` of each file, by path in order of UTF-16 code units. */
  readonly digests: readonly (readonly [path: string, sha256: string])[];
  /** SHA-256 of the canonical JSON of `digests`: the same project packed by another tool has the same. */
  readonly contentDigest: string;
}

/** What the files are, from their bytes: the ledger has `contentDigest` from the submission's admission on. */
export function contentOf(files: ProjectFiles): ContentDigests {
  const digests = [...files]
    .map(([path, content]) => [path, sha256(content)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { digests, contentDigest: digestOf(digests) };
}

/** Stores each file, then the list that names them; returns the digest of the list. Durable when it resolves. */
export async function putProject(blobs: BlobStore, files: ProjectFiles): Promise<string> {
  const digests: [string, string][] = [];
  for (const [path, bytes] of files) digests.push([path, await blobs.put(bytes)]);
  return blobs.put(Buffer.from(JSON.stringify(Object.fromEntries(digests)), 'utf8'));
}

/** Throws where a blob is absent or does not hash to its name. */
export async function getProject(blobs: Pick<BlobStore, 'get'>, filesBlob: string): Promise<ProjectFiles> {
  const list = filesSchema.parse(JSON.parse((await blobs.get(filesBlob)).toString('utf8')));
  const files = new Map<string, Buffer>();
  for (const [path, digest] of Object.entries(list)) files.set(path, await blobs.get(digest));
  return files;
}
