/** Every submission: where it stands and why, with the judged curves of its runs. */
import type { DataOf, EventOf, PrismEvent } from '../domain/events/catalogue.ts';
import type { Projection } from './projection.ts';

/** The reference's status words, which Platform and miners know. */
export type Status = 'pending' | 'running' | 'completed' | 'failed' | 'rejected' | 'held';

export interface RunView {
  readonly pair: DataOf<'RunMeasured'>['pair'];
  readonly variant: number;
  readonly point: number;
  readonly seed: number;
  readonly ending: DataOf<'RunMeasured'>['ending'];
  readonly curve: DataOf<'RunMeasured'>['curve'];
  readonly hook: DataOf<'RunMeasured'>['hook'];
  readonly checks: DataOf<'RunMeasured'>['checks'];
  readonly stateBytes: number;
  readonly cpuUs: number;
  readonly gpuBusyUs: number;
}

export interface SubmissionView {
  readonly id: string;
  readonly hotkey: string;
  readonly index: number;
  readonly receivedAt: string;
  /** SHA-256 of the body as it arrived: the reference's `code_hash`. */
  readonly requestHash: string;
  status: Status;
  /** The engine's own word for where it is. */
  phase: string;
  kind: string | null;
  contentDigest: string | null;
  family: string | null;
  reason: {
    readonly code: string;
    readonly message: string;
    readonly findings: DataOf<'SubmissionRejected'>['findings'];
  } | null;
  hooks: readonly string[];
  attempts: number;
  /** Runs that its plan has; fewer are done where the first stage was hopeless. */
  plannedRuns: number;
  runs: RunView[];
  score: Omit<DataOf<'SubmissionScored'>, 'basis'> | null;
  /** What fresh seeds have shown of its claims. */
  readonly confirmed: Omit<DataOf<'SubmissionConfirmed'>, 'basis'>[];
  architectureClaim: string | null;
  trainingClaim: string | null;
}

export interface SubmissionsState {
  readonly byId: Map<string, SubmissionView>;
}

const HELD = 'its review waits for a person to look at it; if nobody does in time, it goes on';

function received(event: EventOf<'SubmissionReceived'>, index: number): SubmissionView {
  return {
    id: event.stream.slice('submission-'.length),
    hotkey: event.data.hotkey,
    index,
    receivedAt: event.time,
    requestHash: event.data.requestHash,
    status: 'pending',
    phase: 'received',
    kind: null,
    contentDigest: null,
    family: null,
    reason: null,
    hooks: [],
    attempts: 0,
    plannedRuns: 0,
    runs: [],
    score: null,
    confirmed: [],
    architectureClaim: null,
    trainingClaim: null,
  };
}

function applyToSubmission(view: SubmissionView, event: PrismEvent): void {
  switch (event.type) {
    case 'SubmissionAdmitted':
      view.phase = 'admitted';
      view.kind = event.data.layout.kind;
      view.contentDigest = event.data.contentDigest;
      view.family = event.data.layout.architectureId;
      break;
    case 'SubmissionRejected':
      view.phase = view.status = 'rejected';
      view.reason = { code: event.data.code, message: event.data.message, findings: event.data.findings };
      break;
    case 'SemanticReviewed':
      if (event.data.verdict === 'clear') break;
      view.status = 'held';
      // Not the model's words: they are in the event, for who resolves the hold.
      view.reason = { code: 'review-held', message: HELD, findings: [] };
      break;
    case 'ReviewHoldResolved':
    case 'ReviewHoldExpired':
      view.status = 'pending';
      view.reason = null;
      break;
    case 'SubmissionReviewed':
      view.phase = 'reviewed';
      view.hooks = event.data.hooks.map((hook) => hook.name);
      break;
    case 'EvaluationPlanned':
      view.plannedRuns = event.data.runs.length;
      break;
    case 'EvaluationStarted':
      view.phase = view.status = 'running';
      view.attempts = event.data.attempt;
      break;
    case 'EvaluationFaulted':
    case 'EvaluationLapsed':
      view.phase = view.status = 'pending';
      break;
    case 'EvaluationAbandoned':
      view.phase = 'abandoned';
      view.status = 'failed';
      view.reason = { code: 'abandoned', message: event.data.reason, findings: [] };
      break;
    case 'RunMeasured': {
      const { pair, variant, point, seed, ending, curve, hook, checks, stateBytes, gpuBusyUs } = event.data;
      const cpuUs = event.data.trainerCpuUs + event.data.predictorCpuUs;
      const run = { pair, variant, point, seed, ending, curve, hook, checks, stateBytes, cpuUs, gpuBusyUs };
      view.runs.push(run);
      break;
    }
    case 'ConfirmationCalled':
      view.phase = 'confirming';
      view.status = 'pending';
      view.plannedRuns += event.data.runs.length;
      break;
    case 'SubmissionConfirmed': {
      const { basis: _, ...confirmed } = event.data;
      view.phase = 'scored';
      view.status = 'completed';
      view.confirmed.push(confirmed);
      break;
    }
    case 'SubmissionScored': {
      const { basis: _, ...score } = event.data;
      view.phase = 'scored';
      view.status = 'completed';
      view.score = score;
      break;
    }
    default:
  }
}

function applyToClaims(view: SubmissionView, event: PrismEvent): void {
  const family = event.stream.slice('family-'.length);
  switch (event.type) {
    case 'ArchitectureClaimHeld':
      view.family = family;
      view.status = view.architectureClaim = 'held';
      break;
    case 'HoldResolved':
    case 'HoldExpired':
      view.status = 'completed';
      break;
    case 'ArchitectureClaimDecided':
      view.family = family;
      view.status = 'completed';
      view.architectureClaim = event.data.outcome;
      break;
    case 'TrainingClaimDecided':
      view.family = family;
      view.trainingClaim = event.data.outcome;
      break;
    default:
  }
}

export const submissions: Projection<SubmissionsState> = {
  name: 'submissions',
  initial: () => ({ byId: new Map() }),
  apply(state, event, index) {
    if (event.type === 'SubmissionReceived') {
      const view = received(event, index);
      state.byId.set(view.id, view);
      return;
    }
    if (event.stream.startsWith('submission-')) {
      const view = state.byId.get(event.stream.slice('submission-'.length));
      if (view !== undefined) applyToSubmission(view, event);
      return;
    }
    if ('submission' in event.data) {
      const view = state.byId.get(event.data.submission);
      if (view !== undefined) applyToClaims(view, event);
    }
  },
  view: (state) => [...state.byId.values()].map((view) => ({ ...view })),
};
