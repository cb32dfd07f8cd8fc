/** The adapter on the real Docker Engine, with our own host in the container. */
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import Docker, { type ContainerCreateOptions, type HostConfig } from 'dockerode';
import type { Sandbox, SandboxSession, SandboxSpec } from '../../../domain/ports.ts';
import { SandboxError } from '../../../domain/ports.ts';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';

const MIB = 1 << 20;
const LABELS = { 'prism.test': `sandbox-${process.pid}` };
const SPEC: SandboxSpec = {
  image: 'reviewer',
  role: 'reviewer',
  labels: LABELS,
  limits: { memoryBytes: 128 * MIB, cpus: 0.5, pids: 16, tmpBytes: 2 * MIB, wallMs: 60_000 },
};
/** The loop that all roles share, without any role's handlers. */
const SERVE = ['python3', '-c', 'from prism_host.serve import serve; serve({})'];

const sandbox = openDockerSandbox({ entrypoint: SERVE });
const sessions: SandboxSession[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});

async function open(from: Sandbox = sandbox, spec: SandboxSpec = SPEC): Promise<SandboxSession> {
  const session = await from.open(spec);
  sessions.push(session);
  return session;
}

function send(session: SandboxSession, header: Record<string, unknown>, body = Buffer.alloc(0)) {
  return session.request({ header, body }, { timeoutMs: 20_000, maxBytes: 32 * MIB });
}

async function failure(promise: Promise<unknown>): Promise<SandboxError> {
  const error = await promise.then(() => null).catch((reason: unknown) => reason);
  if (error instanceof SandboxError) return error;
  throw new Error('no SandboxError', { cause: error });
}

describe('a container of ours', () => {
  test('has exactly the limits asked for, as the kernel says', async () => {
    expect((await open()).effective).toEqual({
      runtime: 'runc',
      image: await sandbox.imageDigest('reviewer'),
      user: '65532:65532',
      network: 'none',
      readOnlyRoot: true,
      capabilities: 'none',
      noNewPrivileges: true,
      seccomp: expect.stringMatching(/^(default|builtin)$/),
      memoryBytes: 128 * MIB,
      memorySwapBytes: 128 * MIB,
      nanoCpus: 500_000_000,
      pids: 16,
      tmpBytes: 2 * MIB,
      devices: 'cpu',
    });
  });

  test('answers requests in turn, large ones too', async () => {
    const session = await open();
    expect((await send(session, { op: 'ping' })).header).toEqual({ ok: true, pid: 1, ops: ['echo', 'ping'] });
    const body = Buffer.alloc(16 * MIB, 'abcdefg');
    const answer = await send(session, { op: 'echo', n: 5 }, body);
    expect(answer.header).toEqual({ op: 'echo', n: 5, ok: true });
    expect(answer.body.equals(body)).toBe(true);
  });

  test('answers what a handler raises, bounded, and goes on', async () => {
    const raises = `
from prism_host.serve import serve
class Liar(Exception):
    def __str__(self): raise ValueError
def fail(header, body):
    if header['how'] == 'lie': raise Liar()
    if header['how'] == 'nan': return {'x': float('nan')}, b''
    raise ValueError('x' * 100000 + chr(0xd800))
serve({'fail': fail})`;
    const session = await open(openDockerSandbox({ entrypoint: ['python3', '-c', raises] }));
    const errors = [];
    for (const how of ['long', 'lie', 'nan']) errors.push((await send(session, { op: 'fail', how })).header);
    expect(errors).toEqual([
      {
        ok: false,
        error: {
          type: 'ValueError',
          message: 'x'.repeat(2000),
          trace: expect.stringMatching(/^x{7000,}\?\n$/),
        },
      },
      { ok: false, error: { type: 'Liar', message: '(the exception cannot be printed)', trace: '' } },
      { ok: false, error: expect.objectContaining({ type: 'ValueError' }) },
    ]);
    expect((await send(session, { op: 'nothing' })).header).toMatchObject({ error: { type: 'LookupError' } });
    expect((await send(session, { op: 'ping' })).header.ok).toBe(true);
  });

  test('leaves nothing behind but what was read of it', async () => {
    const socketRoot = mkdtempSync(join(tmpdir(), 'prism-sockets-'));
    const session = await open(openDockerSandbox({ entrypoint: SERVE, socketRoot }));
    expect(readdirSync(socketRoot)).toHaveLength(1);
    await send(session, { op: 'ping' });
    const usage = await session.close();
    expect(usage).toMatchObject({ standardError: '', oomKilled: false, exitCode: expect.any(Number) });
    expect(usage.cpuUs).toBeGreaterThan(0);
    expect(session.usage()).toEqual(expect.objectContaining({ cpuUs: usage.cpuUs }));
    expect(readdirSync(socketRoot)).toEqual([]);
    rmdirSync(socketRoot);
    expect(await sandbox.sweep(LABELS)).toBe(0);
    await expect(send(session, { op: 'ping' })).rejects.toThrow('closed');
  });

  test('tells what it uses while it runs', async () => {
    const session = await open();
    const before = session.usage();
    expect(before.peakMemoryBytes).toBeGreaterThan(MIB);
    await send(session, { op: 'echo' }, Buffer.alloc(24 * MIB));
    const after = session.usage();
    expect(after.cpuUs).toBeGreaterThan(before.cpuUs);
    expect(after.peakMemoryBytes).toBeGreaterThan(before.peakMemoryBytes + 20 * MIB);
    expect(after.peakMemoryBytes).toBeLessThanOrEqual(SPEC.limits.memoryBytes);
    const usage = await session.close();
    expect(usage.cpuUs).toBeGreaterThanOrEqual(after.cpuUs);
    expect(usage).toMatchObject({ peakMemoryBytes: after.peakMemoryBytes, gpuBusyUs: 0 });
  });

  test('runs PyTorch on OpenBLAS in the runner image', async () => {
    const torch = `
import torch
from prism_host.serve import serve
a = torch.ones(64, 64)
serve({'multiply': lambda header, body: (
  {'sum': float((a @ a).sum()), 'openblas': 'openblas' in open('/proc/self/maps').read()}, b'')})`;
    const spec: SandboxSpec = {
      ...SPEC,
      image: 'runner',
      role: 'trainer',
      limits: { ...SPEC.limits, memoryBytes: 1024 * MIB },
    };
    const session = await open(openDockerSandbox({ entrypoint: ['python3', '-c', torch] }), spec);
    expect((await send(session, { op: 'multiply' })).header).toEqual({ sum: 64 ** 3, openblas: true });
  });
});

describe('the images, with their own entry points', () => {
  test.each([
    ['runner', 'trainer'],
    ['runner', 'predictor'],
    ['reviewer', 'reviewer'],
  ] as const)('%s as %s', async (image, role) => {
    const limits = { ...SPEC.limits, memoryBytes: 1024 * MIB, pids: 64 };
    const session = await open(openDockerSandbox(), { ...SPEC, image, role, limits });
    const { ops } = (await send(session, { op: 'ping' })).header;
    expect(ops).toEqual(expect.arrayContaining(['echo', 'ping']));
    expect(ops).not.toEqual(['echo', 'ping']);
  });
});

describe('an infrastructure fault is ours', () => {
  test.each([
    [
      'the host fails before it connects',
      { entrypoint: ['python3', '-c', 'raise SystemExit("broken image")'] },
      'broken image',
    ],
    ['it never connects', { entrypoint: ['sleep', '60'], startMs: 500 }, 'longer than 500 ms'],
    ['there is no such program', { entrypoint: ['nothing'] }, 'executable file not found'],
    ['no engine answers', { docker: new Docker({ socketPath: '/nowhere.sock' }) }, '/nowhere.sock'],
    ['the socket folder is missing', { socketRoot: '/nowhere' }, '/nowhere'],
  ])('%s', async (_name, options, said) => {
    const error = await failure(openDockerSandbox(options).open(SPEC));
    expect(error).toMatchObject({ kind: 'our-fault', message: expect.stringContaining(said) });
    expect(await sandbox.sweep(LABELS)).toBe(0);
  });

  test('the engine refuses a limit', async () => {
    const spec = { ...SPEC, limits: { ...SPEC.limits, cpus: 100_000 } };
    expect((await failure(sandbox.open(spec))).kind).toBe('our-fault');
  });

  test('someone else removes the container', async () => {
    const session = await open();
    const [found] = await new Docker().listContainers({
      filters: { label: [`prism.test=${LABELS['prism.test']}`] },
    });
    await new Docker().getContainer(found?.Id ?? '').remove({ force: true });
    expect((await failure(send(session, { op: 'ping' }))).kind).toBe('our-fault');
  });

  /** The real engine, asked for less than we ask for. */
  class LaxDocker extends Docker {
    readonly #change: Partial<HostConfig>;
    constructor(change: Partial<HostConfig>) {
      super();
      this.#change = change;
    }
    override async createContainer(options: ContainerCreateOptions): Promise<Docker.Container> {
      const { NetworkDisabled: _, ...rest } = options;
      return await super.createContainer({ ...rest, HostConfig: { ...options.HostConfig, ...this.#change } });
    }
  }

  test.each<[string, Partial<HostConfig>]>([
    ['network', { NetworkMode: 'host' }],
    ['root file system', { ReadonlyRootfs: false }],
    ['capabilities', { CapDrop: [] }],
    ['no-new-privileges', { SecurityOpt: [] }],
    ['seccomp', { SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] }],
    ['memory', { Memory: 256 * MIB, MemorySwap: 256 * MIB }],
    ['memory and swap', { MemorySwap: 256 * MIB }],
    ['processor', { NanoCpus: 0 }],
    ['processes', { PidsLimit: 0 }],
    ['/tmp', { Tmpfs: { '/tmp': 'rw,size=64m' } }],
    // A GPU that was not asked for; any device will do.
    [
      'devices',
      { Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/nvidia0', CgroupPermissions: 'rw' }] },
    ],
    ['writable mounts', { Tmpfs: { '/tmp': 'rw,size=2m', '/var/tmp': 'rw,size=1m' } }],
  ])('it is less confined than asked for: %s', async (what, change) => {
    const lax = openDockerSandbox({ entrypoint: SERVE, docker: new LaxDocker(change) });
    const error = await failure(lax.open(SPEC));
    expect(error).toMatchObject({ kind: 'our-fault', message: expect.stringContaining(`${what}: `) });
    expect(await sandbox.sweep(LABELS)).toBe(0);
  });
});

describe('sweep', () => {
  test('removes the containers that carry all labels, and no other', async () => {
    const mine = { ...LABELS, worker: 'a' };
    const session = await open(sandbox, { ...SPEC, labels: mine });
    const other = await open(sandbox, { ...SPEC, labels: { ...LABELS, worker: 'b' } });
    expect(await sandbox.sweep(mine)).toBe(1);
    expect((await failure(send(session, { op: 'ping' }))).kind).toBe('our-fault');
    expect((await send(other, { op: 'ping' })).header.ok).toBe(true);
  });
});
