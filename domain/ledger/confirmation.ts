/** Calls for confirmations: which runs on which fresh seeds, against what, at which chance of error. */
import { createHmac } from 'node:crypto';
import { confirmationRuns } from '../evaluation/runs.ts';
import type { DataOf } from '../events/catalogue.ts';
import type { NearMatch } from '../ownership/claims.ts';
import { confirmationOf } from '../ownership/confirmed.ts';
import { type FamilyState, incumbentOf } from '../ownership/family.ts';
import { alphaOf } from '../ownership/luck/alpha.ts';
import { familyPool, runsNeeded } from '../ownership/luck/confirmation.ts';
import { expectedDeviation } from '../ownership/luck/deviation.ts';
import { ensure } from '../refused.ts';
import type { SubmissionEntry } from './state.ts';

/**
 * Seeds that nothing was selected by: seed i is HMAC-SHA256 of the text `prism-confirmation-1/<submission>/<i>`, keyed with the 32 bytes of the
 * submission's first seed, which was drawn after its admission. i counts all seeds of the submission.
 */
function freshSeeds(first: string, submission: string, from: number, count: number): string[] {
  const key = Buffer.from(first, 'hex');
  return Array.from({ length: count }, (_, index) =>
    createHmac('sha256', key)
      .update(`prism-confirmation-1/${submission}/${from + index}`)
      .digest('hex'),
  );
}

/**
 * @param family as the claim sees it
 * @param claims how many claims the submission makes
 */
export function callFor(
  entry: SubmissionEntry,
  claim: DataOf<'ConfirmationCalled'>['claim'],
  family: { readonly id: string; readonly state: FamilyState },
  near: NearMatch | null,
  claims: 1 | 2,
  basis: string,
): DataOf<'ConfirmationCalled'> {
  const { plan, ownership } = entry.policy;
  const rules = ownership.confirmation;
  const incumbent = claim === 'training' ? incumbentOf(family.state) : null;
  const challenge = incumbent === null ? 0 : family.state.challenges + 1;
  const k = incumbent === null ? null : challenge;
  const alphaPpt = alphaOf(rules, { k, j: entry.number, claims });
  const pool = familyPool(incumbent === null ? [] : family.state.samples, rules);
  const deviation = expectedDeviation(pool);
  const runs = runsNeeded({ alphaPpt, deviation, rules });
  const { seeds } = entry.state;
  const [first] = seeds;
  ensure(first !== undefined, 'not-yet', 'only what was planned has seeds');
  return {
    basis,
    claim,
    family: family.id,
    incumbent: incumbent?.submission ?? null,
    near: near?.submission ?? null,
    challenge,
    entry: entry.number,
    alphaPpt,
    seeds: freshSeeds(first, entry.id, seeds.length, runs),
    runs: [
      ...confirmationRuns(plan, {
        claim,
        runs,
        firstSeed: seeds.length,
        incumbent: incumbent !== null,
        near: near !== null,
      }),
    ],
  };
}

/** What the confirmation that `entry` has just been measured for has shown. */
export function confirmedBy(
  entry: SubmissionEntry,
  family: FamilyState,
  basis: string,
): DataOf<'SubmissionConfirmed'> {
  const { called, measurements } = entry.state;
  ensure(called !== null, 'not-yet', 'no confirmation was called');
  const { plan, scoring, ownership } = entry.policy;
  return confirmationOf(measurements, {
    call: called,
    plan,
    scoring,
    rules: ownership.confirmation,
    earlier: called.incumbent === null ? [] : family.samples,
    standingMicrobits: called.incumbent === null ? 0 : (incumbentOf(family)?.standingMicrobits ?? 0),
    basis,
  });
}
