/** The origin line of an engine's log, which is also the name of its key. */
import type { Settings } from './settings.ts';

export function originOf(settings: Settings): string {
  return settings.origin ?? `${settings.slug}.netuid-${settings.netuid}`;
}
