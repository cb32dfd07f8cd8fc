/** A submission's files from their blobs: what intake unpacked once, and nobody unpacks again. */
import { z } from 'zod';
import { sha256Schema } from '../../domain/events/envelope.ts';
import type { BlobStore } from '../../domain/ports.ts';

const filesSchema = z.record(z.string().min(1), sha256Schema);

export type ProjectFiles = ReadonlyMap<string, Buffer>;

/** Stores each file, then the list that names them; returns the digest of the list. Durable when it resolves. */
export async function putProject(blobs: BlobStore, files: ProjectFiles): Promise<string> {
  const digests: [string, string][] = [];
  for (const [path, bytes] of files) digests.push([path, await blobs.put(bytes)]);
  return blobs.put(Buffer.from(JSON.stringify(Object.fromEntries(digests)), 'utf8'));
}

/** Throws where a blob is absent or does not hash to its name. */
export async function getProject(blobs: BlobStore, filesBlob: string): Promise<ProjectFiles> {
  const list = filesSchema.parse(JSON.parse((await blobs.get(filesBlob)).toString('utf8')));
  const files = new Map<string, Buffer>();
  for (const [path, digest] of Object.entries(list)) files.set(path, await blobs.get(digest));
  return files;
}
