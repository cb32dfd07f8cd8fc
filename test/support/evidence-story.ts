/** Evidence told event by event, each of them valid by the catalogue, with just the runs that a test is about. */
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import type { Plan } from '../../domain/evaluation/plan.ts';
import { firstTrained, type Pair, type RunKey } from '../../domain/evaluation/runs.ts';
import { sha256 } from '../../domain/events/canonical.ts';
import type { DataOf, Decided } from '../../domain/events/catalogue.ts';
import { parseEvent, toEnvelope } from '../../domain/events/codec.ts';
import { type EventEnvelope, eventBytes } from '../../domain/events/envelope.ts';
import { familyId, streamOf } from '../../domain/events/ids.ts';
import { uuidV5 } from '../../domain/events/uuid.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { scoreOf } from '../../domain/scoring/score.ts';
import { applyEvidence, noEvidence } from '../../projections/questions/evidence.ts';
import { smallPolicy } from './history.ts';
import { completed } from './measurement.ts';
import { commitmentFor } from './randomness.ts';

const LEDGER = '00000000-0000-5000-8000-00000000000a';

/** Two checkpoints, at 1,040 and 2,080 bytes revealed; standard errors below 1,000 microbits read as that. */
export function policyWith(plan: Partial<Plan> = {}): Policy {
  return { ...smallPolicy, plan: { ...smallPolicy.plan, seeds: 3, ...plan } };
}

export const familyOf = (architecture: string) => familyId(LEDGER, sha256(architecture));

export interface Sent {
  readonly hotkey: string;
  readonly architecture: string;
  readonly training?: string;
  readonly inference?: string;
  readonly hooks?: readonly string[];
  readonly others?: readonly string[];
  /** Name of the plan: another budget. */
  readonly plan?: string;
}

/** What a run has come to at the first and at the second checkpoint, and what else is to be said of it. */
export interface Run {
  readonly key: RunKey;
  readonly losses: readonly [number, number];
  readonly changes: Partial<Measurement>;
}

export function run(
  pair: Pair,
  seed: number,
  losses: Run['losses'] | number,
  changes: Partial<Measurement & { readonly point: number; readonly variant: number }> = {},
): Run {
  const { point = 0, variant = 0, ...rest } = changes;
  const both: Run['losses'] = typeof losses === 'number' ? [losses, losses] : losses;
  return { key: { pair, variant, point, seed }, losses: both, changes: rest };
}

export class Story {
  readonly evidence = noEvidence();
  readonly #events: EventEnvelope[] = [];
  readonly #policy: Policy;
  readonly #measured = new Map<string, Measurement[]>();
  readonly #revisions = new Map<string, number>();

  constructor(policy: Policy = policyWith()) {
    this.#policy = policy;
    const opened = { origin: 'story.example', netuid: 100, slug: 'prism', salt: '0'.repeat(32), policy };
    this.say(streamOf.policy, {
      type: 'LedgerOpened',
      data: { ...opened, seedCommitment: commitmentFor(1) },
    });
  }

  /** Folds one event; returns its index. */
  say(stream: string, decided: Decided): number {
    const revision = this.#revisions.get(stream) ?? 0;
    this.#revisions.set(stream, revision + 1);
    const index = this.#events.length;
    const id = index === 0 ? LEDGER : uuidV5(LEDGER, String(index));
    const meta = { correlationId: LEDGER, causationId: null, actor: 'story' };
    const writing = { id, time: '2026-01-01T00:00:00.000Z', ...meta };
    const envelope = toEnvelope(decided, stream, revision, writing);
    this.#events.push(envelope);
    applyEvidence(this.evidence, parseEvent(envelope), index);
    return index;
  }

  /** Log entries: a log of them can be read, though no ledger would have let them follow. */
  entries(): Buffer[] {
    return this.#events.map(eventBytes);
  }

  /** Brings a submission to where its runs can be measured; its id. */
  submit(sent: Sent): string {
    const id = uuidV5(LEDGER, `submission ${sent.hotkey} ${this.#events.length}`);
    const stream = streamOf.submission(id);
    this.say(stream, { type: 'SubmissionReceived', data: receivedFrom(sent.hotkey) });
    this.say(stream, { type: 'SubmissionAdmitted', data: admitted() });
    this.say(stream, { type: 'SubmissionReviewed', data: reviewed(sent) });
    this.say(stream, { type: 'EvaluationPlanned', data: planned(sent, id) });
    return id;
  }

  /** Log indices of the runs, in their order. */
  measure(id: string, runs: readonly Run[]): number[] {
    const stream = streamOf.submission(id);
    return runs.map(({ key, losses, changes }) => {
      const measured = completed(key, this.#policy.plan, (at) => losses[at] ?? 0, changes);
      this.#measured.set(id, [...(this.#measured.get(id) ?? []), measured]);
      return this.say(stream, { type: 'RunMeasured', data: { ...measured, attempt: 1, token: 1 } });
    });
  }

  score(id: string): number {
    const { plan, scoring: rules } = this.#policy;
    const spec = { plan, rules, firstTrained: firstTrained(plan), ownArchitecture: true, basis: LEDGER };
    const data = scoreOf(this.#measured.get(id) ?? [], spec);
    return this.say(streamOf.submission(id), { type: 'SubmissionScored', data });
  }

  /** A submission with all of its runs, scored. */
  judged(sent: Sent, runs: readonly Run[]): { readonly id: string; readonly events: readonly number[] } {
    const id = this.submit(sent);
    const events = this.measure(id, runs);
    this.score(id);
    return { id, events };
  }

  /** Calls a confirmation, with seeds from 3 on, and ends it. */
  confirmed(id: string, incumbent: string | null, runs: readonly Run[]): readonly number[] {
    const stream = streamOf.submission(id);
    const claim = 'training';
    const called = { basis: LEDGER, claim, family: LEDGER, incumbent, near: null } as const;
    const keys = runs.map(({ key }) => key);
    const rules = { challenge: 0, entry: 1, alphaPpt: 1, seeds: [sha256('fresh')], runs: keys };
    this.say(stream, { type: 'ConfirmationCalled', data: { ...called, ...rules } });
    const events = this.measure(id, runs);
    this.say(stream, { type: 'SubmissionConfirmed', data: confirmation(claim) });
    return events;
  }
}

function receivedFrom(hotkey: string): DataOf<'SubmissionReceived'> {
  const file = { filename: 'project.zip', byteLength: 1_000, requestHash: sha256('body') };
  return { hotkey, nonce: 'nonce', uid: null, chainHeight: null, ...file };
}

function admitted(): DataOf<'SubmissionAdmitted'> {
  const part = (entrypoint: string) => ({ entrypoint, files: [entrypoint] });
  const size = { fileCount: 2, totalBytes: 1_000, compressedBytes: 500 };
  return {
    layout: {
      kind: 'full',
      architectureId: null,
      architecture: part('model.py'),
      training: part('recipe.py'),
    },
    contentDigest: sha256('content'),
    filesBlob: sha256('files'),
    ...size,
  };
}

function reviewed(sent: Sent): DataOf<'SubmissionReviewed'> {
  const { architecture, training = 'recipe', inference, hooks = [] } = sent;
  return {
    reviewer: { image: 'sha256:reviewer', normaliser: 1 },
    architecture: { digest: sha256(architecture), sketch: [] },
    training: { digest: sha256(training), sketch: [] },
    inference: inference === undefined ? null : { digest: sha256(inference) },
    hooks: hooks.map((name) => ({ name, where: 'training' })),
    warnings: 0,
    findingsBlob: sha256('findings'),
  };
}

function planned({ others = [], plan = 'plan' }: Sent, id: string): DataOf<'EvaluationPlanned'> {
  return {
    planDigest: sha256(plan),
    corpus: sha256('corpus'),
    randomness: { kind: 'committed', epoch: 1, commitment: sha256('secret') },
    seeds: [sha256('seed')],
    runs: [{ pair: 'architecture', variant: 0, point: 0, seed: 0 }],
    futilityMicrobits: null,
    hookWith: null,
    others: others.map((name) => ({ family: familyOf(name), submission: LEDGER })),
    architectureFrom: id,
  };
}

function confirmation(claim: 'training'): DataOf<'SubmissionConfirmed'> {
  const zeros = {
    meanMicrobits: 0,
    deviationMicrobits: 0,
    marginMicrobits: 0,
    gridMicrobits: 0,
    lowerMicrobits: 0,
  };
  const evidence = { ...zeros, differences: [0], degrees: 1, alphaPpt: 1, thresholdMilliT: 0, proven: false };
  const gain = { n: 1, meanMicrobits: 0, standardErrorMicrobits: 0, lowerMicrobits: 0 };
  return { basis: LEDGER, claim, evidence, gain, hook: null, valueMicrobits: 0, identical: false };
}

/** A story in which every question has answers, with every field told. */
export function everyQuestion(): Story {
  const axes = ['size', 'depth', 'sequence', 'batch'] as const;
  const story = new Story(
    policyWith({ ladders: axes.map((axis) => ({ axis, seeds: 2, rungs: [{ scaleMilli: 2_000 }] })) }),
  );
  const hook: Measurement['hook'] = {
    points: [{ step: 2, lossMicrobits: 4_000_000, windows: 4 }],
    latency: { medianUs: 120, p95Us: 130 },
    ending: { kind: 'completed', detail: '' },
  };
  const at = (point: number, seed: number, gain: number) => [
    run('reference', seed, 5_000_000, { point }),
    run('architecture', seed, 4_500_000 - seed * 10_000, { point }),
    run('recipe', seed, 4_500_000 - gain, { point, ...(point === 0 ? { hook } : {}) }),
  ];
  const grid = (gain: number) => [
    ...[0, 1, 2].flatMap((seed) => at(0, seed, gain)),
    ...[1, 2, 3, 4].flatMap((point) => [0, 1].flatMap((seed) => at(point, seed, gain))),
  ];
  const sent = { architecture: 'gpt', inference: 'hook', hooks: ['configure_optimizer', 'compute_loss'] };
  const first = story.judged({ ...sent, hotkey: 'A', training: 'adam' }, grid(200_000));
  story.confirmed(first.id, null, [...at(0, 3, 190_000), ...at(0, 4, 210_000)]);
  story.judged({ ...sent, hotkey: 'B', training: 'sgd', hooks: ['train_step'] }, grid(-100_000));
  story.judged({ ...sent, hotkey: 'C', training: 'adam', architecture: 'rnn' }, grid(180_000));
  return story;
}
