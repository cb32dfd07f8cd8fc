/** A reviewer's answer without a reviewer: digests of the files' bytes, no findings, unless the script says otherwise. */
import { digestOf, sha256 } from '../../domain/events/canonical.ts';
import type { Frame } from '../../domain/ports.ts';
import type { ReviewResult } from '../../services/reviewer/review-result.ts';
import type { Script } from './script.ts';

type Fingerprint = NonNullable<ReviewResult['architecture']>;

/** Of all bytes of a component's files. */
function fingerprintOf(files: ReadonlyMap<string, Buffer>, paths: readonly string[]): Fingerprint {
  const sorted = paths.toSorted();
  const digest = digestOf(sorted.map((path) => [path, sha256(files.get(path) ?? '')]));
  const sketch = Array.from({ length: 8 }, (_, i) => Number.parseInt(digest.slice(i * 8, i * 8 + 8), 16));
  return { digest, sketch: [...new Set(sketch)].sort((a, b) => a - b), files: sorted };
}

function pathsOf(layout: unknown, component: string): readonly string[] | null {
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
  const component = (name: 'architecture' | 'training'): Fingerprint | null => {
    const paths = pathsOf(layout, name);
    const scripted = script.review[name];
    if (paths === null || scripted === null) return null;
    return { ...fingerprintOf(files, paths), ...scripted };
  };
  const usual: ReviewResult = {
    ok: true,
    normaliser: 1,
    python: '3.11',
    findings: [],
    architecture: null,
    training: null,
    inference: null,
    hooks: [],
  };
  const { architecture: _architecture, training: _training, ...rest } = script.review;
  return { ...usual, architecture: component('architecture'), training: component('training'), ...rest };
}
