/**
 * Which claims have become decidable. A claim waits for every earlier-admitted submission that could still take what it claims, so that a
 * slow machine, a retry or a second worker cannot change who was first.
 */

import { runsOf } from '../evaluation/runs.ts';
import { digestOf } from '../events/canonical.ts';
import type { DataOf, Decided } from '../events/catalogue.ts';
import { familyId, streamOf } from '../events/ids.ts';
import { type ClaimStep, decideArchitecture, decideTraining, type NearMatch } from '../ownership/claims.ts';
import { emptyFamily, type FamilyState } from '../ownership/family.ts';
import { similarityPpm } from '../ownership/likeness.ts';
import type { Policy } from '../policy/policy.ts';
import { ensure } from '../refused.ts';
import type { Gain } from '../scoring/gain.ts';
import type { SubmissionState } from '../submission/state.ts';
import { callFor } from './confirmation.ts';
import type { LedgerState, SubmissionEntry } from './state.ts';

/** What says which claims a submission makes. */
export interface Claimant {
  readonly policy: Policy;
  readonly state: Pick<SubmissionState, 'admitted' | 'reviewed'>;
}

/** Has an architecture of its own to claim: known from its admission. */
export function claimsArchitecture(entry: Claimant): boolean {
  return entry.state.admitted !== null && entry.state.admitted.layout.kind !== 'training_for_arch';
}

/** Has a recipe to claim, as far as is known: certain once it is reviewed. */
export function claimsTraining(entry: Claimant): boolean {
  const { admitted, reviewed } = entry.state;
  if (admitted === null || admitted.layout.training === null) return false;
  if (reviewed === null) return true;
  return (
    reviewed.training !== null &&
    !entry.policy.ownership.referenceTrainingDigests.includes(reviewed.training.digest)
  );
}

/** The family that a submission belongs to; null where that is not known yet. */
export function familyOf(ledger: string, entry: SubmissionEntry): string | null {
  const { admitted, reviewed } = entry.state;
  if (admitted?.layout.kind === 'training_for_arch') return admitted.layout.architectureId;
  const digest = reviewed?.architecture?.digest;
  return digest === undefined ? null : familyId(ledger, digest);
}

function familyState(state: LedgerState, id: string): FamilyState {
  return state.families.get(id) ?? emptyFamily;
}

function decidedIn(
  state: LedgerState,
  entry: SubmissionEntry,
  which: 'architectureDecided' | 'trainingDecided',
): boolean {
  const family = state.id === null ? null : familyOf(state.id, entry);
  return family !== null && familyState(state, family)[which].has(entry.id);
}

/** True once nothing that this submission claims is open any more. */
export function isSettled(state: LedgerState, entry: SubmissionEntry): boolean {
  const { phase } = entry.state;
  if (phase === 'rejected' || phase === 'abandoned') return true;
  if (phase !== 'scored') return false;
  return (
    (!claimsArchitecture(entry) || decidedIn(state, entry, 'architectureDecided')) &&
    (!claimsTraining(entry) || decidedIn(state, entry, 'trainingDecided'))
  );
}

/** Submissions admitted before `entry` whose claims are open. */
function earlier(state: LedgerState, entry: SubmissionEntry): readonly SubmissionEntry[] {
  return state.pending.filter((other) => other.order < entry.order && !isSettled(state, other));
}

function looksLike(a: SubmissionEntry, b: SubmissionEntry, nearMatchPpm: number): boolean {
  const [left, right] = [a.state.reviewed?.architecture, b.state.reviewed?.architecture];
  return (
    left !== null &&
    left !== undefined &&
    right !== null &&
    right !== undefined &&
    similarityPpm(left, right) >= nearMatchPpm
  );
}

/** An earlier submission that may yet take the architecture that `entry` claims; unreviewed counts as matching. */
function blocksArchitecture(state: LedgerState, other: SubmissionEntry, entry: SubmissionEntry): boolean {
  if (!claimsArchitecture(other) || decidedIn(state, other, 'architectureDecided')) return false;
  return other.state.reviewed === null || looksLike(other, entry, entry.policy.ownership.nearMatchPpm);
}

/** An earlier submission that may yet take the training of `family`. */
function blocksTraining(state: LedgerState, other: SubmissionEntry, family: string): boolean {
  if (!claimsTraining(other) || decidedIn(state, other, 'trainingDecided') || state.id === null) return false;
  const own = familyOf(state.id, other);
  return own === null || own === family;
}

/**
 * What a `training_for_arch` is to be run on: null while an earlier submission may yet discover its family, `unknown` where none admitted
 * before it has.
 */
export function canonicalArchitecture(
  state: LedgerState,
  entry: SubmissionEntry,
): { readonly submission: string } | 'unknown' | null {
  const family = state.id === null ? null : familyOf(state.id, entry);
  if (family === null) return 'unknown';
  const discoverer = familyState(state, family).discovery?.submission;
  if (discoverer !== undefined) {
    const order = state.submissions.get(discoverer)?.order ?? Number.POSITIVE_INFINITY;
    return order < entry.order ? { submission: discoverer } : 'unknown';
  }
  const undecided = earlier(state, entry).some((other) => {
    if (!claimsArchitecture(other) || decidedIn(state, other, 'architectureDecided')) return false;
    const own = state.id === null ? null : familyOf(state.id, other);
    return own === null || own === family;
  });
  return undecided ? null : 'unknown';
}

/** What the plan of an evaluation follows from; the rest of `EvaluationPlanned` is drawn. */
export type PlannedParts = Pick<
  DataOf<'EvaluationPlanned'>,
  'planDigest' | 'runs' | 'futilityMicrobits' | 'hookWith' | 'architectureFrom'
>;

const INFERENCE_HOOKS: ReadonlySet<string> = new Set(['inference_logits', 'infer']);

/**
 * What a reviewed submission's evaluation consists of; null while that is not known yet, `unknown` for a family that nobody discovered.
 * @param others how many other owners' architectures its recipe is tried on
 */
export function planOf(
  state: LedgerState,
  entry: SubmissionEntry,
  others: number,
): PlannedParts | 'unknown' | null {
  const layout = entry.state.admitted?.layout;
  ensure(layout !== undefined, 'not-yet', 'only an admitted submission has a plan');
  const canonical =
    layout.kind === 'training_for_arch' ? canonicalArchitecture(state, entry) : { submission: entry.id };
  if (canonical === null || canonical === 'unknown') return canonical;
  const { plan } = entry.policy;
  const recipe = claimsTraining(entry);
  const hook = entry.state.reviewed?.hooks.some(({ name }) => INFERENCE_HOOKS.has(name)) ?? false;
  return {
    planDigest: digestOf(plan),
    runs: [...runsOf({ plan, recipe, others })],
    futilityMicrobits: plan.futilityMicrobits,
    hookWith: hook ? (recipe ? 'recipe' : 'architecture') : null,
    architectureFrom: canonical.submission,
  };
}

/** Whether what two submissions' hosts have declared has one structure; null where one has declared nothing. */
function haveOneStructure(a: SubmissionEntry, b: SubmissionEntry): boolean | null {
  const [left, right] = [a.state.scored?.structure ?? null, b.state.scored?.structure ?? null];
  return left === null || right === null ? null : left === right;
}

/** The most alike family that another hotkey's earlier submission has discovered; the earliest of equals. */
function nearMatch(state: LedgerState, entry: SubmissionEntry): NearMatch | null {
  const own = entry.state.reviewed?.architecture;
  if (own === null || own === undefined) return null;
  let best: NearMatch | null = null;
  let bestOrder = Number.POSITIVE_INFINITY;
  for (const [family, { discovery }] of state.families) {
    const other = discovery === null ? undefined : state.submissions.get(discovery.submission);
    const fingerprint = other?.state.reviewed?.architecture;
    if (
      other === undefined ||
      // Discovered under a later policy that calls fewer things alike, it did not have to wait for this one.
      other.order > entry.order ||
      other.hotkey === entry.hotkey ||
      fingerprint === null ||
      fingerprint === undefined
    )
      continue;
    const similarity = similarityPpm(own, fingerprint);
    if (similarity < entry.policy.ownership.nearMatchPpm) continue;
    if (
      best === null ||
      similarity > best.similarityPpm ||
      (similarity === best.similarityPpm && other.order < bestOrder)
    ) {
      const sameStructure = haveOneStructure(entry, other);
      best = { family, submission: other.id, similarityPpm: similarity, sameStructure };
      bestOrder = other.order;
    }
  }
  return best;
}

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
