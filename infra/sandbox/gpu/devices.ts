import type { SandboxDevice } from '../../../domain/ports.ts';

/** How `EffectiveSandbox.devices` names GPUs; `cpu` where there are none. */
export function devicesText(ids: SandboxDevice['ids'] = []): string {
  return ids.length === 0 ? 'cpu' : `cuda:${ids.join(',')}`;
}
