/** Opens a ledger where there is none: its secrets first, then its first event. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { streamOf } from '../../domain/events/ids.ts';
import { defaultPolicy } from '../../domain/policy/default.ts';
import type { Random } from '../../domain/ports.ts';
import { commitmentOf, epochSecret } from '../../domain/randomness/seeds.ts';
import { originOf } from '../origin.ts';
import type { LedgerClient } from '../runtime/ledger-client.ts';
import { readMaster } from '../runtime/seed-master.ts';
import { placesOf, type Settings } from '../settings.ts';
import { readPolicy } from './policy-file.ts';

/** Reads a secret, or makes one that only its owner can read. */
export function loadOrCreateSecret(file: string, make: () => string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const secret = make();
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}

/** Does nothing where the ledger is open already. Throws where the secret at hand is not the one that it commits to. */
export async function openLedger(client: LedgerClient, settings: Settings, random: Random): Promise<void> {
  const places = placesOf(settings);
  const fresh = (): string => random.bytes(32).toString('hex');
  loadOrCreateSecret(places.bridgeToken, fresh);
  loadOrCreateSecret(places.seedSecret, fresh);
  const master = readMaster(settings);
  const commitment = (epoch: number): string => commitmentOf(epochSecret(master, epoch));
  await client.catchUp();
  if (client.state.opened === null) {
    const opened = {
      origin: originOf(settings),
      netuid: settings.netuid,
      slug: settings.slug,
      seedCommitment: commitment(1),
      salt: random.bytes(16).toString('hex'),
      policy: settings.policy === null ? defaultPolicy : readPolicy(settings.policy),
    };
    const correlationId = '00000000-0000-0000-0000-000000000000';
    const writing = {
      stream: streamOf.policy,
      actor: 'operator',
      correlationId,
      cause: null,
      step: 'open',
      attempt: 1,
    };
    await client.commit(writing, (state) =>
      state.opened === null ? [{ type: 'LedgerOpened', data: opened }] : [],
    );
  }
  const open = client.state.lastEpoch + 1;
  if (client.state.epochSecrets.get(open)?.commitment !== commitment(open)) {
    throw new Error(
      `${places.seedSecret} is not the secret that this ledger commits to; put the right file there`,
    );
  }
}
