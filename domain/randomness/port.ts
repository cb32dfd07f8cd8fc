/** What is needed of public randomness, as a type. The adapters are in `infra/beacon/`. */
import type { PublicPlace } from './rule.ts';
import type { PublicSource } from './source.ts';

/** Raised where no answer that can be believed was had. The value may exist; asking again later is right. */
export class BeaconUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BeaconUnavailableError';
  }
}

/** A public sequence of values that nobody knows in advance. */
export interface Beacon {
  /**
   * The value at a place, ready to be recorded and checked as far as its kind can be; `not-yet` where it is not published, or not final.
   * The same place has the same value for ever. Throws `BeaconUnavailableError`.
   */
  at(place: PublicPlace): Promise<PublicSource | 'not-yet'>;
}
