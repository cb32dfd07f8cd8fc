/** What a container can write to, by its mounts. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerInspectInfo } from 'dockerode';
import { codeOf } from '../host/errors.ts';
import type { KernelRoots } from './cgroup.ts';

export interface FileSystems {
  readonly readOnlyRoot: boolean;
  /** Size limit of the tmpfs at /tmp; 0 where there is none, `Infinity` where it has no limit. */
  readonly tmpBytes: number;
  /** Places that an unprivileged process can create files in. */
  readonly writable: readonly string[];
}

/** From the kernel; where only root may look (we run as another user), from the engine's record. */
export function fileSystems(inspected: ContainerInspectInfo, kernel: KernelRoots): FileSystems {
  const process = join(kernel.proc, String(inspected.State.Pid));
  try {
    return ofProcess(readFileSync(join(process, 'mountinfo'), 'utf8'), (target) =>
      statSync(join(process, 'root', target)),
    );
  } catch (error) {
    if (codeOf(error) === 'EACCES') return ofEngine(inspected);
    throw error;
  }
}

interface Mount {
  readonly target: string;
  readonly type: string;
  readonly readOnly: boolean;
  readonly superOptions: readonly string[];
}

function ofProcess(
  mountinfo: string,
  stat: (target: string) => { mode: number; isDirectory(): boolean },
): FileSystems {
  const mounts = parseMounts(mountinfo);
  const tmp = mounts.find(({ target, type }) => target === '/tmp' && type === 'tmpfs');
  return {
    readOnlyRoot: mounts.find(({ target }) => target === '/')?.readOnly === true,
    tmpBytes: tmp === undefined ? 0 : bytes(tmp.superOptions.find((option) => option.startsWith('size='))),
    writable: mounts
      .filter(
        ({ readOnly, target }) =>
          !readOnly && stat(target).isDirectory() && (stat(target).mode & 0o002) !== 0,
      )
      .map(({ target }) => target),
  };
}

function ofEngine({ HostConfig, Mounts }: ContainerInspectInfo): FileSystems {
  const tmpfs: Record<string, string> = HostConfig.Tmpfs ?? {};
  const tmp = tmpfs['/tmp'];
  return {
    readOnlyRoot: HostConfig.ReadonlyRootfs === true,
    tmpBytes: tmp === undefined ? 0 : bytes(tmp.split(',').find((option) => option.startsWith('size='))),
    writable: [...Object.keys(tmpfs), ...Mounts.filter(({ RW }) => RW).map(({ Destination }) => Destination)],
  };
}

/** /proc/<pid>/mountinfo as proc(5) describes it; of mounts at one place the topmost. */
function parseMounts(mountinfo: string): Mount[] {
  const byTarget = new Map<string, Mount>();
  for (const line of mountinfo.trim().split('\n')) {
    const [own = '', rest = ''] = line.split(' - ');
    const [, , , , target = '', options = ''] = own.split(' ');
    const [type = '', , superText = ''] = rest.split(' ');
    const superOptions = superText.split(',');
    const readOnly = options.split(',').includes('ro') || superOptions.includes('ro');
    byTarget.set(target, { target, type, readOnly, superOptions });
  }
  return [...byTarget.values()];
}

/** A tmpfs's `size=` option in bytes; `Infinity` where it is not a plain size. */
function bytes(option = ''): number {
  const [, number, unit = ''] = /^size=(\d+)([kmg]?)$/.exec(option) ?? [];
  return number === undefined
    ? Number.POSITIVE_INFINITY
    : Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit);
}
