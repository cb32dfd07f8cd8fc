/** What a submission's score is made of: the card, the runs behind it, the policy that weighed them, and where the seeds came from. */
import type { DataOf } from '../../domain/events/catalogue.ts';
import { familyOf } from '../../domain/ledger/claimants.ts';
import { admissionOf } from '../../domain/ledger/randomness.ts';
import type { SubmissionEntry } from '../../domain/ledger/state.ts';
import { type SeedsVerdict, verifySeeds } from '../../domain/randomness/verify.ts';
import { failsOnlyAtHome, type HomeDeficit } from '../../domain/scoring/home.ts';
import {
  type ConfirmationExplained,
  confirmationExplained,
  type PolicyFound,
  policyFound,
  refOf,
} from './claim.ts';
import type { Ref, RunFound, Trail } from './trail.ts';

export interface SeedsExplained {
  readonly count: number;
  readonly source: DataOf<'EvaluationPlanned'>['randomness'];
  /** Of the source that the policy's rule names: see `prism verify`. */
  readonly verdict: SeedsVerdict['verdict'];
  readonly reason: string | null;
  /** The event that reveals the secret that they were drawn from, where that is how. */
  readonly revealed: Ref | null;
}

export interface ScoreExplained {
  readonly submission: string;
  readonly hotkey: string;
  readonly family: string | null;
  readonly phase: string;
  /** Events folded: nothing after counts. */
  readonly size: number;
  readonly policy: PolicyFound | null;
  readonly received: Ref | null;
  readonly admitted: Ref | null;
  readonly reviewed: Ref | null;
  readonly planned: Ref | null;
  /** Its architecture is that of this submission. */
  readonly architectureFrom: string | null;
  readonly runsPlanned: number;
  readonly seeds: SeedsExplained | null;
  readonly runs: readonly RunFound[];
  readonly score: {
    readonly at: Ref | null;
    /** The last measurement that it rests on. */
    readonly basis: Ref | null;
    readonly data: DataOf<'SubmissionScored'>;
    /** Evidence that the family's owner sabotages rivals' recipes; it decides nothing. */
    readonly failsOnlyAtHome: HomeDeficit | null;
  } | null;
  readonly confirmations: readonly ConfirmationExplained[];
  /** Why there is no score, or no more than there is: a rejection, or that it was given up. */
  readonly ended: { readonly at: Ref; readonly code: string; readonly message: string } | null;
}

function seedsExplained(trail: Trail, entry: SubmissionEntry): SeedsExplained | null {
  const { plan } = entry.state;
  if (plan === null) return null;
  const { ledger, epochs } = trail;
  const found = verifySeeds({
    source: plan.randomness,
    seeds: plan.seeds,
    admission: admissionOf(ledger, entry),
    rule: entry.policy.plan.randomness,
    secret: ledger.epochSecrets.get(entry.epoch)?.secret ?? null,
  });
  return {
    count: plan.seeds.length,
    source: plan.randomness,
    verdict: found.verdict,
    reason: found.verdict === 'wrong' ? found.reason : null,
    revealed: plan.randomness.kind === 'committed' ? (epochs.get(entry.epoch)?.revealed ?? null) : null,
  };
}

function endedWith({ state }: SubmissionEntry, at: Ref | null): ScoreExplained['ended'] {
  if (at === null) return null;
  const { rejected } = state;
  if (rejected !== null) return { at, code: rejected.code, message: rejected.message };
  return { at, code: 'abandoned', message: 'given up after too many attempts: infrastructure, no verdict' };
}

/** Null where no such submission was received. */
export function scoreExplained(trail: Trail, submission: string): ScoreExplained | null {
  const [entry, of] = [trail.ledger.submissions.get(submission), trail.submissions.get(submission)];
  if (entry === undefined || of === undefined) return null;
  const { scored, plan, phase } = entry.state;
  return {
    submission,
    hotkey: entry.hotkey,
    family: familyOf(trail.ledger.id ?? '', entry),
    phase,
    size: trail.ledger.size,
    policy: policyFound(trail, of.policy),
    received: of.received,
    admitted: of.admitted,
    reviewed: of.reviewed,
    planned: of.planned,
    architectureFrom: plan?.architectureFrom ?? null,
    runsPlanned: plan?.runs.length ?? 0,
    seeds: seedsExplained(trail, entry),
    runs: of.runs,
    score: scored && {
      at: of.scored,
      basis: refOf(trail, scored.basis),
      data: scored,
      failsOnlyAtHome: failsOnlyAtHome(scored, entry.policy.scoring.minimumGainMicrobits),
    },
    confirmations: of.confirmations.map((one) => confirmationExplained(trail, one)),
    ended: endedWith(entry, of.ended),
  };
}
