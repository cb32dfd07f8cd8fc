/** How much a miner may send. Sizes are bytes; every limit is the largest value that is still accepted. */
export interface ArchiveLimits {
  /** The ZIP itself. */
  readonly maxArchiveBytes: number;
  /** Entries of the directory: files and folders. */
  readonly maxEntries: number;
  readonly maxFiles: number;
  /** One file, inflated. */
  readonly maxFileBytes: number;
  /** All files, inflated. */
  readonly maxTotalBytes: number;
  /** Inflated over compressed size of one entry. DEFLATE itself can reach 1,032; source code reaches about 10. */
  readonly maxRatio: number;
  /** A path as UTF-8. */
  readonly maxPathBytes: number;
  /** Segments of a path, the file's own name included. */
  readonly maxDepth: number;
}

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  maxArchiveBytes: 2 * 1024 * 1024,
  maxEntries: 400,
  maxFiles: 200,
  maxFileBytes: 1_000_000,
  maxTotalBytes: 2_000_000,
  maxRatio: 200,
  maxPathBytes: 240,
  maxDepth: 10,
};
