/** The operator's master secret, from which the secrets of all epochs derive. */
import { readFileSync } from 'node:fs';
import { placesOf, type Settings } from '../settings.ts';

/** Its 32 bytes. Throws where the file is absent or holds anything but 64 hex digits. */
export function readMaster(settings: Settings): Buffer {
  const { seedSecret } = placesOf(settings);
  const text = readFileSync(seedSecret, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new Error(`${seedSecret} does not hold 64 hex digits; put the ledger's seed secret there`);
  }
  return Buffer.from(text, 'hex');
}
