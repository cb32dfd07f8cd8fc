/** The reviewer against the real store and scripted containers, on virtual time. */
import { describe, expect, test } from '@jest/globals';
import { SandboxError } from '../../../domain/ports.ts';
import { reviewer, reviewerTodo } from '../../../services/reviewer/service.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { runService } from '../../../services/runtime/loop.ts';
import type { Script as Behaviour } from '../../doubles/script.ts';
import { ScriptedSandbox } from '../../doubles/scripted-sandbox.ts';
import { memoryBlobs } from '../../simulation/ports.ts';
import { type Engine, engineWith } from '../../support/engine.ts';
import { advance, digestOfName, handOver, openLedger, type Script } from '../../support/history.ts';
import { submit } from '../../support/submitted.ts';

const script: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt', training: 'a' };

interface Outcome {
  readonly engine: Engine;
  readonly sandbox: ScriptedSandbox;
  /** Events after the hand-over. */
  readonly events: readonly { readonly type: string; readonly data: { readonly [key: string]: unknown } }[];
  readonly blobs: ReturnType<typeof memoryBlobs>;
}

interface Setting {
  readonly behaviour?: Partial<Behaviour>;
  readonly instances?: number;
  readonly ms?: number;
  readonly prepare?: (sandbox: ScriptedSandbox, engine: Engine) => void;
  readonly blobs?: ReturnType<typeof memoryBlobs>;
}

async function reviewed({
  behaviour = {},
  instances = 1,
  ms = 60_000,
  prepare,
  blobs = memoryBlobs(),
}: Setting): Promise<Outcome> {
  const builder = openLedger();
  await submit(builder, blobs, script, behaviour);
  const engine = await engineWith(builder);
  const sandbox = new ScriptedSandbox();
  prepare?.(sandbox, engine);
  const stop = new AbortController();
  const { bus, clock } = engine;
  const running = Array.from({ length: instances }, (_, index) => {
    const client = engine.client();
    const service = reviewer({ client, blobs, sandbox, worker: `worker-${index}` });
    return runService(service, { client, bus, clock, log: silentLogger }, stop.signal);
  });
  await clock.pass(ms);
  stop.abort();
  await clock.settle();
  await Promise.all(running);
  const events: Outcome['events'][number][] = [];
  for await (const { event } of engine.store.readAll(null)) events.push(event);
  return { engine, sandbox, events: events.slice(3), blobs };
}

const typesOf = ({ events }: Outcome) => events.map(({ type }) => type);
const finding = (severity: 'error' | 'warning', line: number | null = 3) => ({
  rule: 'forbidden-import',
  severity,
  path: 'model.py',
  line,
  message: 'imports socket',
  hint: 'remove it',
});

describe('a review', () => {
  test('that finds nothing accepts, with the digests and the whole answer as a blob', async () => {
    const outcome = await reviewed({
      behaviour: { review: { architecture: { digest: digestOfName('gpt') } } },
    });
    expect(typesOf(outcome)).toEqual(['SubmissionReviewed']);
    const data = outcome.events[0]?.data;
    expect(data).toMatchObject({
      reviewer: { image: await outcome.sandbox.imageDigest('reviewer'), normaliser: 1 },
      architecture: { digest: digestOfName('gpt') },
      warnings: 0,
    });
    const blob = JSON.parse((await outcome.blobs.get(String(data?.findingsBlob))).toString('utf8'));
    expect(blob).toMatchObject({ ok: true, findings: [] });
  });

  test('hands the reviewer every file of the project, and closes its container', async () => {
    const { sandbox } = await reviewed({});
    expect(sandbox.containers).toHaveLength(1);
    const [container] = sandbox.containers;
    expect(container?.closed).toBe(true);
    expect(container?.spec).toMatchObject({ image: 'reviewer', role: 'reviewer' });
    expect(container?.requests[0]?.header).toMatchObject({
      op: 'review',
      layout: { kind: 'full' },
      files: [{ path: 'model.py' }, { path: 'recipe.py' }, { path: 'script.json' }],
    });
  });

  test('that finds an error rejects by its rule, and says where and what to do', async () => {
    const outcome = await reviewed({
      behaviour: { review: { findings: [finding('warning'), finding('error')] } },
    });
    expect(typesOf(outcome)).toEqual(['SubmissionRejected']);
    expect(outcome.events[0]?.data).toMatchObject({
      stage: 'review',
      code: 'forbidden-import',
      message: 'model.py:3: imports socket; remove it',
      findings: [{ rule: 'forbidden-import', path: 'model.py', line: 3 }],
    });
  });

  test('by several reviewers at once has one verdict', async () => {
    expect(typesOf(await reviewed({ instances: 3 }))).toEqual(['SubmissionReviewed']);
  });

  test.each(['late', 'over-limit'] as const)('that the project makes %s is its own verdict', async (how) => {
    const outcome = await reviewed({ behaviour: { fail: { op: 'review', at: 0, how } } });
    expect(typesOf(outcome)).toEqual(['SubmissionRejected']);
    expect(outcome.events[0]?.data).toMatchObject({ stage: 'review', code: 'review-limits' });
    expect(outcome.sandbox.containers[0]?.closed).toBe(true);
  });
});

describe('a fault of ours', () => {
  test('is tried again, and no verdict', async () => {
    const outcome = await reviewed({
      behaviour: { fail: { op: 'review', at: 0, how: 'our-fault', times: 1 } },
    });
    expect(typesOf(outcome)).toEqual(['ReviewFaulted', 'SubmissionReviewed']);
    expect(outcome.sandbox.containers.every(({ closed }) => closed)).toBe(true);
  });

  test('that lasts ends in abandonment', async () => {
    const outcome = await reviewed({ behaviour: { fail: { op: 'review', at: 0, how: 'our-fault' } } });
    expect(typesOf(outcome)).toEqual(['ReviewFaulted', 'ReviewFaulted', 'EvaluationAbandoned']);
    expect(outcome.events.at(-1)?.data).toMatchObject({ stage: 'review', attempts: 2 });
  });

  test.each([
    ['is no answer of a reviewer', { normaliser: 0 }],
    ['finds neither an architecture nor an error', { architecture: null }],
  ])('is an answer that %s', async (_name, review) => {
    const outcome = await reviewed({ behaviour: { review } });
    expect(typesOf(outcome)).toEqual(['ReviewFaulted', 'ReviewFaulted', 'EvaluationAbandoned']);
  });

  test('is a file that cannot be read any more', async () => {
    const blobs = memoryBlobs();
    const broken = { ...blobs, get: () => Promise.reject(new Error('blob is damaged')) };
    const outcome = await reviewed({ blobs: broken });
    expect(outcome.events[0]).toMatchObject({ type: 'ReviewFaulted', data: { reason: 'blob is damaged' } });
  });

  test('is not counted while the container engine is down', async () => {
    const down = await reviewed({
      ms: 3_600_000,
      prepare: (sandbox) => {
        sandbox.imageDigest = () => Promise.reject(new SandboxError('our-fault', 'no Docker daemon'));
      },
    });
    expect(typesOf(down)).toEqual([]);
  });
});

test('what waits for a reviewer is what is admitted, oldest first', () => {
  const builder = openLedger();
  const scripts = ['A', 'B', 'C', 'D'].map((hotkey): Script => ({ ...script, hotkey }));
  const fates = [undefined, 'rejected-at-intake', undefined, 'reviewed-only'] as const;
  for (const [index, one] of scripts.entries()) {
    const fate = fates[index];
    handOver(builder, fate === undefined ? one : { ...one, fate }, index);
    if (fate === 'reviewed-only') advance(builder, { ...one, fate }, index);
  }
  expect(reviewerTodo(builder.state, builder.now).map(({ hotkey }) => hotkey)).toEqual(['A', 'C']);
});
