/** The container images, built once for each content: their tags are digests of what they are made from. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { GPU_RUNNER, IMAGE_NAMES, type ImageName, imageTags } from '../../infra/sandbox/image-tag.ts';
import { SetupError, say } from './say.ts';

const SUITE = 'bookworm';

export function missingImages(): ImageName[] {
  return IMAGE_NAMES.filter((name) => !exists(imageTags(name).image));
}

export async function buildImages(names: readonly ImageName[]): Promise<void> {
  for (const name of names) {
    const { base, image } = imageTags(name);
    if (!exists(base)) await buildBase(name, base);
    say(`docker build: ${image}`);
    const dockerfile = join(GPU_RUNNER, 'images', name, 'Dockerfile');
    docker(
      'build',
      '--network',
      'none',
      '--build-arg',
      `BASE=${base}`,
      '--file',
      dockerfile,
      '--tag',
      image,
      GPU_RUNNER,
    );
  }
}

/** Streams mmdebstrap's tar into the engine; named only when both ended well, so that no half image is ever found. */
async function buildBase(name: ImageName, base: string): Promise<void> {
  const packages = join(GPU_RUNNER, 'images', name, 'packages.txt');
  say(`mmdebstrap | docker import: ${base} (once; a minute or more)`);
  const script = [join(GPU_RUNNER, 'images/base.sh'), packages, ...sources()];
  const debootstrap = spawn('sh', script, { stdio: ['ignore', 'pipe', 'pipe'] });
  const load = spawn('docker', ['import', '-'], { stdio: 'pipe' });
  const [problems, id, loadProblems, [debootstrapStatus], [loadStatus]] = await Promise.all([
    text(debootstrap.stderr),
    text(load.stdout),
    text(load.stderr),
    once(debootstrap, 'exit'),
    once(load, 'exit'),
    // Where either end breaks, its exit status and what it said tell more.
    pipeline(debootstrap.stdout, load.stdin).catch(() => {}),
  ]);
  if (debootstrapStatus === 0 && loadStatus === 0) {
    docker('tag', id.trim(), base);
    return;
  }
  if (loadStatus === 0) docker('rmi', id.trim());
  throw new SetupError(`${base} could not be built:\n${(problems + loadProblems).slice(-3000)}`);
}

/**
 * Where this machine's apt gets its packages, so that a local mirror serves the image too; nothing (mmdebstrap's own
 * default) on another release of Debian.
 */
function sources(): string[] {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!release.includes(`VERSION_CODENAME=${SUITE}`)) return [];
  const folder = '/etc/apt/sources.list.d';
  const parts = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
  return ['/etc/apt/sources.list', ...parts].filter(
    (file) => /\.(list|sources)$/.test(file) && existsSync(file) && servesSuite(readFileSync(file, 'utf8')),
  );
}

/** Whether a sources file names Debian's own repository of the suite: others do not have a component `main`. */
function servesSuite(file: string): boolean {
  const active = file.replace(/^\s*#.*$/gm, '');
  return new RegExp(`\\b${SUITE}\\b`).test(active) && /\bmain\b/.test(active);
}

function exists(tag: string): boolean {
  return spawnSync('docker', ['image', 'inspect', '--format', '{{.Id}}', tag]).status === 0;
}

function docker(...programArguments: string[]): void {
  const { status, stdout, stderr } = spawnSync('docker', programArguments, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0)
    throw new SetupError(`docker ${programArguments[0]} failed:\n${(stdout + stderr).slice(-3000)}`);
}
