/** A reviewer's answer without a reviewer: digests of the files' bytes, no findings, unless the script says otherwise. */
import { digestOf, sha256 } from '../../domain/events/canonical.ts';
import type { Frame } from '../../domain/ports.ts';
import type { Script } from './script.ts';

/** Of a component's Python files (`script.json` counts too where there are none). */
function fingerprintOf(files: ReadonlyMap<string, Buffer>, paths: readonly string[]) {
  const digest = digestOf(paths.toSorted().map((path) => [path, sha256(files.get(path) ?? '')]));
  const sketch = Array.from({ length: 8 }, (_, i) => Number.parseInt(digest.slice(i * 8, i * 8 + 8), 16));
  return { digest, sketch: [...new Set(sketch)].sort((a, b) => a - b) };
}

function pathsOf(layout: unknown, component: 'architecture' | 'training'): readonly string[] | null {
  if (typeof layout !== 'object' || layout === null) return null;
  const part: unknown = Object.entries(layout).find(([key]) => key === component)?.[1];
  if (typeof part !== 'object' || part === null || !('files' in part) || !Array.isArray(part.files))
    return null;
  return part.files;
}

export function scriptedReview(
  { layout }: Frame['header'],
  files: ReadonlyMap<string, Buffer>,
  script: Script,
): Frame['header'] {
  const component = (name: 'architecture' | 'training') => {
    const paths = pathsOf(layout, name);
    return paths === null ? null : fingerprintOf(files, paths);
  };
  return {
    ok: true,
    normaliser: 1,
    findings: [],
    architecture: component('architecture'),
    training: component('training'),
    inference: null,
    hooks: [],
    ...script.review,
  };
}
