/** A small valid ledger with a bit of everything: every kind of submission, verdict, claim and fault, epochs and weights. */
import { completedCurve, judgedPoint } from '../../domain/evaluation/curve.ts';
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import type { Pair, RunKey } from '../../domain/evaluation/runs.ts';
import { digestOf, sha256 } from '../../domain/events/canonical.ts';
import type { DataOf, Decided } from '../../domain/events/catalogue.ts';
import { epochCorrelation, familyId, streamOf, submissionId } from '../../domain/events/ids.ts';
import { addMs } from '../../domain/events/time.ts';
import { drawOthers } from '../../domain/ledger/others.ts';
import { planOf } from '../../domain/ledger/planning.ts';
import type { Fingerprint } from '../../domain/ownership/likeness.ts';
import { defaultPolicy } from '../../domain/policy/default.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { LedgerBuilder } from './ledger-builder.ts';
import { completed } from './measurement.ts';
import { type SeededRandom, seededRandom } from './random.ts';
import { closing, commitmentFor, drawnFor } from './randomness.ts';

export interface LedgerOptions {
  readonly seed?: number;
  /** How many submissions; the stories below come round again after the last. */
  readonly submissions?: number;
  readonly epochs?: number;
  readonly policy?: Policy;
  readonly slug?: string;
  readonly origin?: string;
}

export const TEST_ORIGIN = 'prism.test';

/** What becomes of each submission, in turn. The first one discovers what later ones have, resemble or train. */
export const STORIES = [
  'discovers',
  'rejected-at-intake',
  'same-architecture',
  'better-recipe',
  'rejected-in-review',
  'architecture-only',
  'learner-fails',
  'lapses-then-scores',
  'abandoned',
  'held-as-near-match',
  'running',
  'waiting',
] as const;
export type Story = (typeof STORIES)[number];

export function generateLedger(options: LedgerOptions = {}): LedgerBuilder {
  const { seed = 1, submissions = STORIES.length, epochs = 2 } = options;
  const writer = new LedgerWriter(seededRandom(seed), options);
  let open = 1;
  for (let number = 0; number < submissions; number += 1) {
    writer.submit(number, storyOf(number, submissions));
    // The first epoch ends half-way, so that weights change from one to the next.
    if (open < epochs && number >= submissions / 2) {
      writer.closeEpoch(open);
      open += 1;
    }
  }
  for (; open <= epochs; open += 1) writer.closeEpoch(open);
  return writer.builder;
}

/** What is never reviewed blocks the claims of all that come later: only the last round has such. */
function storyOf(number: number, submissions: number): Story {
  const story = STORIES[number % STORIES.length] ?? 'discovers';
  const unfinished = story === 'running' || story === 'waiting';
  return unfinished && number < submissions - STORIES.length ? 'discovers' : story;
}

/** By how many microbits per byte a learner's loss falls at every second checkpoint. */
function skillOf(pair: Pair, story: Story): number {
  if (pair === 'reference') return 800_000;
  if (pair === 'architecture' || pair === 'near') return 1_000_000;
  if (pair === 'incumbent') return 1_100_000;
  return story === 'better-recipe' ? 1_300_000 : 1_100_000;
}

function rejected(stage: 'intake' | 'review', code: string, message: string): Decided {
  return { type: 'SubmissionRejected', data: { stage, code, message, findings: [], findingsBlob: null } };
}

class LedgerWriter {
  readonly builder = new LedgerBuilder();
  readonly #random: SeededRandom;
  readonly #policy: Policy;
  /** The first architecture that was discovered. */
  #holder: Fingerprint | null = null;

  constructor(
    random: SeededRandom,
    { policy = defaultPolicy, slug = 'prism', origin = TEST_ORIGIN }: LedgerOptions,
  ) {
    this.#random = random;
    this.#policy = policy;
    const data = {
      origin,
      netuid: 100,
      slug,
      seedCommitment: commitmentFor(1),
      salt: random.hex(32),
      policy,
    };
    this.builder.append(streamOf.policy, '', 'operator:test', { type: 'LedgerOpened', data });
  }

  submit(number: number, story: Story): void {
    const hotkey = `5Miner${number}`;
    const nonce = `nonce-${number}`;
    const id = submissionId(this.builder.ledger, hotkey, nonce);
    const say = (...decided: Decided[]): unknown =>
      this.builder.append(streamOf.submission(id), id, 'service:test', ...decided);
    const requestHash = this.#random.hex(64);
    const byteLength = 1_000 + this.#random.int(20_000);
    say({
      type: 'SubmissionReceived',
      data: {
        hotkey,
        nonce,
        uid: number,
        requestHash,
        filename: `project-${number}.zip`,
        byteLength,
        chainHeight: null,
      },
    });
    if (story === 'rejected-at-intake') {
      say(rejected('intake', 'archive-not-a-zip', 'the archive is not a ZIP'));
      return;
    }
    say({ type: 'SubmissionAdmitted', data: this.#admitted(story) });
    if (story === 'waiting') return;
    if (story === 'abandoned') {
      this.#abandonReview(say);
      return;
    }
    if (story === 'rejected-in-review') {
      say(rejected('review', 'forbidden-import', 'a forbidden module is imported'));
      this.builder.settle();
      return;
    }
    say({ type: 'SubmissionReviewed', data: this.#reviewed(story) });
    this.#evaluate(id, story, say);
  }

  closeEpoch(epoch: number): void {
    const stream = streamOf.epoch(epoch);
    const correlation = epochCorrelation(this.builder.ledger, epoch);
    this.builder.append(stream, correlation, 'operator:test', ...closing(epoch)).settle();
    const weightsDigest = digestOf(this.builder.state.epochs.get(epoch)?.weights);
    const receipt = { kind: 'dry-run', detail: 'nothing was sent' } as const;
    const data = { epoch, target: 'dry-run', weightsDigest, receipt };
    this.builder.append(stream, correlation, 'service:weight-emitter', { type: 'WeightsEmitted', data });
  }

  #evaluate(id: string, story: Story, say: (...decided: Decided[]) => unknown): void {
    const { state } = this.builder;
    const entry = state.submissions.get(id);
    if (entry === undefined) throw new Error(`submission ${id} is not there`);
    const drawn = drawnFor(state, entry);
    const others = drawOthers(state, entry, drawn.seeds);
    const plan = planOf(state, entry, others.length);
    if (plan === null || plan === 'unknown') throw new Error(`submission ${id} cannot be planned: ${plan}`);
    const planned = { ...plan, corpus: sha256('corpus'), ...drawn, others };
    say({ type: 'EvaluationPlanned', data: planned });
    let attempt = 1;
    say(this.#started(attempt));
    if (story === 'running') return;
    if (story === 'lapses-then-scores') {
      this.builder.wait(this.#policy.work.leaseMs * 2);
      say({ type: 'EvaluationLapsed', data: { attempt, token: attempt, reason: 'the lease ran out' } });
      attempt += 1;
      say(this.#started(attempt));
    }
    for (const run of planned.runs) {
      // What fails on the first seed is not run on the others.
      if (this.builder.state.submissions.get(id)?.state.phase !== 'planned') break;
      const measured = this.#measured(run, story);
      say({ type: 'RunMeasured', data: { ...measured, attempt, token: attempt } });
    }
    this.builder.settle();
    this.#confirm(id, story, say);
  }

  /** Every confirmation that it is called to, each in an attempt of its own. */
  #confirm(id: string, story: Story, say: (...decided: Decided[]) => unknown): void {
    for (;;) {
      const present = this.builder.state.submissions.get(id)?.state;
      if (present?.phase !== 'confirming') return;
      const attempt = present.attempts + 1;
      say(this.#started(attempt));
      for (const run of present.called?.runs ?? [])
        say({
          type: 'RunMeasured',
          data: { ...this.#measured(run, story), attempt, token: attempt },
        });
      this.builder.settle();
    }
  }

  #abandonReview(say: (...decided: Decided[]) => unknown): void {
    const attempts = this.#policy.work.reviewAttempts;
    const reason = 'the reviewer could not be started';
    for (let attempt = 1; attempt <= attempts; attempt += 1)
      say({ type: 'ReviewFaulted', data: { attempt, reason } });
    say({ type: 'EvaluationAbandoned', data: { stage: 'review', attempts, reason } });
    this.builder.settle();
  }

  #admitted(story: Story): DataOf<'SubmissionAdmitted'> {
    const component = { entrypoint: 'model.py', files: ['model.py'] };
    const recipe = { entrypoint: 'recipe.py', files: ['recipe.py'] };
    const layout: DataOf<'SubmissionAdmitted'>['layout'] = {
      kind: 'full',
      architectureId: null,
      architecture: component,
      training: recipe,
    };
    return {
      layout: { ...layout, ...this.#layoutOf(story) },
      contentDigest: this.#random.hex(64),
      filesBlob: this.#random.hex(64),
      fileCount: 2,
      totalBytes: 4_000,
      compressedBytes: 1_500,
    };
  }

  #layoutOf(story: Story): Partial<DataOf<'SubmissionAdmitted'>['layout']> {
    if (story === 'architecture-only') return { kind: 'architecture_only', training: null };
    if (story !== 'better-recipe' || this.#holder === null) return {};
    const architectureId = familyId(this.builder.ledger, this.#holder.digest);
    return { kind: 'training_for_arch', architectureId, architecture: null };
  }

  #reviewed(story: Story): DataOf<'SubmissionReviewed'> {
    const fingerprint = (): Fingerprint => ({
      digest: this.#random.hex(64),
      sketch: Array.from({ length: 8 }, () => this.#random.int(0xffff_ffff)).sort((a, b) => a - b),
    });
    const own = fingerprint();
    this.#holder ??= own;
    const { digest, sketch } = this.#holder;
    const near = story === 'held-as-near-match' ? { ...own, sketch } : own;
    const architecture = story === 'same-architecture' ? { digest, sketch } : near;
    return {
      reviewer: { image: 'sha256:reviewer', normaliser: 1 },
      architecture: story === 'better-recipe' ? null : architecture,
      training: story === 'architecture-only' ? null : fingerprint(),
      inference: null,
      hooks: [{ name: 'configure_optimizer', where: 'training' }],
      warnings: 0,
      findingsBlob: this.#random.hex(64),
    };
  }

  #started(attempt: number): Decided {
    const worker = 'worker-1';
    const leaseUntil = addMs(this.builder.now, this.#policy.work.leaseMs);
    const deadline = addMs(this.builder.now, this.#policy.work.attemptDeadlineMs);
    return { type: 'EvaluationStarted', data: { attempt, token: attempt, worker, leaseUntil, deadline } };
  }

  #measured(run: RunKey, story: Story): Measurement {
    const { plan } = this.#policy;
    const skill = skillOf(run.pair, story) + this.#random.int(20_000);
    const lossAt = (at: number): number => 8_000_000 - Math.floor((skill * (at + 1)) / 2);
    const fails = story === 'learner-fails' && run.pair !== 'reference';
    if (!fails) return completed(run, plan, lossAt, { stateBytes: 100_000, trainerCpuUs: 2_000_000 });
    const [first] = plan.checkpoints.map(({ step }, at) => judgedPoint(plan, step, [lossAt(at)]));
    return completed(run, plan, lossAt, {
      ending: { kind: 'learner-ended', detail: 'ended at step 26' },
      curve: completedCurve(plan, first === undefined ? [] : [first]),
    });
  }
}
