/**
 * Seeds from a value, and the secrets of epochs from one master. Both are HMAC-SHA256 over a text that starts with its purpose and version,
 * so that no output of one is an output of the other.
 */
import { createHmac } from 'node:crypto';
import { sha256 } from '../events/canonical.ts';

/** A shorter master could be guessed from the secrets that it gives. */
const MASTER_BYTES = 32;

function bytes32(hex: string, what: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RangeError(`${what} is 64 lower-case hex digits`);
  return Buffer.from(hex, 'hex');
}

/**
 * Seed i is HMAC-SHA256 of the text `prism-seeds-1/<submission>/<i>`, keyed with the 32 bytes of `value`. The first seeds of a longer draw are
 * those of a shorter one.
 * @param value 64 lower-case hex digits: a beacon's value, a block hash or an epoch's secret; throws `RangeError` otherwise
 * @param submission id of the submission, a UUID
 */
export function seedsFrom(value: string, submission: string, count: number): readonly string[] {
  const key = bytes32(value, 'a value that seeds are drawn from');
  return Array.from({ length: count }, (_, index) =>
    createHmac('sha256', key).update(`prism-seeds-1/${submission}/${index}`).digest('hex'),
  );
}

/**
 * An epoch's secret in hex: HMAC-SHA256 of the text `prism-epoch-secret-1/<epoch>`, keyed with the master. Whoever learns the secret of one epoch
 * learns nothing of another's.
 * @param master at least 32 random bytes; throws `RangeError` otherwise
 */
export function epochSecret(master: Uint8Array, epoch: number): string {
  if (master.length < MASTER_BYTES) {
    throw new RangeError(`the master secret has ${master.length} bytes; it needs at least ${MASTER_BYTES}`);
  }
  return createHmac('sha256', master).update(`prism-epoch-secret-1/${epoch}`).digest('hex');
}

/** SHA-256 of a secret's 32 bytes: what the ledger says of it before it is revealed. Throws `RangeError` for anything but 64 hex digits. */
export function commitmentOf(secret: string): string {
  return sha256(bytes32(secret, 'the secret of an epoch'));
}
