/** How alike two architectures are, from the sketches that the reviewer measured. */
import { PPM } from '../evaluation/units.ts';
import type { DataOf } from '../events/catalogue.ts';

export type Fingerprint = NonNullable<DataOf<'SubmissionReviewed'>['architecture']>;

/** Each view of a sketch holds its smallest fingerprints, at most this many. */
const VIEW_SIZE = 32;

/** Two views of one program: even fingerprints are of how it is written, odd ones of what it computes. */
const VIEWS = [0, 1] as const;

/**
 * Estimated Jaccard similarity of two bottom-k sketches, in parts per million: of the k smallest fingerprints of the union, the share that
 * both have (Broder 1997). The more alike of the two views counts: whoever rewrites one still shows in the other. Two empty sketches say
 * nothing: 0.
 */
export function similarityPpm(a: Fingerprint, b: Fingerprint): number {
  if (a.digest === b.digest) return PPM;
  return Math.max(...VIEWS.map((view) => viewPpm(inView(a, view), inView(b, view))));
}

function inView({ sketch }: Fingerprint, view: (typeof VIEWS)[number]): readonly number[] {
  return sketch.filter((one) => one % 2 === view);
}

function viewPpm(a: readonly number[], b: readonly number[]): number {
  const left = new Set(a);
  const right = new Set(b);
  const union = [...new Set([...a, ...b])].sort((x, y) => x - y).slice(0, VIEW_SIZE);
  if (union.length === 0) return 0;
  const common = union.filter((one) => left.has(one) && right.has(one)).length;
  return Math.floor((common * PPM) / union.length);
}
