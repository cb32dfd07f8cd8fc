/**
 * Both versions of control groups, on trees of files as the kernel documents them: a machine has only one of the two.
 * The version of this machine is read for real in docker-sandbox.test.ts.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { cgroupOf, type KernelRoots } from '../../../infra/sandbox/docker/cgroup.ts';

const folder = mkdtempSync(join(tmpdir(), 'prism-cgroup-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NO_SWAP = 'Filename\tType\tSize\tUsed\tPriority\n';
const SWAP = `${NO_SWAP}/dev/sda2\tpartition\t1000\t0\t-2\n`;

function tree(files: Record<string, string>): KernelRoots {
  const root = mkdtempSync(join(folder, 'tree-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { proc: join(root, 'proc'), cgroup: join(root, 'cg') };
}

const VERSION_2 = {
  'proc/7/cgroup': '0::/system.slice/docker-abc.scope\n',
  'proc/swaps': SWAP,
  'cg/system.slice/docker-abc.scope/memory.max': '1048576\n',
  'cg/system.slice/docker-abc.scope/memory.swap.max': '0\n',
  'cg/system.slice/docker-abc.scope/cpu.max': '150000 100000\n',
  'cg/system.slice/docker-abc.scope/pids.max': '64\n',
  'cg/system.slice/docker-abc.scope/cpu.stat': 'usage_usec 1234\nuser_usec 1000\nsystem_usec 234\n',
  'cg/system.slice/docker-abc.scope/memory.peak': '524288\n',
  'cg/system.slice/docker-abc.scope/memory.events': 'low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\n',
};

const VERSION_1 = {
  'proc/7/cgroup':
    '9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n3:pids:/docker/abc\n1:name=systemd:/docker/abc\n0::/docker/abc\n',
  'proc/swaps': SWAP,
  'cg/memory/docker/abc/memory.limit_in_bytes': '1048576\n',
  'cg/memory/docker/abc/memory.memsw.limit_in_bytes': '1048576\n',
  'cg/memory/docker/abc/memory.max_usage_in_bytes': '524288\n',
  'cg/memory/docker/abc/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  'cg/cpu/docker/abc/cpu.cfs_quota_us': '150000\n',
  'cg/cpu/docker/abc/cpu.cfs_period_us': '100000\n',
  'cg/cpuacct/docker/abc/cpuacct.usage': '1234000\n',
  'cg/pids/docker/abc/pids.max': '64\n',
};

describe.each([
  ['version 1', VERSION_1],
  ['version 2', VERSION_2],
])('%s', (_name, files) => {
  test('limits and counters', () => {
    const cgroup = cgroupOf(7, tree(files));
    expect(cgroup.limits()).toEqual({
      memoryBytes: 1_048_576,
      memorySwapBytes: 1_048_576,
      nanoCpus: 1_500_000_000,
      pids: 64,
    });
    expect([cgroup.cpuUs(), cgroup.peakMemoryBytes(), cgroup.oomKills()]).toEqual([1234, 524_288, 2]);
  });

  test('counters of a group that is gone are null', () => {
    const roots = tree(files);
    const cgroup = cgroupOf(7, roots);
    rmSync(roots.cgroup, { recursive: true });
    expect([cgroup.cpuUs(), cgroup.peakMemoryBytes(), cgroup.oomKills()]).toEqual([null, null, null]);
  });
});

test('without limits each is infinite', () => {
  const { proc, cgroup } = tree({
    ...VERSION_1,
    'cg/memory/docker/abc/memory.limit_in_bytes': '9223372036854771712\n',
    'cg/memory/docker/abc/memory.memsw.limit_in_bytes': '9223372036854771712\n',
    'cg/cpu/docker/abc/cpu.cfs_quota_us': '-1\n',
    'cg/pids/docker/abc/pids.max': 'max\n',
  });
  expect(new Set(Object.values(cgroupOf(7, { proc, cgroup }).limits()))).toEqual(
    new Set([Number.POSITIVE_INFINITY]),
  );
});

test('a kernel that does not keep the peak says nothing of it', () => {
  const { 'cg/system.slice/docker-abc.scope/memory.peak': _, ...older } = VERSION_2;
  const cgroup = cgroupOf(7, tree(older));
  expect([cgroup.cpuUs(), cgroup.peakMemoryBytes()]).toEqual([1234, null]);
});

test('where swap is not accounted for, it counts as unlimited, unless the machine has none', () => {
  const { 'cg/memory/docker/abc/memory.memsw.limit_in_bytes': _, ...unaccounted } = VERSION_1;
  expect(cgroupOf(7, tree(unaccounted)).limits().memorySwapBytes).toBe(Number.POSITIVE_INFINITY);
  const without = tree({ ...unaccounted, 'proc/swaps': NO_SWAP });
  expect(cgroupOf(7, without).limits().memorySwapBytes).toBe(1_048_576);
});
