/** The reviewer under a policy that wants a model's opinion. The model is scripted: a real one says something else every time. */
import { describe, expect, test } from '@jest/globals';
import { streamOf } from '../../../domain/events/ids.ts';
import type {
  SemanticOpinion,
  SemanticReviewer,
  SemanticSubject,
} from '../../../domain/semantic-review/port.ts';
import { decideSubmission } from '../../../domain/submission/decide.ts';
import { reviewer } from '../../../services/reviewer/service.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { runService } from '../../../services/runtime/loop.ts';
import { HOSTILE_SOURCES } from '../../domain/semantic-review/hostile-sources.ts';
import type { Script as Behaviour } from '../../doubles/script.ts';
import { ScriptedSandbox } from '../../doubles/scripted-sandbox.ts';
import { memoryBlobs } from '../../simulation/ports.ts';
import { engineWith } from '../../support/engine.ts';
import { openLedger, type Script, smallPolicy } from '../../support/history.ts';
import { semanticPolicy } from '../../support/opinion.ts';
import { submit } from '../../support/submitted.ts';

const script: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt', training: 'a' };
const { holdMs } = semanticPolicy.ownership;
const CLEAR: SemanticOpinion = { verdict: 'clear', transcript: '{"said":"clear"}' };
const SUSPICIOUS: SemanticOpinion = {
  verdict: 'suspicious',
  findings: [{ path: 'model.py', line: 1, rule: 'hidden-data', message: 'a table' }],
  transcript: '{"said":"suspicious"}',
};
const FAILED: SemanticOpinion = { verdict: 'failed', reason: 'the endpoint is away', transcript: null };

class ScriptedModel implements SemanticReviewer {
  readonly model = 'a-model';
  readonly asked: SemanticSubject[] = [];
  readonly #answer: () => Promise<SemanticOpinion>;

  constructor(answer: () => Promise<SemanticOpinion>) {
    this.#answer = answer;
  }

  review(subject: SemanticSubject): Promise<SemanticOpinion> {
    this.asked.push(subject);
    return this.#answer();
  }
}

const model = (opinion: SemanticOpinion): ScriptedModel => new ScriptedModel(async () => opinion);

interface Setting {
  readonly semantic?: SemanticReviewer | null;
  readonly policy?: typeof smallPolicy;
  readonly behaviour?: Partial<Behaviour>;
  readonly instances?: number;
  /** Stands in a comment of `model.py`. */
  readonly architecture?: string;
}

async function running({
  semantic = null,
  policy = semanticPolicy,
  behaviour = {},
  instances = 1,
  architecture = 'gpt',
}: Setting) {
  const builder = openLedger(policy);
  const blobs = memoryBlobs();
  const id = await submit(builder, blobs, { ...script, architecture }, behaviour);
  const engine = await engineWith(builder);
  const { bus, clock } = engine;
  const stop = new AbortController();
  const services = Array.from({ length: instances }, (_, index) => {
    const client = engine.client();
    const worker = `worker-${index}`;
    const service = reviewer({ client, blobs, sandbox: new ScriptedSandbox(), worker, semantic });
    return runService(service, { client, bus, clock, log: silentLogger }, stop.signal);
  });
  const operator = engine.client();
  return {
    id,
    blobs,
    pass: (ms: number) => clock.pass(ms),
    /** Events after the hand-over. */
    async events() {
      const events: { readonly type: string; readonly data: { readonly [key: string]: unknown } }[] = [];
      for await (const { event } of engine.store.readAll(null)) events.push(event);
      return events.slice(3);
    },
    /** As an operator's command does it. */
    async resolve(outcome: 'admit' | 'reject') {
      await operator.catchUp();
      const cause = operator.state.submissions.get(id)?.lastEventId ?? null;
      const writing = { stream: streamOf.submission(id), actor: 'operator:test', correlationId: id };
      await operator.commit({ ...writing, cause, step: 'resolve', attempt: 1 }, (state) => {
        const entry = state.submissions.get(id);
        if (entry === undefined) return [];
        return decideSubmission(entry.state, { type: 'resolve-review-hold', outcome, reason: 'looked' });
      });
    },
    async end() {
      stop.abort();
      await clock.settle();
      await Promise.all(services);
    },
  };
}

async function typesAfter(setting: Setting, ms = 60_000): Promise<readonly string[]> {
  const run = await running(setting);
  await run.pass(ms);
  await run.end();
  return (await run.events()).map(({ type }) => type);
}

describe('the model', () => {
  test('is not asked where the policy does not want it, even if there is one', async () => {
    const semantic = model(SUSPICIOUS);
    expect(await typesAfter({ semantic, policy: smallPolicy })).toEqual(['SubmissionReviewed']);
    expect(semantic.asked).toEqual([]);
  });

  test('is shown every file and the digest of what was admitted, and its clear ends the review', async () => {
    const semantic = model(CLEAR);
    const run = await running({ semantic });
    await run.pass(60_000);
    await run.end();
    const [opinion, ...rest] = await run.events();
    expect(rest.map(({ type }) => type)).toEqual(['SubmissionReviewed']);
    expect(opinion).toMatchObject({
      type: 'SemanticReviewed',
      data: { codeDigest: semantic.asked[0]?.codeDigest, model: 'a-model', verdict: 'clear', reason: null },
    });
    const blob = await run.blobs.get(String(opinion?.data.answerBlob));
    expect(blob.toString('utf8')).toBe('{"said":"clear"}');
    expect(semantic.asked).toHaveLength(1);
    expect([...(semantic.asked[0]?.sources.keys() ?? [])]).toEqual(['model.py', 'recipe.py', 'script.json']);
    expect(semantic.asked[0]?.sources.get('model.py')).toBe("# A's gpt\n");
  });

  test('is not quoted where it quotes the sources, which are sealed', async () => {
    const architecture = 'torch.relu(mix(x) * torch.sigmoid(gate(x)))';
    const message = `it computes ${architecture}`;
    const findings = [{ path: 'model.py', line: 1, rule: 'other', message }];
    const run = await running({ semantic: model({ ...SUSPICIOUS, findings }), architecture });
    await run.pass(1_000);
    await run.end();
    const [opinion] = await run.events();
    expect(opinion).toMatchObject({ type: 'SemanticReviewed', data: { verdict: 'suspicious' } });
    expect(JSON.stringify(opinion)).not.toContain('sigmoid');
  });

  test('is not shown what the rules reject', async () => {
    const semantic = model(CLEAR);
    const error = {
      rule: 'forbidden-import',
      severity: 'error' as const,
      path: 'model.py',
      line: 1,
      message: 'x',
      hint: 'y',
    };
    const types = await typesAfter({ semantic, behaviour: { review: { findings: [error] } } });
    expect(types).toEqual(['SubmissionRejected']);
    expect(semantic.asked).toEqual([]);
  });

  test('is asked again after a fault of the container, not of its own', async () => {
    const behaviour: Partial<Behaviour> = { fail: { op: 'review', at: 0, how: 'our-fault', times: 1 } };
    const semantic = model(CLEAR);
    expect(await typesAfter({ semantic, behaviour })).toEqual([
      'ReviewFaulted',
      'SemanticReviewed',
      'SubmissionReviewed',
    ]);
    expect(semantic.asked).toHaveLength(1);
  });

  test('of several reviewers has one opinion in the ledger', async () => {
    expect(await typesAfter({ semantic: model(SUSPICIOUS), instances: 3 })).toEqual(['SemanticReviewed']);
  });
});

describe('a review is held', () => {
  test.each<[string, SemanticReviewer | null, object]>([
    ['on a suspicion', model(SUSPICIOUS), { verdict: 'suspicious', reason: 'a model found it suspicious' }],
    ['on a failure', model(FAILED), { verdict: 'failed', reason: 'the endpoint is away', answerBlob: null }],
    [
      'on an adapter that breaks, without what it says',
      new ScriptedModel(() => Promise.reject(new Error('sk-made-up'))),
      { verdict: 'failed', reason: 'asking the model failed' },
    ],
    ['without an endpoint', null, { verdict: 'failed', model: null, answerBlob: null }],
  ])('%s', async (_name, semantic, data) => {
    const run = await running({ semantic });
    await run.pass(60_000);
    await run.end();
    const events = await run.events();
    expect(events).toMatchObject([{ type: 'SemanticReviewed', data }]);
    expect(JSON.stringify(events)).not.toContain('sk-made-up');
  });

  test.each(HOSTILE_SOURCES)('on %s, which no model is shown', async (_name, source) => {
    const semantic = model(CLEAR);
    const run = await running({ semantic, architecture: source });
    await run.pass(60_000);
    await run.end();
    expect(await run.events()).toMatchObject([
      { type: 'SemanticReviewed', data: { verdict: 'suspicious', findings: [{ rule: 'prompt-injection' }] } },
    ]);
    expect(semantic.asked).toEqual([]);
  });

  test('until a person lets it go on', async () => {
    const semantic = model(SUSPICIOUS);
    const run = await running({ semantic });
    await run.pass(60_000);
    await run.resolve('admit');
    await run.pass(60_000);
    await run.end();
    expect((await run.events()).map(({ type }) => type)).toEqual([
      'SemanticReviewed',
      'ReviewHoldResolved',
      'SubmissionReviewed',
    ]);
    expect(semantic.asked).toHaveLength(1);
  });

  test('until a person rejects it', async () => {
    const run = await running({ semantic: model(FAILED) });
    await run.pass(60_000);
    await run.resolve('reject');
    await run.pass(holdMs);
    await run.end();
    expect((await run.events()).map(({ type }) => type)).toEqual([
      'SemanticReviewed',
      'ReviewHoldResolved',
      'SubmissionRejected',
    ]);
  });

  test('until its time is over, and not before', async () => {
    const run = await running({ semantic: model(SUSPICIOUS), instances: 2 });
    await run.pass(holdMs - 60_000);
    expect(await run.events()).toHaveLength(1);
    await run.pass(120_000);
    await run.end();
    expect((await run.events()).map(({ type }) => type)).toEqual([
      'SemanticReviewed',
      'ReviewHoldExpired',
      'SubmissionReviewed',
    ]);
  });
});
