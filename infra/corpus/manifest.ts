/** What a corpus is: the list of its documents by hash. The text itself is never committed and never in an event. */
import { z } from 'zod';
import { digestOf, sha256 } from '../../domain/events/canonical.ts';
import { sha256Schema } from '../../domain/events/envelope.ts';

export const manifestSchema = z.strictObject({
  /** Of the rules by which text is chosen and cut; raised when they change. */
  version: z.literal(1),
  documents: z
    .array(
      z.strictObject({
        /** File that it was taken from, on the machine that built the corpus. */
        source: z.string().min(1).max(512),
        /** Of the document's bytes as they stand in the corpus. */
        sha256: sha256Schema,
        bytes: z.int().min(1),
      }),
    )
    .min(1),
});

export type Manifest = z.infer<typeof manifestSchema>;

export interface Document {
  readonly source: string;
  readonly text: Buffer;
}

export function manifestOf(documents: readonly Document[]): Manifest {
  return {
    version: 1,
    documents: documents.map(({ source, text }) => ({ source, sha256: sha256(text), bytes: text.length })),
  };
}

/** The digest that a corpus is known by: SHA-256 of the canonical manifest. */
export function corpusDigest(manifest: Manifest): string {
  return digestOf(manifest);
}
