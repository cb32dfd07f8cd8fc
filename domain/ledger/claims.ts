/**
 * The next step of each claim. A claim waits for every earlier-admitted submission that could still take what it claims, so that a
 * slow machine, a retry or a second worker cannot change who was first.
 */

import type { DataOf, Decided } from '../events/catalogue.ts';
import { streamOf } from '../events/ids.ts';
import { type ClaimStep, decideArchitecture, decideTraining } from '../ownership/claims.ts';
import type { FamilyState } from '../ownership/family.ts';
import { ensure } from '../refused.ts';
import type { Gain } from '../scoring/gain.ts';
import { claimsArchitecture, claimsTraining, familyOf, familyState } from './claimants.ts';
import { callFor } from './confirmation.ts';
import { nearMatch } from './near-match.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';
import { blocksArchitecture, blocksTraining, earlier } from './waiting.ts';

/**
 * The family as a training claim sees it: what a later-admitted submission has discovered is not there yet. It can have been discovered
 * already, since an architecture claim does not wait for recipes.
 */
function asSeenBy(state: LedgerState, entry: SubmissionEntry, family: FamilyState): FamilyState {
  const discoverer =
    family.discovery === null ? undefined : state.submissions.get(family.discovery.submission);
  return discoverer !== undefined && discoverer.order > entry.order ? { ...family, discovery: null } : family;
}

export interface DecidedClaim {
  /** Of the family, or of the submission where it is called to a confirmation. */
  readonly stream: string;
  readonly decided: Decided;
}

/** The next step of one submission's claims, decided at `basis`; null while it has to wait. */
export function nextClaim(
  state: LedgerState,
  entry: SubmissionEntry,
  basis: { readonly id: string; readonly time: string },
): DecidedClaim | null {
  const { phase, scored, reviewed } = entry.state;
  const id = state.id === null ? null : familyOf(state.id, entry);
  if (phase !== 'scored' || scored === null || reviewed === null || id === null) return null;
  const family = { id, state: familyState(state, id) };
  if (claimsArchitecture(entry) && !family.state.architectureDecided.has(entry.id))
    return architectureStep(state, entry, family, basis);
  if (claimsTraining(entry) && !family.state.trainingDecided.has(entry.id))
    return trainingStep(state, entry, family, basis);
  return null;
}

interface Family {
  readonly id: string;
  readonly state: FamilyState;
}

interface Basis {
  readonly id: string;
  readonly time: string;
}

function claimOf(entry: SubmissionEntry, kind: 'architecture' | 'training', basis: Basis) {
  const digest = entry.state.reviewed?.[kind]?.digest;
  ensure(digest !== undefined, 'wrong-content', `its ${kind} was reviewed without a digest`);
  return {
    basis: basis.id,
    submission: entry.id,
    hotkey: entry.hotkey,
    digest,
    gain: screenedGain(entry, kind),
    confirmed: entry.state.confirmed.find(({ claim }) => claim === kind) ?? null,
  };
}

/** What the screening has shown: of a recipe with its inference hook, where that keeps to its latency bound. */
function screenedGain(
  { state: { scored } }: SubmissionEntry,
  kind: 'architecture' | 'training',
): Gain | null {
  const gain = scored?.[kind] ?? null;
  const hook = kind === 'training' && scored?.hook?.withinBound ? scored.hook.gain : null;
  if (gain === null || hook === null || hook.meanMicrobits <= 0) return gain;
  return {
    n: gain.n,
    meanMicrobits: gain.meanMicrobits + hook.meanMicrobits,
    // As if both always erred together.
    standardErrorMicrobits: gain.standardErrorMicrobits + hook.standardErrorMicrobits,
    lowerMicrobits: gain.lowerMicrobits + hook.lowerMicrobits,
  };
}

function claimsOf(entry: SubmissionEntry): 1 | 2 {
  return claimsArchitecture(entry) && claimsTraining(entry) ? 2 : 1;
}

function stepOf(
  step: ClaimStep,
  entry: SubmissionEntry,
  family: Family,
  call: () => DataOf<'ConfirmationCalled'>,
): DecidedClaim {
  if (step !== 'confirm') return { stream: streamOf.family(family.id), decided: step };
  return { stream: streamOf.submission(entry.id), decided: { type: 'ConfirmationCalled', data: call() } };
}

function architectureStep(
  state: LedgerState,
  entry: SubmissionEntry,
  family: Family,
  basis: Basis,
): DecidedClaim | null {
  const hold = family.state.holds.get(entry.id);
  if (hold !== undefined && hold.resolution === null) return null;
  if (earlier(state, entry).some((other) => blocksArchitecture(state, other, entry))) return null;
  const near = nearMatch(state, entry);
  const claim = claimOf(entry, 'architecture', basis);
  const step = decideArchitecture(claim, family.state, near, basis.time, entry.policy);
  return stepOf(step, entry, family, () =>
    callFor(entry, 'architecture', family, near, claimsOf(entry), basis.id),
  );
}

function trainingStep(
  state: LedgerState,
  entry: SubmissionEntry,
  family: Family,
  basis: Basis,
): DecidedClaim | null {
  if (earlier(state, entry).some((other) => blocksTraining(state, other, family.id))) return null;
  const seen = { id: family.id, state: asSeenBy(state, entry, family.state) };
  const step = decideTraining(claimOf(entry, 'training', basis), seen.state, entry.policy);
  return stepOf(step, entry, family, () => callFor(entry, 'training', seen, null, claimsOf(entry), basis.id));
}
