/** No public randomness, for engines whose policy draws from committed secrets only. */
import { type Beacon, BeaconUnavailableError } from '../../domain/randomness/port.ts';

export function noBeacon(): Beacon {
  return {
    async at(place) {
      throw new BeaconUnavailableError(
        `the policy draws seeds from a ${place.kind} of chain ${place.chain}, and this engine was given no source of public randomness`,
      );
    },
  };
}
