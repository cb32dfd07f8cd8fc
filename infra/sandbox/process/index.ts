/**
 * The `Sandbox` port without a sandbox: our host as a child process, for our own examples and references on a machine that has PyTorch and
 * no Docker, such as a borrowed GPU. Nothing is isolated and only wall-clock time is limited; `effective` says so, and with it the events.
 */
import type { EffectiveSandbox, Sandbox, SandboxSession, SandboxSpec } from '../../../domain/ports.ts';
import { BusyMeter, NO_GPU } from '../gpu/busy-meter.ts';
import { devicesText } from '../gpu/devices.ts';
import { ourFault, within } from '../host/errors.ts';
import { listen } from '../host/host-socket.ts';
import { GuestSession } from '../host/session.ts';
import { GPU_RUNNER, imageTags } from '../image-tag.ts';
import { Child } from './child.ts';
import { OwnFilesOnly } from './own-files.ts';

export interface ProcessSandboxOptions {
  /** SHA-256 (lower-case hex) of each file that may be handed to the host: our own, nobody else's. */
  readonly allowed: ReadonlySet<string>;
  /** The interpreter that has torch (default: `python3` in PATH). */
  readonly python?: string;
  /** How long the host may take until it connects, importing included, milliseconds. */
  readonly startMs?: number;
  /** Folder for the sockets; short, on a local disk (default: the system's temporary folder). */
  readonly socketRoot?: string;
}

/** What the host needs to find its libraries; nothing else of ours is handed on. */
const PASSED_ON = ['PATH', 'HOME', 'LD_LIBRARY_PATH', 'LANG', 'OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

export function openProcessSandbox(options: ProcessSandboxOptions): Sandbox {
  const meter = new BusyMeter();
  const imageDigest: Sandbox['imageDigest'] = async (image) => `process:${imageTags(image).image}`;
  return {
    imageDigest,
    open: async (spec) => await start(spec, options, meter, await imageDigest(spec.image)),
    // Nothing is left of a dead owner: its children end when their connection breaks.
    sweep: async () => 0,
  };
}

async function start(
  spec: SandboxSpec,
  { allowed, python = 'python3', startMs = 120_000, socketRoot }: ProcessSandboxOptions,
  meter: BusyMeter,
  image: string,
): Promise<SandboxSession> {
  const gpu = spec.device === undefined ? NO_GPU : await meter.watch(spec.device.ids);
  const socket = await listen(socketRoot).catch((error: unknown) => {
    gpu.stop();
    throw ourFault('no socket could be made', error);
  });
  const child = new Child({
    python,
    programArguments: ['-m', 'prism_host', spec.role],
    environment: environment(spec, socket.path),
    folder: socket.folder,
    gpu,
  });
  try {
    const gone = child.exited.then((ending) => {
      const why = ending.how === 'unknown' ? ending.why : child.standardError.slice(-1000);
      throw ourFault(`the host ended before it connected; it said: ${why}`);
    });
    const connection = await within(startMs, 'the start', Promise.race([socket.connected, gone]));
    const session = new GuestSession(child, socket, connection, effectiveOf(spec, image), spec.limits.wallMs);
    return new OwnFilesOnly(session, allowed);
  } catch (error) {
    await child.remove();
    await socket.close();
    throw ourFault('the host could not be started as a process', error);
  }
}

function environment({ device }: SandboxSpec, socketPath: string): NodeJS.ProcessEnv {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(passedOn),
    PYTHONPATH: GPU_RUNNER,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONHASHSEED: '0',
    PRISM_HOST_SOCKET: socketPath,
    CUDA_VISIBLE_DEVICES: device?.ids.join(',') ?? '',
  };
}

/** Numbers are 0: no limit but the time's is set, so none may be believed. */
function effectiveOf({ device }: SandboxSpec, image: string): EffectiveSandbox {
  return {
    runtime: 'process',
    image,
    user: `${process.getuid?.() ?? '?'}:${process.getgid?.() ?? '?'}`,
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
    devices: devicesText(device?.ids),
  };
}
