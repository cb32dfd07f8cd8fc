/** What the engine is asked for: everything that a container is allowed, in one place. */
import type { ContainerCreateOptions, DeviceRequest, HostConfig } from 'dockerode';
import type { SandboxDevice, SandboxSpec } from '../../../domain/ports.ts';

/** The image's unprivileged user. */
export const USER_ID = 65_532;
/** On every container of ours, so that nothing else is ever swept away. */
export const OURS = 'prism.sandbox';
/** The folder that holds a container's socket, so that a sweep can remove it too. */
export const FOLDER = 'prism.sandbox.folder';

const SHARED_MEMORY_BYTES = 1 << 20;
const OPEN_FILES = 1024;

/** Set where an operator must keep OpenBLAS from choosing a kernel that its processor runs wrongly. */
const PASSED_ON = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

/**
 * @param imageId the image by its digest, never by a name that could move
 * @param folder the folder on this machine that holds the socket
 * @param entrypoint replaces the image's own; tests put hostile code there
 */
export function containerOptions(
  spec: SandboxSpec,
  imageId: string,
  folder: string,
  entrypoint?: readonly string[],
): ContainerCreateOptions {
  const { limits } = spec;
  return {
    Image: imageId,
    ...(entrypoint === undefined ? { Cmd: [spec.role] } : { Entrypoint: [...entrypoint], Cmd: [] }),
    Hostname: 'sandbox',
    User: `${USER_ID}:${USER_ID}`,
    Env: environment(limits.cpus),
    Labels: { ...spec.labels, [OURS]: '1', [FOLDER]: folder },
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: true,
    NetworkDisabled: true,
    HostConfig: hostConfig(spec, folder),
  };
}

/** The engine knows `CgroupnsMode` since version 20.10; the types do not. */
function hostConfig(
  { limits, device }: SandboxSpec,
  folder: string,
): HostConfig & { CgroupnsMode: 'private' } {
  return {
    NetworkMode: 'none',
    CapDrop: ['ALL'],
    // Seccomp stays Docker's default profile: it is what applies where none is named.
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    Mounts: [{ Type: 'bind', Source: folder, Target: '/run/prism', ReadOnly: true }],
    Tmpfs: { '/tmp': `rw,noexec,nosuid,nodev,size=${limits.tmpBytes},mode=1777` },
    Memory: limits.memoryBytes,
    MemorySwap: limits.memoryBytes,
    NanoCpus: Math.round(limits.cpus * 1e9),
    PidsLimit: limits.pids,
    IpcMode: 'private',
    ShmSize: SHARED_MEMORY_BYTES,
    CgroupnsMode: 'private',
    ...(device === undefined ? {} : { DeviceRequests: [gpus(device)] }),
    // Should the machine itself run out of memory, untrusted code goes first.
    OomScoreAdj: 900,
    Ulimits: [
      { Name: 'nofile', Soft: OPEN_FILES, Hard: OPEN_FILES },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    // Nothing that a container prints reaches a disk.
    LogConfig: { Type: 'none', Config: {} },
    // Our host is process 1 itself: nothing else of ours is in there, and its own SIGKILL does not reach it.
    Init: false,
    // Removed by us after its end was read.
    AutoRemove: false,
  };
}

/** Exactly these GPUs, to compute on and to be asked about; nothing of graphics, video or displays. */
function gpus({ ids }: SandboxDevice): DeviceRequest {
  return { Driver: 'nvidia', DeviceIDs: [...ids], Capabilities: [['gpu', 'compute', 'utility']] };
}

/** A fixed list; as many threads as whole cores, since more of them only wait for the quota. */
function environment(cpus: number): string[] {
  const threads = Math.max(1, Math.floor(cpus));
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return [`OMP_NUM_THREADS=${threads}`, `OPENBLAS_NUM_THREADS=${threads}`, ...passedOn];
}
