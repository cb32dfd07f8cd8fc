/**
 * The settings that a running container really has: read from the kernel, by process and control group, and from the
 * engine only where the kernel does not know.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerInspectInfo } from 'dockerode';
import type { EffectiveSandbox, SandboxSpec } from '../../../domain/ports.ts';
import { devicesText } from '../gpu/devices.ts';
import { codeOf } from '../host/errors.ts';
import { cgroupOf, KERNEL, type KernelRoots } from './cgroup.ts';
import { USER_ID } from './container-options.ts';
import { fileSystems } from './mounts.ts';

/** What only the engine can say. */
export interface EngineFacts {
  readonly inspected: ContainerInspectInfo;
  /** Name of the profile that the engine applies where none is asked for. */
  readonly seccompProfile: string;
}

export interface ReadBack {
  readonly effective: EffectiveSandbox;
  readonly writableMounts: readonly string[];
}

/**
 * Reads the container's first process. Throws where it is not on this machine or may not be read: a limit that was not
 * seen is not taken for granted.
 */
export function readBack({ inspected, seccompProfile }: EngineFacts, kernel: KernelRoots = KERNEL): ReadBack {
  const pid = inspected.State.Pid;
  const read = (name: string) => readFileSync(join(kernel.proc, String(pid), name), 'utf8');
  const status = parseStatus(read('status'));
  const files = fileSystems(inspected, kernel);
  const interfaces = interfacesOf(read('net/dev'));
  const capabilities = new Set(['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(status));
  return {
    effective: {
      runtime: inspected.HostConfig.Runtime ?? 'unknown',
      image: inspected.Image,
      user: `${identity(status('Uid'))}:${identity(status('Gid'))}`,
      network: interfaces.every((name) => name === 'lo') ? 'none' : interfaces.join(','),
      readOnlyRoot: files.readOnlyRoot,
      capabilities: [...capabilities].every((mask) => /^0+$/.test(mask))
        ? 'none'
        : [...capabilities].join(','),
      noNewPrivileges: status('NoNewPrivs') === '1',
      seccomp: status('Seccomp') === '2' ? seccompProfile : 'off',
      ...cgroupOf(pid, kernel).limits(),
      tmpBytes: files.tmpBytes,
      devices: devicesOf(inspected, gpuNodes(join(kernel.proc, String(pid), 'root/dev'))),
    },
    writableMounts: files.writable,
  };
}

/** Where the container is less confined than `spec` asks, in words; empty where all holds. */
export function weaknesses(
  spec: SandboxSpec,
  imageId: string,
  { effective, writableMounts }: ReadBack,
): string[] {
  const { limits } = spec;
  const holds: [string, boolean, unknown][] = [
    ['image', effective.image === imageId, effective.image],
    ['user', effective.user === `${USER_ID}:${USER_ID}`, effective.user],
    ['network', effective.network === 'none', effective.network],
    ['root file system', effective.readOnlyRoot, 'writable'],
    ['capabilities', effective.capabilities === 'none', effective.capabilities],
    ['no-new-privileges', effective.noNewPrivileges, 'off'],
    ['seccomp', effective.seccomp !== 'off', 'off'],
    ['memory', effective.memoryBytes <= limits.memoryBytes, effective.memoryBytes],
    ['memory and swap', effective.memorySwapBytes <= limits.memoryBytes, effective.memorySwapBytes],
    ['processor', effective.nanoCpus <= Math.round(limits.cpus * 1e9), effective.nanoCpus],
    ['processes', effective.pids <= limits.pids, effective.pids],
    ['devices', effective.devices === devicesText(spec.device?.ids), effective.devices],
    ['/tmp', effective.tmpBytes > 0 && effective.tmpBytes <= roundUp(limits.tmpBytes), effective.tmpBytes],
    [
      'writable mounts',
      writableMounts.every((target) => MAY_BE_WRITTEN.has(target)),
      writableMounts.join(' '),
    ],
  ];
  return holds.filter(([, ok]) => !ok).map(([what, , found]) => `${what}: ${String(found)}`);
}

/** The GPUs that the engine was to give, unless the container's device nodes tell of another number of them. */
function devicesOf({ HostConfig }: ContainerInspectInfo, nodes: readonly string[] | null): string {
  const given = (HostConfig.DeviceRequests ?? []).flatMap(({ DeviceIDs }) => DeviceIDs ?? ['all']);
  return devicesText(nodes === null || nodes.length === given.length ? given : nodes);
}

/** NVIDIA's GPUs in a container's /dev; null where only root may look. */
function gpuNodes(folder: string): string[] | null {
  try {
    return readdirSync(folder)
      .filter((name) => /^nvidia\d+$/.test(name))
      .sort();
  } catch (error) {
    if (codeOf(error) === 'EACCES') return null;
    throw error;
  }
}

/** A megabyte of shared memory, and message queues that a resource limit bounds, beside /tmp. */
const MAY_BE_WRITTEN = new Set(['/tmp', '/dev/shm', '/dev/mqueue']);

/** A tmpfs is sized in whole pages. */
function roundUp(bytes: number): number {
  return Math.ceil(bytes / 4096) * 4096;
}

function parseStatus(text: string): (name: string) => string {
  const fields = new Map(text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line]));
  return (name) =>
    fields
      .get(name)
      ?.slice(name.length + 1)
      .trim() ?? '';
}

/** Real, effective, saved and file-system id: one number where they agree. */
function identity(ids: string): string {
  return [...new Set(ids.split('\t'))].join(',');
}

/** Names of the network interfaces in /proc/<pid>/net/dev. */
function interfacesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.slice(0, line.indexOf(':')).trim());
}
