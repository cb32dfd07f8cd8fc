/**
 * Seeds drawn from a committed secret. The commitment stands in the ledger's first event; whoever holds the secret could have chosen it, so
 * a profile that pays draws from public randomness instead.
 */
import { createHmac } from 'node:crypto';
import { sha256 } from '../../domain/events/canonical.ts';
import { nameOf } from '../../domain/events/uuid.ts';

/** What `LedgerOpened` says of the secret. */
export function seedCommitment(secret: Uint8Array): string {
  return sha256(secret);
}

/** The same submission always gets the same seeds, whichever attempt asks. */
export function drawSeeds(secret: Uint8Array, submission: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    createHmac('sha256', secret)
      .update(nameOf('seed', submission, index))
      .digest('hex'),
  );
}
