/** The architectures of the study, each a project of its own in `architectures/<name>/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../services/evaluator/judge/run.ts';

export const FOLDER = join(import.meta.dirname, 'architectures');
/** Modules that several of them import; handed over with each. */
const SHARED = 'shared';

/** Every gain is over this one. */
export const REFERENCE = 'byte-bigram';

/** Whether the number of layers follows `ctx.max_layers`, so that a ladder of depths says something. */
export function hasDepth(name: string): boolean {
  return name === 'convolutions' || name.startsWith('attention');
}

/** Names in alphabetical order. */
export function architectureNames(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== SHARED)
    .map((entry) => entry.name)
    .sort();
}

/** What the judge runs: the architecture under the judge's own recipe. */
export function projectOf(name: string): Project {
  const modules = readdirSync(join(FOLDER, SHARED)).filter((file) => file.endsWith('.py'));
  const paths = [
    ['model.py', join(FOLDER, name, 'model.py')],
    ...modules.map((file) => [`${SHARED}/${file}`, join(FOLDER, SHARED, file)]),
  ] as const;
  const files = new Map(paths.map(([path = '', file = '']) => [path, readFileSync(file)]));
  return {
    architecture: { entrypoint: 'model.py', files },
    training: null,
    sameRoot: true,
    recipe: 'reference',
  };
}
