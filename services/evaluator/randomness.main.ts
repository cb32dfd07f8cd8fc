/** Where public randomness is asked for: the relays and the node that the settings name. */
import type { Beacon } from '../../domain/randomness/port.ts';
import { blockHashBeacon } from '../../infra/beacon/block-hash.ts';
import { drandBeacon } from '../../infra/beacon/drand.ts';
import { noBeacon } from '../../infra/beacon/none.ts';
import { systemClock } from '../../infra/system/index.ts';
import type { Settings } from '../settings.ts';

/** Each kind of place by its own source; a kind whose setting is absent has none. */
export function openBeacon(settings: Pick<Settings, 'drand' | 'chainNode'>): Beacon {
  const none = noBeacon();
  const rounds =
    settings.drand === null
      ? none
      : drandBeacon({
          ...(settings.drand.length === 0 ? {} : { relays: settings.drand }),
          clock: systemClock,
        });
  const blocks = settings.chainNode === null ? none : blockHashBeacon({ node: settings.chainNode });
  return { at: (place) => (place.kind === 'beacon' ? rounds : blocks).at(place) };
}
