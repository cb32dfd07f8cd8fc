/** Removes the containers that an earlier life of a worker left behind. */
import type { Sandbox } from '../../domain/ports.ts';
import type { LedgerClient } from './ledger-client.ts';
import type { Logger } from './logger.ts';

export interface SweepParts {
  readonly client: LedgerClient;
  readonly log: Logger;
}

/** Does nothing before the ledger is open: there can be none then. A container engine that is away is not this start's business. */
export async function sweepOwn(
  { client, log }: SweepParts,
  sandbox: Sandbox,
  labelsOf: (ledger: string) => { readonly [label: string]: string },
): Promise<void> {
  await client.catchUp();
  if (client.state.id === null) return;
  try {
    const swept = await sandbox.sweep(labelsOf(client.state.id));
    if (swept > 0) log.info(`removed ${swept} containers of an earlier life`);
  } catch (error) {
    log.error('cannot look for containers of an earlier life', error);
  }
}
