/** The text that is revealed and judged, as the judge sees it: documents cut into windows of one length. */

export interface Corpus {
  /** SHA-256 of the canonical manifest, as recorded in `EvaluationPlanned`. */
  readonly digest: string;
  /** Cuts every document into disjoint windows of `length` bytes from its start; what is left at its end is not used. */
  windows(length: number): Windows;
}

export interface Windows {
  /** Bytes of each window. */
  readonly length: number;
  /** How many windows each document has; those of document 0 are numbered first, and so on. */
  readonly perDocument: readonly number[];
  /** Bytes of one window. Not a copy: do not write. Throws `RangeError` past the last. */
  at(index: number): Uint8Array;
}
