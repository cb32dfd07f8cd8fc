/** Seeds of test ledgers, drawn as an evaluator draws them: from secrets of epochs that one master gives. */
import { sha256 } from '../../domain/events/canonical.ts';
import type { DataOf, Decided } from '../../domain/events/catalogue.ts';
import { admissionOf } from '../../domain/ledger/randomness.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import { commitmentOf, epochSecret, seedsFrom } from '../../domain/randomness/seeds.ts';

export const MASTER = Buffer.from(sha256('a master secret for tests'), 'hex');

export const commitmentFor = (epoch: number): string => commitmentOf(epochSecret(MASTER, epoch));

export function epochClosed(epoch: number): {
  readonly type: 'EpochClosed';
  readonly data: DataOf<'EpochClosed'>;
} {
  return { type: 'EpochClosed', data: { epoch, nextSeedCommitment: commitmentFor(epoch + 1) } };
}

/** An epoch's close and the reveal of its secret, as an operator appends them. */
export function closing(epoch: number): readonly Decided[] {
  return [epochClosed(epoch), { type: 'SeedRevealed', data: { epoch, secret: epochSecret(MASTER, epoch) } }];
}

export function drawnFor(
  state: LedgerState,
  entry: SubmissionEntry,
): Pick<DataOf<'EvaluationPlanned'>, 'randomness' | 'seeds'> {
  const { epoch, commitment } = admissionOf(state, entry);
  const seeds = seedsFrom(epochSecret(MASTER, epoch), entry.id, entry.policy.plan.seeds);
  return { randomness: { kind: 'committed', epoch, commitment }, seeds: [...seeds] };
}
