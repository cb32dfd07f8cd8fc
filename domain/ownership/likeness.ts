/** How alike two architectures are, from the sketches that the reviewer measured. */
import { PPM } from '../evaluation/units.ts';
import type { DataOf } from '../events/catalogue.ts';

export type Fingerprint = NonNullable<DataOf<'SubmissionReviewed'>['architecture']>;

/** Sketches hold the smallest fingerprints of each side, at most this many. */
const SKETCH_SIZE = 64;

/**
 * Estimated Jaccard similarity of two bottom-k sketches, in parts per million: of the k smallest fingerprints of the union, the share that
 * both have (Broder 1997). Two empty sketches say nothing: 0.
 */
export function similarityPpm(a: Fingerprint, b: Fingerprint): number {
  if (a.digest === b.digest) return PPM;
  const left = new Set(a.sketch);
  const right = new Set(b.sketch);
  const union = [...new Set([...a.sketch, ...b.sketch])].sort((x, y) => x - y).slice(0, SKETCH_SIZE);
  if (union.length === 0) return 0;
  const common = union.filter((one) => left.has(one) && right.has(one)).length;
  return Math.floor((common * PPM) / union.length);
}
