/** Programs that come as Debian packages. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, say } from './say.ts';

/** `run`: the engine and its demo; `test`: also what only tests compare with. */
export type Profile = 'run' | 'test';

interface Tool {
  readonly package: string;
  /** What shows that it is there: a program's name or a path. */
  readonly shownBy: string;
}

const RUN: readonly Tool[] = [
  { package: 'nats-server', shownBy: 'nats-server' },
  { package: 'python3', shownBy: 'python3' },
  // Text that models learn from; see infra/corpus.
  { package: 'perl', shownBy: 'pod2text' },
  { package: 'git-man', shownBy: '/usr/share/doc/git-man' },
  { package: 'manpages', shownBy: '/usr/share/doc/manpages' },
];
const TEST: readonly Tool[] = [
  { package: 'golang-go', shownBy: 'go' },
  { package: 'golang-golang-x-mod-dev', shownBy: '/usr/share/gocode/src/golang.org/x/mod' },
  { package: 'zip', shownBy: 'zip' },
];
const DOCKER: readonly Tool[] = [
  { package: 'docker.io', shownBy: 'dockerd' },
  { package: 'docker.io', shownBy: 'docker' },
];
const IMAGE_BUILDER: readonly Tool[] = [
  { package: 'docker.io', shownBy: 'docker' },
  { package: 'mmdebstrap', shownBy: 'mmdebstrap' },
  { package: 'xz-utils', shownBy: 'xz' },
];

/** Debian packages to install. `docker`: no daemon answers; `imageBuilder`: an image is to be built. */
export function missingTools(profile: Profile, needs: { docker: boolean; imageBuilder: boolean }): string[] {
  const tools = [
    ...RUN,
    ...(profile === 'test' ? TEST : []),
    ...(needs.docker ? DOCKER : []),
    ...(needs.imageBuilder ? IMAGE_BUILDER : []),
  ];
  return [...new Set(tools.filter((tool) => !isThere(tool.shownBy)).map((tool) => tool.package))];
}

/** Installs Debian packages, or throws a `SetupError` that names them. */
export function installTools(packages: readonly string[]): void {
  if (packages.length === 0) return;
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages];
  if (!isThere('apt-get')) {
    throw new SetupError(
      `install these (named as Debian names them), then run this again: ${packages.join(', ')}`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError(`run this, then run the same command again: sudo ${install.join(' ')}`);
  }
  for (const [program = '', ...rest] of [['apt-get', 'update'], install]) {
    say([program, ...rest].join(' '));
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, stdout, stderr } = spawnSync(program, rest, {
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new SetupError(`${program} failed:\n${(stdout + stderr).slice(-2000)}`);
  }
}

/** Whether a program is in PATH or in the folders for administrators, or a path exists. */
function isThere(nameOrPath: string): boolean {
  if (nameOrPath.startsWith('/')) return existsSync(nameOrPath);
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, nameOrPath)));
}
