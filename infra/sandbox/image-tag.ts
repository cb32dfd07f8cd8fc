/**
 * Which container image belongs to this source tree. A tag is a digest of content, so that an image is built once,
 * is found again without asking anyone, and a changed host never runs under an old name.
 */
import { createHash, hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { SandboxSpec } from '../../domain/ports.ts';

export type ImageName = SandboxSpec['image'];

export const IMAGE_NAMES: readonly ImageName[] = ['runner', 'reviewer'];

/** The folder that images are built from: the build context, with the recipes in `images/<name>/`. */
export const GPU_RUNNER = join(import.meta.dirname, '../../gpu-runner');

export interface ImageTags {
  /** Debian packages only; depends on `images/base.sh` and `packages.txt`. */
  readonly base: string;
  /** The base and our Python; depends on the base's tag, the Dockerfile and each folder that the Dockerfile copies. */
  readonly image: string;
}

/** The tags of an image as the recipe in `root` (default: this source tree's) says it should be. */
export function imageTags(name: ImageName, root: string = GPU_RUNNER): ImageTags {
  const recipe = join(root, 'images', name);
  const base = `prism-${name}-base:${digest(root, [join(root, 'images/base.sh'), join(recipe, 'packages.txt')])}`;
  return { base, image: `prism-${name}:${digestOfBuild(root, join(recipe, 'Dockerfile'), base)}` };
}

/** The tag of the runner for GPUs, whose base the Dockerfile in `root` names by its digest. */
export function cudaTag(root: string = GPU_RUNNER): string {
  return `prism-runner-cuda:${digestOfBuild(root, join(root, 'Dockerfile'))}`;
}

/** The command that builds the runner for GPUs; the base comes from its registry. */
export function cudaBuild(tag: string): string {
  return `docker build --tag ${tag} ${GPU_RUNNER}`;
}

/** Over a Dockerfile and all that it copies. */
function digestOfBuild(root: string, dockerfile: string, base = ''): string {
  const copied = [...readFileSync(dockerfile, 'utf8').matchAll(/^COPY (\S+) /gm)].flatMap(([, path]) =>
    filesIn(root, path ?? ''),
  );
  return digest(root, [dockerfile, ...copied], base);
}

/** The file itself, or every file below a folder but Python's caches, in an order that is the same everywhere. */
function filesIn(root: string, path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [join(root, path)];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** 16 hex digits over the files' names and bytes. */
function digest(root: string, files: readonly string[], seed = ''): string {
  const whole = createHash('sha256').update(seed);
  for (const file of files) {
    whole.update(`\n${relative(root, file)} ${hash('sha256', readFileSync(file))}`);
  }
  return whole.digest('hex').slice(0, 16);
}
