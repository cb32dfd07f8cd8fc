/**
 * Our host as a plain process, on the Python of this machine. That has no torch, so the role is the reviewer's, which needs none; what the
 * other roles do is the same host and is tested in containers.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Sandbox, SandboxSession, SandboxSpec } from '../../../domain/ports.ts';
import { openProcessSandbox, type ProcessSandboxOptions } from '../../../infra/sandbox/process/index.ts';

const OURS = Buffer.from('def build_model(ctx):\n    return None\n');
const THEIRS = Buffer.from('import os\n');
const SPEC: SandboxSpec = {
  image: 'reviewer',
  role: 'reviewer',
  labels: {},
  limits: { memoryBytes: 1 << 27, cpus: 1, pids: 16, tmpBytes: 1 << 20, wallMs: 60_000 },
};
const WAIT = { timeoutMs: 30_000, maxBytes: 1 << 20 };

const folder = mkdtempSync(join(tmpdir(), 'prism-process-'));
const socketRoot = join(folder, 'sockets');
mkdirSync(socketRoot);
/** Python without any package, wherever this one has its own. */
const bare = join(folder, 'python3');
writeFileSync(bare, '#!/bin/sh\nexec python3 -S "$@"\n', { mode: 0o755 });
afterAll(() => rmSync(folder, { recursive: true }));
const sessions: SandboxSession[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
  expect(readdirSync(socketRoot)).toEqual([]);
});

function sandbox(options: Partial<ProcessSandboxOptions> = {}): Sandbox {
  return openProcessSandbox({ allowed: new Set([hash('sha256', OURS)]), socketRoot, ...options });
}

async function open(spec: Partial<SandboxSpec> = {}): Promise<SandboxSession> {
  const session = await sandbox().open({ ...SPEC, ...spec });
  sessions.push(session);
  return session;
}

/** A frame that hands these files over, as the judge or the reviewer sends them. */
function handOver(op: string, files: readonly Buffer[], more: Record<string, unknown> = {}) {
  const listed = files.map((bytes, index) => ({
    root: 'architecture',
    path: `${index}.py`,
    size: bytes.length,
  }));
  return { header: { op, files: listed, ...more }, body: Buffer.concat(files) };
}

const PING = { header: { op: 'ping' }, body: Buffer.alloc(0) };

describe('the host as a process', () => {
  test('answers, says that nothing confines it, and tells what it used', async () => {
    const session = await open();
    expect((await session.request(PING, WAIT)).header).toMatchObject({
      ok: true,
      ops: expect.arrayContaining(['review']),
    });
    expect(session.effective).toEqual({
      runtime: 'process',
      image: await sandbox().imageDigest('reviewer'),
      user: `${process.getuid?.()}:${process.getgid?.()}`,
      network: 'host',
      readOnlyRoot: false,
      capabilities: 'not dropped',
      noNewPrivileges: false,
      seccomp: 'off',
      memoryBytes: 0,
      memorySwapBytes: 0,
      nanoCpus: 0,
      pids: 0,
      tmpBytes: 0,
      devices: 'cpu',
    });
    const reading = session.usage();
    expect(reading.cpuUs).toBeGreaterThan(0);
    expect(reading.peakMemoryBytes).toBeGreaterThan(1 << 20);
    const usage = await session.close();
    expect(usage.cpuUs).toBeGreaterThanOrEqual(reading.cpuUs);
    expect(usage).toMatchObject({ gpuBusyUs: 0, oomKilled: false, exitCode: 137 });
    expect(session.usage()).toMatchObject({ cpuUs: usage.cpuUs });
  });

  test('ends with its session', async () => {
    const session = await open();
    const { pid } = (await session.request(PING, WAIT)).header;
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    await session.close();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test('is killed at the wall limit', async () => {
    const session = await open({ limits: { ...SPEC.limits, wallMs: 1 } });
    await sleep(50);
    await expect(session.request(PING, WAIT)).rejects.toMatchObject({ kind: 'over-limit' });
  });

  test('killed by someone else, it is our fault', async () => {
    const session = await open();
    const { pid } = (await session.request(PING, WAIT)).header;
    process.kill(Number(pid), 'SIGKILL');
    await expect(session.request(PING, WAIT)).rejects.toMatchObject({ kind: 'our-fault' });
  });

  test.each([
    ['the interpreter is missing', { python: '/nowhere/python3' }, 'ENOENT'],
    ['there is no torch', { python: bare }, "No module named 'torch'"],
    ['it is no Python', { python: '/bin/false' }, 'ended before it connected'],
  ])('%s', async (_name, options, said) => {
    const spec = { ...SPEC, image: 'runner', role: 'trainer' } as const;
    await expect(sandbox(options).open(spec)).rejects.toMatchObject({
      kind: 'our-fault',
      message: expect.stringContaining(said),
    });
  });
});

describe('only our own files', () => {
  test('go through, byte for byte', async () => {
    const session = await open();
    const echoed = await session.request(handOver('echo', [OURS]), WAIT);
    expect(echoed.body).toEqual(OURS);
  });

  test.each([
    ['another file', handOver('project', [THEIRS])],
    ['another file beside ours', handOver('project', [OURS, THEIRS])],
    ['for the reviewer', handOver('review', [THEIRS])],
    ['under any operation', handOver('echo', [THEIRS])],
    ['our file, changed', handOver('project', [Buffer.concat([OURS, Buffer.from(' ')])])],
    ['bytes after the last file', { ...handOver('project', [OURS]), body: Buffer.concat([OURS, THEIRS]) }],
    ['no list of files', { header: { op: 'project' }, body: THEIRS }],
    ['a list that is none', { header: { op: 'project', files: 'all' }, body: THEIRS }],
    ['sizes that overlap', { header: { op: 'project', files: [{ path: 'a.py', size: -1 }] }, body: THEIRS }],
  ])('refused: %s', async (_name, frame) => {
    const session = await open();
    await expect(session.request(frame, WAIT)).rejects.toMatchObject({
      kind: 'our-fault',
      message: expect.stringContaining('our own files only'),
    });
    // Nothing was sent.
    expect((await session.request(PING, WAIT)).header.ok).toBe(true);
  });
});
