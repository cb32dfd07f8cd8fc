/** What all five questions are answered from: the runs of every submission that was scored, as numbers. */
import type { DataOf, EventOf, PrismEvent } from '../../domain/events/catalogue.ts';
import { familyId } from '../../domain/events/ids.ts';
import { figuresOf, type RunFigures } from './figures.ts';
import { type Terms, termsOf } from './terms.ts';

/** Runs on seeds that were drawn together: a first evaluation, or a confirmation. They count from the event that decided on them. */
export interface Round {
  /** Of `SubmissionScored` or `SubmissionConfirmed` in the log. */
  readonly decidedAt: number;
  readonly runs: readonly RunFigures[];
  /** Digest of the recipe that the runs of the pair `incumbent` were done with; null: there are none. */
  readonly incumbent: string | null;
}

export interface Judged {
  readonly submission: string;
  readonly hotkey: string;
  readonly terms: Terms;
  /** Digest of the plan: evaluations of one plan have one budget. */
  plan: string;
  family: string | null;
  /** Digests of the normalised recipe and inference hook. */
  training: string | null;
  inference: string | null;
  /** Names of the hooks that it brings. */
  hooks: readonly string[];
  /** Families of the architectures that the pairs `other` run. */
  others: readonly string[];
  /** Runs of the round that is under way. */
  measured: RunFigures[];
  incumbent: string | null;
  readonly rounds: Round[];
}

export interface Discovery {
  readonly hotkey: string;
  readonly submission: string;
}

export interface Evidence {
  ledger: string;
  /** Of the policy that stands; null before the ledger is opened. */
  terms: Terms | null;
  readonly submissions: Map<string, Judged>;
  /** Who discovered each family. */
  readonly owners: Map<string, Discovery>;
  /** Rounds and discoveries so far: while it stays, so does every answer. */
  changes: number;
}

export function noEvidence(): Evidence {
  return { ledger: '', terms: null, submissions: new Map(), owners: new Map(), changes: 0 };
}

function receive({ submissions, terms }: Evidence, event: EventOf<'SubmissionReceived'>): void {
  if (terms === null) return;
  const submission = event.stream.slice('submission-'.length);
  submissions.set(submission, {
    submission,
    hotkey: event.data.hotkey,
    terms,
    plan: '',
    family: null,
    training: null,
    inference: null,
    hooks: [],
    others: [],
    measured: [],
    incumbent: null,
    rounds: [],
  });
}

function review(judged: Judged, data: DataOf<'SubmissionReviewed'>, ledger: string): void {
  judged.family ??= data.architecture === null ? null : familyId(ledger, data.architecture.digest);
  judged.training = data.training?.digest ?? null;
  judged.inference = data.inference?.digest ?? null;
  judged.hooks = [...new Set(data.hooks.map(({ name }) => name))].sort();
}

function decide(state: Evidence, judged: Judged, decidedAt: number): void {
  judged.rounds.push({ decidedAt, runs: judged.measured, incumbent: judged.incumbent });
  judged.measured = [];
  judged.incumbent = null;
  state.changes += 1;
}

function applyToSubmission(state: Evidence, judged: Judged, event: PrismEvent, index: number): void {
  switch (event.type) {
    case 'SubmissionAdmitted':
      judged.family = event.data.layout.architectureId;
      break;
    case 'SubmissionReviewed':
      review(judged, event.data, state.ledger);
      break;
    case 'EvaluationPlanned':
      judged.plan = event.data.planDigest;
      judged.others = event.data.others.map(({ family }) => family);
      break;
    case 'ConfirmationCalled': {
      const { incumbent } = event.data;
      judged.incumbent = incumbent === null ? null : (state.submissions.get(incumbent)?.training ?? null);
      break;
    }
    case 'RunMeasured':
      judged.measured.push(figuresOf(event.data, index, judged.terms));
      break;
    case 'SubmissionScored':
    case 'SubmissionConfirmed':
      decide(state, judged, index);
      break;
    case 'SubmissionRejected':
      state.submissions.delete(judged.submission);
      break;
    case 'EvaluationAbandoned':
      // What was given up half-way says nothing; a round that was decided before stands.
      judged.measured = [];
      break;
    default:
  }
}

/** Folds one event in place. */
export function applyEvidence(state: Evidence, event: PrismEvent, index: number): void {
  if (event.type === 'LedgerOpened') state.ledger = event.id;
  if (event.type === 'LedgerOpened' || event.type === 'PolicyAdopted')
    state.terms = termsOf(event.data.policy);
  else if (event.type === 'SubmissionReceived') receive(state, event);
  else if (event.type === 'ArchitectureClaimDecided' && event.data.outcome === 'discovered') {
    const { hotkey, submission } = event.data;
    state.owners.set(event.stream.slice('family-'.length), { hotkey, submission });
    state.changes += 1;
  } else if (event.stream.startsWith('submission-')) {
    const judged = state.submissions.get(event.stream.slice('submission-'.length));
    if (judged !== undefined) applyToSubmission(state, judged, event, index);
  }
}

/** The submissions that have decided rounds, in the order in which they were received. */
export function judgedOf(state: Evidence): readonly Judged[] {
  return [...state.submissions.values()].filter(({ rounds }) => rounds.length > 0);
}
