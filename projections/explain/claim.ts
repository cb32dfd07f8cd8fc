/** One claim, from its screening over its confirmation and its hold to its decision, each with the event that says so. */
import { digestOf } from '../../domain/events/canonical.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import type { Evidence } from '../../domain/events/submission.ts';
import { claimsTraining, familyOf } from '../../domain/ledger/claimants.ts';
import type { SubmissionEntry } from '../../domain/ledger/state.ts';
import type { Gain } from '../../domain/scoring/gain.ts';
import type { ClaimDecision, ConfirmationFound, HoldFound, Ref, RunFound, Trail } from './trail.ts';

export type ClaimKind = DataOf<'ConfirmationCalled'>['claim'];

export interface PolicyFound {
  readonly name: string;
  readonly digest: string;
  readonly at: Ref;
}

export interface ConfirmationExplained {
  readonly claim: ClaimKind;
  readonly called: Ref;
  /** What made the call due. */
  readonly basis: Ref | null;
  readonly incumbent: string | null;
  readonly near: string | null;
  readonly challenge: number;
  readonly entry: number;
  readonly alphaPpt: number;
  /** Fresh seeds: paired runs that it wants. */
  readonly seeds: number;
  readonly runsWanted: number;
  readonly runs: readonly RunFound[];
  /** Null while it is under way. */
  readonly result: {
    readonly at: Ref;
    readonly evidence: Evidence;
    readonly gain: Gain;
    readonly valueMicrobits: number;
    readonly identical: boolean;
  } | null;
}

export interface HoldExplained {
  readonly held: Ref;
  readonly basis: Ref | null;
  readonly nearFamily: string;
  readonly nearSubmission: string;
  readonly similarityPpm: number;
  /** Of the tensors that both declare; null where one has declared none. */
  readonly sameStructure: boolean | null;
  readonly deadline: string;
  readonly resolution: HoldFound['resolution'];
}

export interface ClaimExplained {
  readonly claim: ClaimKind;
  readonly submission: string;
  readonly hotkey: string;
  readonly family: string;
  readonly received: Ref;
  readonly policy: PolicyFound | null;
  /** `open`: nothing is decided yet. */
  readonly outcome: ClaimDecision['outcome'] | 'held' | 'open';
  readonly decided: Ref | null;
  /** What made it decidable. */
  readonly basis: Ref | null;
  readonly scored: Ref | null;
  /** Of the screening, and what its lower bound had to exceed. */
  readonly gain: Gain | null;
  readonly thresholdMicrobits: number;
  readonly confirmation: ConfirmationExplained | null;
  readonly hold: HoldExplained | null;
  readonly valueMicrobits: number;
  /** Whose the family, or the recipe that stood, is where it was not this one's; null: nobody's. */
  readonly holder: string | null;
}

export function refOf({ refs }: Trail, id: string): Ref | null {
  return refs.get(id) ?? null;
}

export function policyFound({ policies }: Trail, index: number): PolicyFound | null {
  const found = policies[index];
  return found === undefined ? null : { name: found.data.name, digest: digestOf(found.data), at: found.at };
}

export function confirmationExplained(
  trail: Trail,
  { called, runs, confirmed }: ConfirmationFound,
): ConfirmationExplained {
  const { claim, basis, incumbent, near, challenge, entry, alphaPpt, seeds } = called.data;
  const result = confirmed && {
    at: confirmed.at,
    evidence: confirmed.data.evidence,
    gain: confirmed.data.gain,
    valueMicrobits: confirmed.data.valueMicrobits,
    identical: confirmed.data.identical,
  };
  return {
    ...{ claim, called: called.at, basis: refOf(trail, basis), incumbent, near, challenge, entry, alphaPpt },
    ...{ seeds: seeds.length, runsWanted: called.data.runs.length, runs, result },
  };
}

function holdExplained(trail: Trail, hold: HoldFound | undefined): HoldExplained | null {
  if (hold === undefined) return null;
  const { basis, nearFamily, nearSubmission, similarityPpm, sameStructure, deadline } = hold.data;
  const looks = { nearFamily, nearSubmission, similarityPpm, sameStructure, deadline };
  return { held: hold.at, basis: refOf(trail, basis), ...looks, resolution: hold.resolution };
}

/** What stands, or stood, in its way. */
function holderOf(data: ClaimDecision | undefined): string | null {
  if (data === undefined) return null;
  return 'discoverer' in data ? data.discoverer : data.incumbent;
}

export function claimExplained(trail: Trail, entry: SubmissionEntry, claim: ClaimKind): ClaimExplained {
  const of = trail.submissions.get(entry.id);
  const decision = trail.claims.get(`${claim} ${entry.id}`);
  const hold = claim === 'architecture' ? holdExplained(trail, trail.holds.get(entry.id)) : null;
  const called = of?.confirmations.find((one) => one.called.data.claim === claim);
  return {
    claim,
    submission: entry.id,
    hotkey: entry.hotkey,
    family: familyOf(trail.ledger.id ?? '', entry) ?? '',
    received: of?.received ?? unknownRef(entry),
    policy: policyFound(trail, of?.policy ?? -1),
    outcome: decision?.data.outcome ?? (hold === null ? 'open' : 'held'),
    decided: decision?.at ?? null,
    basis: decision === undefined ? null : refOf(trail, decision.data.basis),
    scored: of?.scored ?? null,
    gain: decision?.data.gain ?? entry.state.scored?.[claim] ?? null,
    thresholdMicrobits: entry.policy.scoring.minimumGainMicrobits,
    confirmation: called === undefined ? null : confirmationExplained(trail, called),
    hold,
    valueMicrobits: decision?.data.valueMicrobits ?? trail.holds.get(entry.id)?.data.valueMicrobits ?? 0,
    holder: holderOf(decision?.data),
  };
}

function unknownRef({ order, receivedId, receivedTime }: SubmissionEntry): Ref {
  return { index: order, id: receivedId, type: 'SubmissionReceived', time: receivedTime, actor: '' };
}

/** What a submission claims, the architecture before the recipe that was built on it. */
export function claimsOf(trail: Trail, entry: SubmissionEntry): readonly ClaimExplained[] {
  const { admitted } = entry.state;
  if (admitted === null) return [];
  const kinds: readonly (readonly [ClaimKind, boolean])[] = [
    ['architecture', admitted.layout.kind !== 'training_for_arch'],
    ['training', claimsTraining(entry)],
  ];
  return kinds.flatMap(([kind, claimed]) => (claimed ? [claimExplained(trail, entry, kind)] : []));
}
