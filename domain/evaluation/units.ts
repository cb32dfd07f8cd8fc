/** Fixed units of everything that a score depends on. */

/** Losses and gains are integers in millionths of a bit per byte. */
export const MICROBITS_PER_BYTE = 1_000_000;

/** Loss of knowing nothing about a byte: 8 bits. A run that its learner ended is completed at this loss. */
export const IGNORANCE_MICROBITS = 8 * MICROBITS_PER_BYTE;

/** Shares are integers in parts per million. */
export const PPM = 1_000_000;
