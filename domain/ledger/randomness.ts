/** Whether recorded seeds follow from what the ledger says: at once where their value is public, after its epoch where it is a secret. */
import type { DataOf } from '../events/catalogue.ts';
import { seedsFault } from '../randomness/follow.ts';
import type { Admission } from '../randomness/rule.ts';
import { commitmentOf } from '../randomness/seeds.ts';
import { ensure } from '../refused.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';

/** What seeds have to follow from, as it stood when the submission was received. */
export function admissionOf(state: LedgerState, entry: SubmissionEntry): Admission {
  const commitment = state.epochSecrets.get(entry.epoch)?.commitment;
  ensure(commitment !== undefined, 'not-yet', `epoch ${entry.epoch} has no commitment`);
  return {
    submission: entry.id,
    time: entry.receivedTime,
    height: entry.state.received?.chainHeight ?? null,
    epoch: entry.epoch,
    commitment,
  };
}

/** Throws `RefusedError` where the seeds cannot follow from the source that the policy's rule names. */
export function ensureSeeds(
  state: LedgerState,
  entry: SubmissionEntry,
  { randomness, seeds }: Pick<DataOf<'EvaluationPlanned'>, 'randomness' | 'seeds'>,
): void {
  const fault = seedsFault({
    source: randomness,
    seeds,
    admission: admissionOf(state, entry),
    rule: entry.policy.plan.randomness,
    secret: state.epochSecrets.get(entry.epoch)?.secret ?? null,
  });
  ensure(fault === null, 'wrong-content', `submission ${entry.id}: ${fault}`);
}

/** Folds a reveal: the secret is the one that was committed to, and gives every seed that was drawn in its epoch. */
export function revealSecret(state: LedgerState, { epoch, secret }: DataOf<'SeedRevealed'>): void {
  const known = state.epochSecrets.get(epoch);
  ensure(known !== undefined && epoch <= state.lastEpoch, 'not-yet', `epoch ${epoch} is not closed`);
  ensure(known.secret === null, 'already-done', `the secret of epoch ${epoch} is revealed`);
  ensure(
    commitmentOf(secret) === known.commitment,
    'wrong-content',
    `the secret of epoch ${epoch} does not hash to its commitment ${known.commitment}`,
  );
  state.epochSecrets.set(epoch, { ...known, secret });
  for (const entry of state.submissions.values()) {
    if (entry.epoch === epoch && entry.state.plan !== null) ensureSeeds(state, entry, entry.state.plan);
  }
}
