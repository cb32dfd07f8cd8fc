/** The pool before the real engine; that its rules hold in any order of calls is checked on scripted containers, of which there can be many. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import fc from 'fast-check';
import type { SandboxSession, SandboxSpec } from '../../../domain/ports.ts';
import { SandboxError } from '../../../domain/ports.ts';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';
import { type WarmPool, type WarmPoolOptions, withWarmPool } from '../../../infra/sandbox/warm-pool.ts';
import { ScriptedSandbox } from '../../doubles/scripted-sandbox.ts';

const MIB = 1 << 20;
const OWNER = { 'prism.test': `pool-${process.pid}` };
const SPEC: SandboxSpec = {
  image: 'reviewer',
  role: 'reviewer',
  labels: OWNER,
  limits: { memoryBytes: 96 * MIB, cpus: 0.5, pids: 16, tmpBytes: MIB, wallMs: 60_000 },
};
const PING = { header: { op: 'ping' }, body: Buffer.alloc(0) };
const WAIT = { timeoutMs: 30_000, maxBytes: MIB };

const docker = new Docker();
const real = openDockerSandbox();
const pools: WarmPool[] = [];
const sessions: SandboxSession[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  expect(await real.sweep(OWNER)).toBe(0);
});

function poolOf(options: WarmPoolOptions): WarmPool {
  const pool = withWarmPool(real, options);
  pools.push(pool);
  return pool;
}

async function open(pool: WarmPool, spec: SandboxSpec = SPEC): Promise<SandboxSession> {
  const session = await pool.open(spec);
  sessions.push(session);
  return session;
}

/** Ids of the running containers with these labels. */
async function running(labels: Record<string, string> = OWNER): Promise<Set<string>> {
  const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return new Set((await docker.listContainers({ filters: { label } })).map(({ Id }) => Id));
}

/** The containers once there are `count` of them. */
async function settled(count: number): Promise<Set<string>> {
  let ids = await running();
  for (let looks = 0; ids.size !== count && looks < 300; looks++) {
    await sleep(100);
    ids = await running();
  }
  expect(ids.size).toBe(count);
  return ids;
}

/** A container has been asked once it is there; it waits when its host has connected, and only then it answers a request. */
async function answers(session: SandboxSession): Promise<unknown> {
  return (await session.request(PING, WAIT)).header.ok;
}

describe('on the real engine', () => {
  test('the first of a kind primes it; the next is one that waited, and another takes its place', async () => {
    const pool = poolOf({ size: 1 });
    const first = await open(pool);
    const started = await settled(2);
    const second = await open(pool);
    const after = await settled(3);
    expect([await answers(first), await answers(second)]).toEqual([true, true]);
    // Both handed out were there before the second was asked for; only the one that waits now is new.
    await Promise.all([first.close(), second.close()]);
    const [waits = ''] = await settled(1);
    expect(started.has(waits)).toBe(false);
    expect(after.has(waits)).toBe(true);
  });

  test('a kind may be made ready before anything is opened', async () => {
    const pool = poolOf({ size: 1, specs: [SPEC] });
    const [waited = ''] = await settled(1);
    const session = await open(pool);
    await settled(2);
    expect((await running()).has(waited)).toBe(true);
    await session.close();
    expect((await settled(1)).has(waited)).toBe(false);
  });

  test('what waits has the labels of its owner but not of a run, and a sweep finds it', async () => {
    const pool = poolOf({ size: 1, runLabels: ['prism.submission'] });
    const run = { ...OWNER, 'prism.submission': 'a' };
    await open(pool, { ...SPEC, labels: run });
    await settled(2);
    expect((await running(run)).size).toBe(1);
    const next = await open(pool, { ...SPEC, labels: { ...OWNER, 'prism.submission': 'b' } });
    await settled(3);
    expect((await running({ ...OWNER, 'prism.submission': 'b' })).size).toBe(0);
    expect(await pool.sweep(OWNER)).toBe(3);
    await expect(next.request(PING, WAIT)).rejects.toThrow(SandboxError);
    // The one that waited is dead; nobody gets it.
    expect(await answers(await open(pool, { ...SPEC, labels: run }))).toBe(true);
  });

  test('a container that died while it waited is not handed out', async () => {
    const pool = poolOf({ size: 1, specs: [SPEC] });
    await open(pool);
    const ids = await settled(2);
    for (const id of ids) await docker.getContainer(id).kill();
    expect(await answers(await open(pool))).toBe(true);
  });

  test('the wall limit counts from the hand-out', async () => {
    const wallMs = 4000;
    const spec = { ...SPEC, limits: { ...SPEC.limits, wallMs } };
    const pool = poolOf({ size: 1, specs: [spec] });
    await settled(1);
    await sleep(wallMs + 1000);
    const session = await open(pool, spec);
    expect(await answers(session)).toBe(true);
    await sleep(wallMs);
    await expect(session.request(PING, WAIT)).rejects.toMatchObject({
      kind: 'over-limit',
      message: expect.stringContaining(`${wallMs} ms`),
    });
    const usage = await session.close();
    expect(usage.cpuUs).toBeGreaterThan(0);
  });

  test('closing ends all that wait and leaves what was handed out', async () => {
    const pool = poolOf({ size: 2, specs: [SPEC, SPEC] });
    const session = await open(pool);
    await pool.close();
    expect((await running()).size).toBe(1);
    expect(await answers(session)).toBe(true);
    await expect(pool.open(SPEC)).rejects.toMatchObject({ kind: 'our-fault' });
  });
});

describe('in any order of calls', () => {
  const kinds = ['trainer', 'predictor', 'replayer'] as const;
  const call = fc.oneof(
    { weight: 6, arbitrary: fc.record({ open: fc.constantFrom(...kinds) }) },
    { weight: 2, arbitrary: fc.constant('settle' as const) },
    { weight: 1, arbitrary: fc.constant('one that waits dies' as const) },
  );

  test('no container is used twice, no dead one at all, never more than `size` wait, none is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 }),
        fc.array(call, { maxLength: 30 }),
        async (size, calls) => {
          const scripted = new ScriptedSandbox();
          const dead = new Set<unknown>();
          const used = new Set<unknown>();
          scripted.beforeAnswer = (container, { header }) => {
            if (dead.has(container)) throw new SandboxError('our-fault', 'dead');
            if (header.op !== 'ping') used.add(container);
          };
          const waiting = () => scripted.containers.filter((one) => !one.closed && !used.has(one));
          const pool = withWarmPool(scripted, { size });
          for (const step of calls) {
            if (step === 'settle') await new Promise(setImmediate);
            else if (step === 'one that waits dies') dead.add(waiting()[0]);
            else {
              const before = used.size;
              const session = await pool.open({ ...SPEC, role: step.open });
              await session.request({ header: { op: 'project', files: [] }, body: Buffer.alloc(0) }, WAIT);
              expect(used.size).toBe(before + 1);
              expect([...used].at(-1)).toMatchObject({ spec: { role: step.open }, closed: false });
              sessions.push(session);
            }
            expect(waiting().length).toBeLessThanOrEqual(size);
          }
          await pool.close();
          expect(waiting()).toEqual([]);
          expect(scripted.containers.filter(({ closed }) => !closed)).toHaveLength(sessions.length);
          await Promise.all(sessions.splice(0).map((session) => session.close()));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a kind that was opened has one waiting, whatever else fills the pool', async () => {
    const scripted = new ScriptedSandbox();
    const pool = withWarmPool(scripted, { size: 2 });
    for (const role of ['trainer', 'trainer', 'predictor'] as const) {
      sessions.push(await pool.open({ ...SPEC, role }));
      await new Promise(setImmediate);
    }
    const handedOut = scripted.containers.length;
    for (const role of ['predictor', 'trainer'] as const) sessions.push(await pool.open({ ...SPEC, role }));
    await new Promise(setImmediate);
    // Neither had to be started: each was replaced, and that is all.
    expect(scripted.containers.length).toBe(handedOut + 2);
    await pool.close();
  });
});
