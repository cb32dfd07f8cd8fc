/** The evaluator against the real store and scripted containers, on virtual time. */
import { describe, expect, test } from '@jest/globals';
import type { Corpus } from '../../../domain/evaluation/corpus.ts';
import type { EventType } from '../../../domain/events/catalogue.ts';
import { streamOf } from '../../../domain/events/ids.ts';
import { parseTime } from '../../../domain/events/time.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { type BlobStore, StoreUnavailableError } from '../../../domain/ports.ts';
import { epochSecret, seedsFrom } from '../../../domain/randomness/seeds.ts';
import { evaluator } from '../../../services/evaluator/service.ts';
import type { LedgerClient } from '../../../services/runtime/ledger-client.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { runService } from '../../../services/runtime/loop.ts';
import type { Script as Behaviour } from '../../doubles/script.ts';
import { type OpenedContainer, ScriptedSandbox } from '../../doubles/scripted-sandbox.ts';
import { shortCorpus } from '../../doubles/short-plan.ts';
import { memoryBlobs } from '../../simulation/ports.ts';
import { type Engine, engineWith, type StoreFaults } from '../../support/engine.ts';
import { testEvaluatorParts } from '../../support/evaluator-parts.ts';
import { advance, finish, openLedger, type Script, startedOf } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';
import { MASTER } from '../../support/randomness.ts';
import { shortPolicy, submitReviewed } from '../../support/submitted.ts';

const script: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt', training: 'a' };
const PAIRS = ['reference', 'architecture', 'recipe'];
/** Three pairs on two seeds. */
const RUN_KEYS = [0, 1].flatMap((seed) => PAIRS.map((pair) => ({ pair, variant: 0, point: 0, seed })));
const RUNS = RUN_KEYS.map(({ pair, seed }) => `${pair} ${seed}`);

function absentCorpus(digest: string): never {
  throw new Error(`the corpus ${digest} is not here`);
}

interface Setting {
  readonly engine: Engine;
  readonly sandbox: ScriptedSandbox;
  readonly blobs: BlobStore;
  readonly id: string;
  start(
    worker: string,
    options?: {
      readonly faults?: StoreFaults;
      readonly parallel?: number;
      readonly earlierCorpus?: (digest: string) => Corpus;
    },
  ): LedgerClient;
  /** Data of all events of a type, with their time. */
  all(type: EventType): Promise<readonly { readonly [key: string]: unknown }[]>;
  until(phase: string): Promise<void>;
  end(): Promise<void>;
}

/** One reviewed submission, and evaluators that can be started on it. */
async function setting(
  behaviour: Partial<Behaviour> = {},
  policy: Policy = shortPolicy,
  more: (builder: LedgerBuilder, id: string) => void = () => undefined,
): Promise<Setting> {
  const blobs = memoryBlobs();
  const builder = openLedger(policy);
  const id = await submitReviewed(builder, blobs, script, behaviour);
  more(builder, id);
  const engine = await engineWith(builder);
  const sandbox = new ScriptedSandbox();
  const watcher = engine.client();
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const { clock, bus } = engine;
  return {
    engine,
    sandbox,
    blobs,
    id,
    start(worker, { faults = {}, parallel = 1, earlierCorpus = absentCorpus } = {}) {
      const client = engine.client({ faults });
      const service = evaluator({
        client,
        blobs,
        sandbox,
        clock,
        log: silentLogger,
        corpus: shortCorpus,
        earlierCorpus,
        ...testEvaluatorParts,
        bus,
        worker,
        parallel,
      });
      running.push(runService(service, { client, bus, clock, log: silentLogger }, stop.signal));
      return client;
    },
    async all(type) {
      const found: { readonly [key: string]: unknown }[] = [];
      for await (const { event } of engine.store.readAll(null))
        if (event.type === type) found.push({ ...event.data, time: event.time });
      return found;
    },
    async until(phase) {
      let present: string | undefined;
      await clock.until(() => {
        void watcher.catchUp();
        present = watcher.state.submissions.get(id)?.state.phase;
        return present === phase;
      });
    },
    async end() {
      stop.abort();
      await clock.settle();
      await Promise.all(running);
    },
  };
}

const hang =
  (engine: Engine) =>
  async (container: OpenedContainer): Promise<void> => {
    while (!container.closed) await engine.clock.sleep(1_000);
  };

const namesOf = (measured: readonly { readonly [key: string]: unknown }[]) =>
  measured.map(({ pair, seed }) => `${pair} ${seed}`);

describe('an evaluation', () => {
  test('measures every planned run once, and leaves no container behind', async () => {
    const one = await setting();
    one.start('a', { parallel: 3 });
    await one.until('measured');
    const measured = await one.all('RunMeasured');
    expect(namesOf(measured).toSorted()).toEqual(RUNS.toSorted());
    expect(measured.map(({ ending }) => ending)).toEqual(Array(6).fill({ kind: 'completed', detail: '' }));
    // Two for each run; for each of the two that are checked one for predictions, and two more for training under the judge's recipe.
    expect(one.sandbox.containers).toHaveLength(16);
    for (const { closed, spec } of one.sandbox.containers) {
      expect(closed).toBe(true);
      expect(spec.labels).toMatchObject({
        'prism.service': 'evaluator',
        'prism.worker': 'a',
        'prism.submission': one.id,
      });
    }
    await one.end();
  });

  test('is planned on its corpus, with seeds from the secret', async () => {
    const one = await setting();
    one.start('a');
    await one.until('measured');
    expect(await one.all('EvaluationPlanned')).toMatchObject([
      {
        corpus: shortCorpus.digest,
        randomness: { kind: 'committed', epoch: 1 },
        seeds: seedsFrom(epochSecret(MASTER, 1), one.id, 2),
        runs: RUN_KEYS,
        architectureFrom: one.id,
      },
    ]);
    await one.end();
  });

  test('by two evaluators at once is done by one of them', async () => {
    const one = await setting();
    one.start('a');
    one.start('b');
    await one.until('measured');
    await one.engine.clock.pass(10_000);
    expect(await one.all('EvaluationStarted')).toHaveLength(1);
    expect(namesOf(await one.all('RunMeasured'))).toEqual(RUNS);
    await one.end();
  });

  test('of a learner that fails is a measurement, not a fault', async () => {
    const one = await setting({ fail: { op: 'train', at: 4, how: 'learner-ended', recipe: 'submission' } });
    one.start('a');
    await one.until('measured');
    const endings = (await one.all('RunMeasured')).map(
      ({ ending }) => JSON.parse(JSON.stringify(ending)).kind,
    );
    const [completed, ended] = ['completed', 'learner-ended'];
    expect(endings).toEqual([completed, completed, ended, completed, completed, ended]);
    expect(await one.all('EvaluationFaulted')).toEqual([]);
    await one.end();
  });
});

describe('a lease', () => {
  test('is renewed at a third of its length for as long as the evaluation takes', async () => {
    const one = await setting();
    one.sandbox.beforeAnswer = () => one.engine.clock.sleep(2_000);
    one.start('a');
    await one.until('measured');
    const { leaseMs } = shortPolicy.work;
    const [started] = await one.all('EvaluationStarted');
    const renewals = await one.all('EvaluationRenewed');
    expect(renewals.length).toBeGreaterThan(5);
    const at = [started, ...renewals].map((event) => parseTime(String(event?.time)));
    for (const [index, renewal] of renewals.entries()) {
      expect((at[index + 1] ?? 0) - (at[index] ?? 0)).toBe(leaseMs / 3);
      expect(parseTime(String(renewal.leaseUntil))).toBe((at[index + 1] ?? 0) + leaseMs);
    }
    expect(await one.all('EvaluationStarted')).toHaveLength(1);
    await one.end();
  });

  test('that ran out is lapsed by another, whose results count; those of the first are refused', async () => {
    const one = await setting();
    let cut = false;
    const faults = {
      beforeAppend: () => {
        if (cut) throw new StoreUnavailableError('cut off');
      },
    };
    // The first evaluator's containers answer slowly; while it is cut off, its renewals do not arrive.
    one.sandbox.beforeAnswer = async ({ spec }) => {
      if (spec.labels['prism.worker'] === 'a') await one.engine.clock.sleep(20_000);
    };
    one.start('a', { faults });
    await one.engine.clock.pass(30_000);
    cut = true;
    await one.engine.clock.pass(30_000);
    one.start('b');
    await one.until('measured');
    expect(await one.all('EvaluationLapsed')).toMatchObject([{ attempt: 1, token: 1 }]);
    const [lapsed] = await one.all('EvaluationLapsed');
    const [started, second] = await one.all('EvaluationStarted');
    const last = (await one.all('EvaluationRenewed')).at(-1) ?? started;
    expect(parseTime(String(lapsed?.time))).toBeGreaterThan(
      parseTime(String(last?.leaseUntil)) + shortPolicy.work.clockSkewMs,
    );
    expect(second).toMatchObject({ worker: 'b', attempt: 2, token: 2 });

    cut = false;
    const before = await one.engine.types();
    await one.engine.clock.pass(600_000);
    expect(await one.engine.types()).toEqual(before);
    const measured = await one.all('RunMeasured');
    expect(namesOf(measured).toSorted()).toEqual(RUNS.toSorted());
    expect(measured.map(({ token }) => token)).toEqual(Array(6).fill(2));
    expect(one.sandbox.containers.filter(({ closed }) => !closed)).toHaveLength(0);
    await one.end();
  });

  test('of a worker that has restarted is lapsed at once, and its containers are removed', async () => {
    const one = await setting({}, shortPolicy, (builder, id) => {
      advance(builder, { ...script, fate: 'planned-only' }, 0);
      builder.append(streamOf.submission(id), id, 'test', startedOf(1));
    });
    const { ledger } = openLedger(shortPolicy);
    const labels = { 'prism.service': 'evaluator', 'prism.ledger': ledger, 'prism.worker': 'worker' };
    const limits = { memoryBytes: 1, cpus: 1, pids: 1, tmpBytes: 1, wallMs: 1 };
    await one.sandbox.open({ image: 'runner', role: 'trainer', labels, limits });
    one.start('worker');
    await one.engine.clock.settle();
    expect(await one.all('EvaluationLapsed')).toMatchObject([
      { attempt: 1, reason: 'worker worker has restarted' },
    ]);
    expect(one.sandbox.containers[0]?.closed).toBe(true);
    await one.end();
  });

  test('does not outlast the deadline of its attempt', async () => {
    const policy = { ...shortPolicy, work: { ...shortPolicy.work, attemptDeadlineMs: 200_000 } };
    const one = await setting({}, policy);
    const waits = hang(one.engine);
    let attempts = 0;
    one.sandbox.beforeAnswer = async (container) => {
      attempts = (await one.all('EvaluationStarted')).length;
      if (attempts === 1) await waits(container);
    };
    one.start('a');
    await one.until('measured');
    expect(await one.all('EvaluationLapsed')).toHaveLength(1);
    const [lapsed] = await one.all('EvaluationLapsed');
    const [started] = await one.all('EvaluationStarted');
    expect(parseTime(String(lapsed?.time))).toBeGreaterThan(parseTime(String(started?.deadline)));
    expect((await one.all('RunMeasured')).map(({ token }) => token)).toEqual(Array(6).fill(2));
    await one.end();
  });
});

describe('an attempt that fails for a fault of ours', () => {
  test('is followed by another that goes on with the runs that are missing', async () => {
    const one = await setting({
      fail: { op: 'predict', at: 3, how: 'our-fault', times: 1, recipe: 'submission' },
    });
    one.start('a');
    await one.until('measured');
    const measured = await one.all('RunMeasured');
    expect(measured.map(({ pair, seed, token }) => `${pair} ${seed} ${token}`)).toEqual([
      'reference 0 1',
      'architecture 0 1',
      'recipe 0 2',
      'reference 1 2',
      'architecture 1 2',
      'recipe 1 2',
    ]);
    // Six runs and the one that failed, two containers each, and four more for what is repeated.
    expect(one.sandbox.containers).toHaveLength(18);
    expect(await one.all('EvaluationFaulted')).toMatchObject([
      { attempt: 1, reason: expect.stringContaining('our-fault') },
    ]);
    await one.end();
  });

  test('gives what one without it gives', async () => {
    const smooth = await setting();
    const rough = await setting({
      fail: { op: 'predict', at: 3, how: 'our-fault', times: 2, recipe: 'submission' },
    });
    const curves = async (one: Setting) => {
      one.start('a', { parallel: 2 });
      await one.until('measured');
      await one.end();
      const measured = await one.all('RunMeasured');
      return Object.fromEntries(measured.map(({ pair, seed, curve }) => [`${pair} ${seed}`, curve]));
    };
    expect(await curves(rough)).toEqual(await curves(smooth));
  });

  test('is abandoned after the last, never rejected', async () => {
    const one = await setting({ fail: { op: 'build', at: 0, how: 'our-fault' } });
    one.start('a');
    await one.until('abandoned');
    const attempts = (await one.all('EvaluationFaulted')).length;
    expect(await one.all('EvaluationAbandoned')).toMatchObject([{ stage: 'evaluation', attempts }]);
    // The limit is 3 attempts in a row that record nothing; what the first recorded does not come back.
    const lastRecorded = Math.max(0, ...(await one.all('RunMeasured')).map(({ attempt }) => Number(attempt)));
    expect(attempts - lastRecorded).toBe(3);
    expect(await one.all('SubmissionRejected')).toEqual([]);
    await one.end();
  });

  test('was not begun at all while the container engine is down', async () => {
    const one = await setting();
    const { imageDigest } = one.sandbox;
    one.sandbox.imageDigest = () => Promise.reject(new Error('cannot connect to the Docker daemon'));
    one.start('a');
    await one.engine.clock.pass(3_600_000);
    expect((await one.engine.types()).at(-1)).toBe('SubmissionReviewed');
    one.sandbox.imageDigest = imageDigest;
    await one.until('measured');
    expect(await one.all('EvaluationStarted')).toMatchObject([{ attempt: 1 }]);
    await one.end();
  });

  test('is not one where an earlier corpus is at hand: what was planned on it is run on it', async () => {
    const one = await setting({}, shortPolicy, (builder) =>
      advance(builder, { ...script, fate: 'planned-only' }, 0),
    );
    const asked: string[] = [];
    one.start('a', {
      earlierCorpus: (digest) => {
        asked.push(digest);
        return shortCorpus;
      },
    });
    await one.until('measured');
    expect(asked).toEqual((await one.all('EvaluationPlanned')).map(({ corpus }) => corpus));
    await one.end();
  });

  test('is one where the corpus that it was planned on is not at hand: nothing is run on another', async () => {
    const one = await setting({}, shortPolicy, (builder) =>
      advance(builder, { ...script, fate: 'planned-only' }, 0),
    );
    one.start('a');
    await one.until('abandoned');
    const [faulted] = await one.all('EvaluationFaulted');
    expect(faulted?.reason).toMatch(/^the corpus [0-9a-f]{64} is not here$/);
    expect(one.sandbox.containers).toEqual([]);
    await one.end();
  });
});

test("a recipe for another's architecture runs on the code of the discoverer", async () => {
  const blobs = memoryBlobs();
  const builder = openLedger(shortPolicy);
  await submitReviewed(builder, blobs, script);
  finish(builder, { ...script, gain: 300_000 }, 0);
  const recipe: Script = { ...script, hotkey: 'B', kind: 'training_for_arch', training: 'b' };
  await submitReviewed(builder, blobs, recipe);
  const engine = await engineWith(builder);
  const sandbox = new ScriptedSandbox();
  const client = engine.client();
  const { clock, bus } = engine;
  const parts = {
    client,
    blobs,
    sandbox,
    clock,
    log: silentLogger,
    corpus: shortCorpus,
    earlierCorpus: absentCorpus,
    bus,
    ...testEvaluatorParts,
  };
  const service = evaluator({
    ...parts,
    worker: 'a',
    parallel: 1,
  });
  const stop = new AbortController();
  const running = runService(service, { client, bus, clock, log: silentLogger }, stop.signal);
  await clock.until(() => [...client.state.submissions.values()][1]?.state.phase === 'measured');
  const sent = sandbox.containers
    .filter(({ spec }) => spec.role !== 'replayer')
    .map(({ requests }) => requests[0]?.body.toString('utf8') ?? '');
  // By pair: the judge's code, the discoverer's, the discoverer's with the recipe of the second.
  expect(sent[0]).toContain('# reference');
  expect(sent[2]).toContain("# A's gpt");
  expect(sent[2]).not.toContain("# B's");
  expect(sent[4]).toContain("# A's gpt");
  expect(sent[4]).toContain("# B's b");
  stop.abort();
  await clock.settle();
  await running;
});
