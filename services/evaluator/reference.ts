/** The judge's own model: the files that the `reference` pair runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectFiles } from '../runtime/project-files.ts';

const FOLDER = join(import.meta.dirname, '../../gpu-runner/reference');

export function referenceFiles(): ProjectFiles {
  return new Map([['model.py', readFileSync(join(FOLDER, 'model.py'))]]);
}
