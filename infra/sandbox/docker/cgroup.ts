/**
 * A container's control group, read from its files: what the kernel enforces and what it has counted. Version 1 has one
 * tree per controller, version 2 one tree for all.
 * Source: the kernel's Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `Infinity` where there is no limit. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  /** Memory and swap together. */
  readonly memorySwapBytes: number;
  /** Thousand-millionths of a core. */
  readonly nanoCpus: number;
  readonly pids: number;
}

export interface Cgroup {
  /** Throws where a file cannot be read. */
  limits(): CgroupLimits;
  /** CPU time of all its processes, living and dead, in microseconds; null once the group is gone. */
  cpuUs(): number | null;
  /** Most memory that the group has held, page cache included; null where the kernel does not say, or once the group is gone. */
  peakMemoryBytes(): number | null;
  /** How many of its processes the kernel killed for want of memory; null once the group is gone. */
  oomKills(): number | null;
}

export interface KernelRoots {
  readonly proc: string;
  readonly cgroup: string;
}

export const KERNEL: KernelRoots = { proc: '/proc', cgroup: '/sys/fs/cgroup' };

/** The control group of process `pid` (as this machine numbers it). Throws where there is no such process. */
export function cgroupOf(pid: number, kernel: KernelRoots = KERNEL): Cgroup {
  const paths = new Map<string, string>();
  for (const line of readFileSync(join(kernel.proc, String(pid), 'cgroup'), 'utf8')
    .trim()
    .split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    for (const controller of controllers.split(',')) paths.set(controller, path);
  }
  const swapOff = readFileSync(join(kernel.proc, 'swaps'), 'utf8').trim().split('\n').length === 1;
  const file = (controller: string) => (name: string) =>
    readFileSync(join(kernel.cgroup, controller, paths.get(controller) ?? '', name), 'utf8').trim();
  if (paths.has('memory'))
    return version1(file('memory'), file('cpu'), file('cpuacct'), file('pids'), swapOff);
  return version2(file(''), swapOff);
}

type ReadFile = (name: string) => string;

function version1(
  memory: ReadFile,
  cpu: ReadFile,
  cpuacct: ReadFile,
  pids: ReadFile,
  swapOff: boolean,
): Cgroup {
  return {
    limits: () => {
      const memoryBytes = limit(memory('memory.limit_in_bytes'));
      const withSwap = orNull(() => limit(memory('memory.memsw.limit_in_bytes')));
      return {
        memoryBytes,
        memorySwapBytes: withSwap ?? (swapOff ? memoryBytes : Number.POSITIVE_INFINITY),
        nanoCpus: nanoCpus(cpu('cpu.cfs_quota_us'), cpu('cpu.cfs_period_us')),
        pids: limit(pids('pids.max')),
      };
    },
    cpuUs: () => orNull(() => Math.round(Number(cpuacct('cpuacct.usage')) / 1000)),
    peakMemoryBytes: () => orNull(() => Number(memory('memory.max_usage_in_bytes'))),
    oomKills: () => orNull(() => field(memory('memory.oom_control'), 'oom_kill')),
  };
}

function version2(read: ReadFile, swapOff: boolean): Cgroup {
  return {
    limits: () => {
      const memoryBytes = limit(read('memory.max'));
      const swap = orNull(() => limit(read('memory.swap.max'))) ?? (swapOff ? 0 : Number.POSITIVE_INFINITY);
      const [quota = 'max', period = '100000'] = read('cpu.max').split(' ');
      return {
        memoryBytes,
        memorySwapBytes: memoryBytes + swap,
        nanoCpus: nanoCpus(quota, period),
        pids: limit(read('pids.max')),
      };
    },
    cpuUs: () => orNull(() => field(read('cpu.stat'), 'usage_usec')),
    // Since kernel 5.19.
    peakMemoryBytes: () => orNull(() => Number(read('memory.peak'))),
    oomKills: () => orNull(() => field(read('memory.events'), 'oom_kill')),
  };
}

/** Version 1 says "no limit" by the largest page-aligned 63-bit number, version 2 by `max`. */
function limit(text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

function nanoCpus(quota: string, period: string): number {
  const us = Number(quota);
  return Number.isSafeInteger(us) && us > 0
    ? Math.round((us / Number(period)) * 1e9)
    : Number.POSITIVE_INFINITY;
}

/** The number after `name` in a file of `name number` lines; 0 where it is not listed. */
function field(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
