/**
 * Histories of a fixed set of submissions in any order of events that real services could produce: submissions are handed over in one order,
 * each then goes its own way at its own pace, and what the ledger owes is appended at any later moment.
 */
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import type { RunKey } from '../../domain/evaluation/runs.ts';
import { sha256 } from '../../domain/events/canonical.ts';
import type { DataOf, Decided } from '../../domain/events/catalogue.ts';
import { parseEvent } from '../../domain/events/codec.ts';
import { epochCorrelation, familyId, streamOf, submissionId } from '../../domain/events/ids.ts';
import { parseTime } from '../../domain/events/time.ts';
import { familyOf, isSettled } from '../../domain/ledger/claimants.ts';
import { drawOthers } from '../../domain/ledger/others.ts';
import { owedEvents } from '../../domain/ledger/owed.ts';
import { planOf } from '../../domain/ledger/planning.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import { defaultPolicy, tinyPlan } from '../../domain/policy/default.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { outstandingRuns } from '../../domain/submission/state.ts';
import { LedgerBuilder } from './ledger-builder.ts';
import { completed } from './measurement.ts';
import { closing, commitmentFor, drawnFor } from './randomness.ts';

/** Two checkpoints, one seed, round numbers: a gain's lower bound is its mean less 1,000 microbits. */
export const smallPolicy: Policy = {
  ...defaultPolicy,
  name: 'small',
  plan: {
    ...tinyPlan,
    seeds: 1,
    futilityMicrobits: null,
    steps: 2,
    checkpoints: [
      { step: 1, windows: 4 },
      { step: 2, windows: 4 },
    ],
  },
  work: { ...defaultPolicy.work, reviewAttempts: 2, evaluationAttempts: 3 },
  scoring: {
    ...defaultPolicy.scoring,
    standardErrorFloorMicrobits: 1_000,
    confidenceMilliZ: 1_000,
    minimumGainMicrobits: 20_000,
  },
  ownership: {
    ...defaultPolicy.ownership,
    // Of two runs: a difference of more than some 3,500 microbits is proven while challengers are few.
    confirmation: {
      ...defaultPolicy.ownership.confirmation,
      minimumEffectMicrobits: 1_000,
      minimumEffectPpm: 0,
      detectMicrobits: 10_000,
      deviationFloorMicrobits: 1_000,
      // Equal ones are compared as well.
      screeningMilliZ: 1_000,
    },
  },
  weights: { ...defaultPolicy.weights, burnHotkey: '5Burn' },
};

export type Fate =
  | 'scored'
  | 'rejected-at-intake'
  | 'rejected-in-review'
  | 'abandoned-in-review'
  | 'abandoned'
  | 'received-only'
  | 'reviewed-only'
  | 'planned-only';

export interface Script {
  readonly hotkey: string;
  readonly kind: 'full' | 'architecture_only' | 'training_for_arch';
  /** Name of the architecture; of a `training_for_arch`, of the one that it is for. */
  readonly architecture: string;
  /** Fingerprints that decide what looks alike. */
  readonly sketch?: readonly number[];
  /** Name of the recipe; ignored where the kind has none. */
  readonly training?: string;
  /** Gain of the architecture over the reference, microbits per byte. */
  readonly gain?: number;
  /** Gain of the recipe over the architecture. */
  readonly recipeGain?: number;
  /** What its host declares of its architecture on the first seed; nothing unless given. */
  readonly tensors?: Measurement['tensors'];
  /** Runs, whatever its source says, just as what it is compared with. */
  readonly copies?: boolean;
  /** Has an inference hook. */
  readonly hooked?: boolean;
  /** What its measurements are besides, run by run: noise, hooks, other architectures. The same for the same run, however often it is asked. */
  readonly also?: (measured: Measurement) => Measurement;
  readonly fate?: Fate;
  /** Attempts that lapse before the one that ends the evaluation. */
  readonly lapses?: number;
  /** What a resolver says where its architecture is held; not given: it expires. `nobody`: it stays held. */
  readonly resolver?: 'admit' | 'refuse' | 'nobody';
  /** Adopted right before it is handed over. */
  readonly policy?: Policy;
}

/** Which of the possible next events comes (modulo their number), and how often the same submission goes on before others do. */
export type Choice = readonly [which: number, times: number];

export interface HistoryOptions {
  readonly policy?: Policy;
  /** Once they are used up, always the first that is possible. */
  readonly choices?: readonly Choice[];
  /** Epochs are closed on the way: each once the log has at least so many entries. */
  readonly closes?: readonly number[];
}

interface Write {
  readonly stream: string;
  readonly correlationId: string;
  readonly decided: readonly Decided[];
  /** Earliest time of its events. */
  readonly notBefore?: string;
}

/** What comes next in a lane: null while it has to wait. It may be asked many times before it is done. */
type Step = (state: LedgerState) => Write | null;
type Lane = Generator<Step, void, readonly Decided[]>;

const REFERENCE_LOSS = 5_000_000;
const CORPUS = sha256('a corpus');

export function openLedger(policy: Policy = smallPolicy): LedgerBuilder {
  const data = {
    origin: 'history.example',
    netuid: 100,
    slug: 'prism',
    seedCommitment: commitmentFor(1),
    salt: '0'.repeat(32),
    policy,
  };
  return new LedgerBuilder().append(streamOf.policy, '', 'operator:test', { type: 'LedgerOpened', data });
}

/** Id of the submission at `index` of the scripts. */
export function idOf(ledger: string, script: Script, index: number): string {
  return submissionId(ledger, script.hotkey, `nonce-${index}`);
}

/** A decision of one type. */
export type DecidedAs<T extends Decided['type']> = Extract<Decided, { readonly type: T }>;

export const digestOfName = (name: string): string => sha256(`component ${name}`);

export function familyOfName(ledger: string, architecture: string): string {
  return familyId(ledger, digestOfName(architecture));
}

/** Tells one history of `scripts` to its end: nothing is owed, and nothing that was not to stop is waiting. */
export function tell(scripts: readonly Script[], options: HistoryOptions = {}): LedgerBuilder {
  const { choices = [] } = options;
  const builder = openLedger(options.policy);
  const lanes = [handovers(scripts, builder.ledger), closes(options.closes ?? [], builder.ledger)];
  for (const [index, script] of scripts.entries()) {
    const id = idOf(builder.ledger, script, index);
    const scriptOf = (submission: string) =>
      scripts.find((other, at) => idOf(builder.ledger, other, at) === submission);
    lanes.push(lifeOf(script, id, scriptOf));
    lanes.push(holdOf(script, id));
  }
  run(builder, lanes, choices);
  return builder;
}

interface Possible extends Write {
  /** What is owed, or a lane. */
  readonly key: string;
}

function run(builder: LedgerBuilder, lanes: readonly Lane[], choices: readonly Choice[]): void {
  const running = new Map<string, { readonly lane: Lane; step: Step }>();
  for (const [index, lane] of lanes.entries()) {
    const first = lane.next();
    if (!first.done) running.set(`lane ${index}`, { lane, step: first.value });
  }
  const queue = [...choices];
  let current = { key: '', left: 0 };
  for (;;) {
    const possible: Possible[] = owedEvents(builder.state).map((owed) => ({
      ...owed,
      decided: [owed.decided],
    }));
    for (const [key, { step }] of running) {
      const write = step(builder.state);
      if (write !== null) possible.push({ ...write, key });
    }
    const again = current.left > 0 ? possible.find(({ key }) => key === current.key) : undefined;
    const [which, times] = again === undefined ? (queue.shift() ?? [0, 1]) : [0, current.left];
    const chosen = again ?? possible[which % Math.max(1, possible.length)];
    if (chosen === undefined) return;
    current = { key: chosen.key, left: times - 1 };
    // A hold expires when its time is over.
    if (chosen.decided.some(({ type }) => type === 'HoldExpired'))
      builder.wait(builder.state.policy?.ownership.holdMs ?? 0);
    if (chosen.notBefore !== undefined)
      builder.wait(Math.max(0, parseTime(chosen.notBefore) - parseTime(builder.now)));
    builder.append(chosen.stream, chosen.correlationId, 'service:test', ...chosen.decided);
    const of = running.get(chosen.key);
    const next = of?.lane.next(chosen.decided);
    if (next?.done) running.delete(chosen.key);
    else if (of !== undefined && next !== undefined) of.step = next.value;
  }
}

/** Hands over the submission at `index` of some scripts. */
export function handOver(builder: LedgerBuilder, script: Script, index: number): string {
  const id = idOf(builder.ledger, script, index);
  builder.append(streamOf.submission(id), id, 'platform', ...handedOver(script, index, builder.ledger));
  return id;
}

const DERIVED: ReadonlySet<string> = new Set([
  'SubmissionScored',
  'ConfirmationCalled',
  'SubmissionConfirmed',
]);

/** Lets one submission go on from where it is as far as it can come by itself: nothing that is owed is appended. */
export function advance(
  builder: LedgerBuilder,
  script: Script,
  index: number,
  scripts: readonly Script[] = [],
): void {
  const id = idOf(builder.ledger, script, index);
  const lane = lifeOf(script, id, (of) =>
    scripts.find((other, at) => idOf(builder.ledger, other, at) === of),
  );
  let step = lane.next();
  // What it has behind it: one event a step, after the two of its hand-over.
  const past = builder.events
    .filter(({ stream, type }) => stream === streamOf.submission(id) && !DERIVED.has(type))
    .slice(2);
  for (const event of past) step = lane.next([parseEvent(event)]);
  while (!step.done) {
    const write = step.value(builder.state);
    if (write === null) return;
    builder.append(write.stream, write.correlationId, 'service:test', ...write.decided);
    step = lane.next(write.decided);
  }
}

/** Lets one submission go on to its end, through what it is owed and called to. */
export function finish(
  builder: LedgerBuilder,
  script: Script,
  index: number,
  scripts: readonly Script[] = [],
): void {
  for (let before = -1; before !== builder.events.length; ) {
    before = builder.events.length;
    advance(builder, script, index, scripts);
    builder.settle();
  }
}

export function closeEpoch(builder: LedgerBuilder): LedgerBuilder {
  const epoch = builder.state.lastEpoch + 1;
  const correlation = epochCorrelation(builder.ledger, epoch);
  return builder.append(streamOf.epoch(epoch), correlation, 'operator:test', ...closing(epoch));
}

function* closes(sizes: readonly number[], ledger: string): Lane {
  for (const [before, size] of sizes.entries()) {
    const epoch = before + 1;
    const correlationId = epochCorrelation(ledger, epoch);
    const write: Write = { stream: streamOf.epoch(epoch), correlationId, decided: closing(epoch) };
    yield (state) => (state.size < size ? null : write);
  }
}

function* handovers(scripts: readonly Script[], ledger: string): Lane {
  for (const [index, script] of scripts.entries()) {
    const { policy } = script;
    if (policy !== undefined) {
      const adopted: Decided = { type: 'PolicyAdopted', data: { policy, reason: 'as scripted' } };
      yield () => ({ stream: streamOf.policy, correlationId: ledger, decided: [adopted] });
    }
    const id = idOf(ledger, script, index);
    yield () => ({
      stream: streamOf.submission(id),
      correlationId: id,
      decided: handedOver(script, index, ledger),
    });
  }
}

export function handedOver(script: Script, index: number, ledger: string): readonly Decided[] {
  const received: Decided = {
    type: 'SubmissionReceived',
    data: {
      hotkey: script.hotkey,
      nonce: `nonce-${index}`,
      uid: null,
      requestHash: sha256(`body ${index}`),
      filename: 'project.zip',
      byteLength: 1_000,
      chainHeight: null,
    },
  };
  if (script.fate === 'rejected-at-intake')
    return [received, rejected('intake', 'archive-not-a-zip', 'not a ZIP')];
  return [received, { type: 'SubmissionAdmitted', data: admittedOf(script, index, ledger) }];
}

export function admittedOf(script: Script, index: number, ledger: string): DataOf<'SubmissionAdmitted'> {
  const { kind, architecture } = script;
  const part = (entrypoint: string) => ({ entrypoint, files: [entrypoint] });
  return {
    layout: {
      kind,
      architectureId: kind === 'training_for_arch' ? familyOfName(ledger, architecture) : null,
      architecture: kind === 'training_for_arch' ? null : part('model.py'),
      training: kind === 'architecture_only' ? null : part('recipe.py'),
    },
    contentDigest: sha256(`content ${index}`),
    filesBlob: sha256(`files ${index}`),
    fileCount: 2,
    totalBytes: 1_000,
    compressedBytes: 500,
  };
}

export function reviewedOf(script: Script): DataOf<'SubmissionReviewed'> {
  const { kind, architecture, training = 'recipe', sketch = [] } = script;
  return {
    reviewer: { image: 'sha256:reviewer', normaliser: 1 },
    architecture:
      kind === 'training_for_arch' ? null : { digest: digestOfName(architecture), sketch: [...sketch] },
    training: kind === 'architecture_only' ? null : { digest: digestOfName(training), sketch: [] },
    inference: null,
    hooks: script.hooked ? [{ name: 'inference_logits', where: 'training' }] : [],
    warnings: 0,
    findingsBlob: sha256('findings'),
  };
}

export function rejected(
  stage: 'intake' | 'review' | 'evaluation',
  code: string,
  message: string,
): DecidedAs<'SubmissionRejected'> {
  return { type: 'SubmissionRejected', data: { stage, code, message, findings: [], findingsBlob: null } };
}

export function startedOf(attempt: number): Decided {
  const data = {
    attempt,
    token: attempt,
    worker: 'worker',
    leaseUntil: '2026-01-02T00:00:00.000Z',
    deadline: '2026-01-03T00:00:00.000Z',
  };
  return { type: 'EvaluationStarted', data };
}

/** Two models that learn equally well are told apart by so much, in microbits. */
const OTHERWISE = 7;

/** @param beside what the run is compared with in a confirmation */
export function measuredOf(
  run: RunKey,
  script: Script,
  policy: Policy,
  beside: Script = script,
): Measurement {
  const { pair } = run;
  const { gain = 0, recipeGain = 0 } = pair === 'incumbent' || pair === 'near' ? beside : script;
  const better =
    pair === 'reference' ? 0 : pair === 'architecture' || pair === 'near' ? gain : gain + recipeGain;
  const otherwise = (pair === 'incumbent' || pair === 'near') && !script.copies ? OTHERWISE : 0;
  const tensors = pair === 'architecture' && run.seed === 0 ? (script.tensors ?? []) : [];
  const measured = completed(run, policy.plan, () => REFERENCE_LOSS - better - otherwise, { tensors });
  return script.also?.(measured) ?? measured;
}

/** Plans what the ledger wants of `entry`, or rejects it where its family is unknown; null while that is open. */
export function plannedOf(state: LedgerState, entry: SubmissionEntry): Decided | null {
  const drawn = drawnFor(state, entry);
  const others = drawOthers(state, entry, drawn.seeds);
  const plan = planOf(state, entry, others.length);
  if (plan === null) return null;
  if (plan === 'unknown') return rejected('evaluation', 'unknown-family', 'nobody has discovered it');
  return { type: 'EvaluationPlanned', data: { ...plan, corpus: CORPUS, ...drawn, others } };
}

type ScriptOf = (submission: string) => Script | undefined;

function* lifeOf(script: Script, id: string, scriptOf: ScriptOf): Lane {
  const { fate = 'scored', lapses = 0 } = script;
  if (fate === 'rejected-at-intake' || fate === 'received-only') return;
  const write = (...decided: readonly Decided[]): Write => ({
    stream: streamOf.submission(id),
    correlationId: id,
    decided,
  });
  /** Waits for the submission to be handed over; later steps only come after that. */
  const once =
    (decide: (entry: SubmissionEntry, state: LedgerState) => Decided | null): Step =>
    (state) => {
      const entry = state.submissions.get(id);
      const decided = entry === undefined ? null : decide(entry, state);
      return decided === null ? null : write(decided);
    };

  if (fate === 'abandoned-in-review') {
    for (const attempt of [1, 2])
      yield once(() => ({ type: 'ReviewFaulted', data: { attempt, reason: 'no engine' } }));
    yield once(() => abandoned('review', 2));
    return;
  }
  if (fate === 'rejected-in-review') {
    yield once(() => rejected('review', 'forbidden-import', 'imports socket'));
    return;
  }
  yield once(() => ({ type: 'SubmissionReviewed', data: reviewedOf(script) }));
  if (fate === 'reviewed-only') return;
  const [planned] = yield once((entry, state) => plannedOf(state, entry));
  if (planned?.type !== 'EvaluationPlanned' || fate === 'planned-only') return;

  const ends = fate === 'abandoned' ? 3 : lapses;
  for (let attempt = 1; attempt <= ends; attempt += 1) {
    yield once(() => startedOf(attempt));
    yield once(() => ({ type: 'EvaluationLapsed', data: { attempt, token: attempt, reason: 'silent' } }));
  }
  if (fate === 'abandoned') {
    yield once(() => abandoned('evaluation', 3));
    return;
  }
  const attempt = lapses + 1;
  yield once(() => startedOf(attempt));
  for (const run of planned.data.runs) {
    yield once((entry) => ({
      type: 'RunMeasured',
      data: { ...measuredOf(run, script, entry.policy), attempt, token: attempt },
    }));
  }
  // Then, as often as it is called to a confirmation, another attempt.
  for (;;) yield once(({ state, policy }) => confirming(state, script, policy, scriptOf));
}

/** What comes next in a confirmation; null where there is none. */
function confirming(
  state: SubmissionEntry['state'],
  script: Script,
  policy: Policy,
  scriptOf: ScriptOf,
): Decided | null {
  if (state.called === null) return null;
  if (state.open === null) return state.phase === 'confirming' ? startedOf(state.attempts + 1) : null;
  const [run] = outstandingRuns(state);
  if (run === undefined) return null;
  const { attempt, token } = state.open;
  const beside = scriptOf(state.called.incumbent ?? state.called.near ?? '');
  return { type: 'RunMeasured', data: { ...measuredOf(run, script, policy, beside), attempt, token } };
}

function abandoned(stage: 'review' | 'evaluation', attempts: number): Decided {
  return { type: 'EvaluationAbandoned', data: { stage, attempts, reason: 'given up' } };
}

/** Resolves the hold of a submission, should there be one. */
function* holdOf({ resolver }: Script, submission: string): Lane {
  if (resolver === 'nobody') return;
  yield (state) => {
    const entry = state.submissions.get(submission);
    if (entry === undefined || state.id === null || isSettled(state, entry)) return null;
    const family = familyOf(state.id, entry);
    const hold = family === null ? undefined : state.families.get(family)?.holds.get(submission);
    if (family === null || hold?.resolution !== null) return null;
    const write = { stream: streamOf.family(family), correlationId: submission };
    if (resolver === undefined) {
      const decided: Decided = { type: 'HoldExpired', data: { submission } };
      return { ...write, decided: [decided], notBefore: hold.deadline };
    }
    const data = { submission, outcome: resolver, resolver: 'operator:test', reason: 'as scripted' };
    return { ...write, decided: [{ type: 'HoldResolved', data }] };
  };
}
