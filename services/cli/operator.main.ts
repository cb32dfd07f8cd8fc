/** Operators' commands: appended by the command line through the same rules as everything else, with their actor. */

import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { digestOf } from '../../domain/events/canonical.ts';
import type { Decided } from '../../domain/events/catalogue.ts';
import { epochCorrelation, streamOf } from '../../domain/events/ids.ts';
import type { LedgerState } from '../../domain/ledger/state.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { commitmentOf, epochSecret } from '../../domain/randomness/seeds.ts';
import type { LedgerClient, Writing } from '../runtime/ledger-client.ts';
import { readMaster } from '../runtime/seed-master.ts';
import { wire } from '../runtime/wiring.main.ts';
import { placesOf, type Settings } from '../settings.ts';
import { findEngine } from './client.ts';
import { CommandError } from './output.ts';

/** Who acts, as the ledger records it. */
export function actor(): string {
  return `operator:${userInfo().username}`.slice(0, 128);
}

/** Who resolves a hold where nothing else is said: `operator:<user name>`, in the characters that a name in the ledger may have. */
export function defaultResolver(): string {
  return actor().replace(/[^\x21-\x7e]/g, '_');
}

/** Does `work` on the ledger of these settings, caught up. Throws `CommandError` where there is none. */
export async function withClient<T>(
  settings: Settings,
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  const noLedger = new CommandError(
    `there is no ledger in ${settings.data}: \`prism up\` opens one; give --data for another folder`,
  );
  // To look into an embedded store that is not there would make one.
  if (settings.store === null && !existsSync(placesOf(settings).store)) throw noLedger;
  const natsUrl = findEngine(settings)?.nats ?? settings.nats;
  const wiring = await wire('operator', { settings, natsUrl }, { tries: 25 });
  try {
    await wiring.client.catchUp();
    if (wiring.client.state.opened === null) throw noLedger;
    return await work(wiring.client);
  } finally {
    await wiring.close();
  }
}

/** Closes the epoch that is open and reveals its secret; returns its number. */
export async function closeEpoch(settings: Settings): Promise<number> {
  return withClient(settings, async (client) => {
    const master = readMaster(settings);
    const epoch = client.state.lastEpoch + 1;
    const nextSeedCommitment = commitmentOf(epochSecret(master, epoch + 1));
    const correlationId = epochCorrelation(client.ledger, epoch);
    const writing: Writing = {
      stream: streamOf.epoch(epoch),
      actor: actor(),
      correlationId,
      cause: null,
      step: `close ${epoch}`,
      attempt: 1,
    };
    await client.commit(writing, (state) =>
      state.lastEpoch === epoch - 1
        ? [
            { type: 'EpochClosed', data: { epoch, nextSeedCommitment } },
            // What it judged was fixed when it was received, so from here on everyone may know it.
            { type: 'SeedRevealed', data: { epoch, secret: epochSecret(master, epoch) } },
          ]
        : [],
    );
    return epoch;
  });
}

/** Adopts a policy for all that is received from now on. False where it is the one that stands. */
export async function adoptPolicy(settings: Settings, policy: Policy, reason: string): Promise<boolean> {
  return withClient(settings, async (client) => {
    const revision = client.state.revisions.get(streamOf.policy) ?? 0;
    const step = `adopt ${digestOf(policy)} after ${revision}`;
    const writing: Writing = {
      stream: streamOf.policy,
      actor: actor(),
      correlationId: client.ledger,
      cause: null,
      step,
      attempt: 1,
    };
    const decided = await client.commit(writing, (state) =>
      digestOf(state.policy) === digestOf(policy)
        ? []
        : [{ type: 'PolicyAdopted', data: { policy, reason } }],
    );
    return decided.length > 0;
  });
}

/** The family whose stream has an unresolved hold of `submission`. */
function heldIn(state: LedgerState, submission: string): string {
  for (const [family, { holds }] of state.families) {
    if (holds.get(submission)?.resolution === null) return family;
  }
  throw new CommandError(`submission ${submission} is not held`);
}

export interface Resolution {
  readonly outcome: 'admit' | 'refuse';
  readonly reason: string;
  /** Who decides; `defaultResolver()` unless another is given. */
  readonly resolver?: string;
}

/**
 * Resolves a hold, among the outcomes that the evidence allows. Throws `CommandError` where `submission` is not held, and `RefusedError` for a
 * resolver that is a party to it.
 */
export async function resolveHold(
  settings: Settings,
  submission: string,
  { outcome, reason, resolver = defaultResolver() }: Resolution,
): Promise<void> {
  await withClient(settings, async (client) => {
    const family = heldIn(client.state, submission);
    const cause = client.state.families.get(family)?.holds.get(submission)?.basis ?? null;
    const resolution: Decided = { type: 'HoldResolved', data: { submission, outcome, resolver, reason } };
    const writing: Writing = {
      stream: streamOf.family(family),
      actor: actor(),
      correlationId: submission,
      cause,
      step: `resolve ${submission}`,
      attempt: 1,
    };
    await client.commit(writing, (state) => {
      // Ours, whose acknowledgement was lost, or another resolver's: what stands is shown by `prism status`.
      const resolved = state.families.get(family)?.holds.get(submission)?.resolution !== null;
      return resolved ? [] : [resolution];
    });
  });
}
