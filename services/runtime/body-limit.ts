/** Largest body of a submission that is read at all; what is smaller but above the archive's limit is turned away with a record. */
export const MAX_BODY_BYTES = 8 * 1_048_576;
