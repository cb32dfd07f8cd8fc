/** The judge's own trained models: the files that runs of the panel consist of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTable, type PanelModel, panelModelSchema } from '../../domain/evaluation/plan.ts';
import { payloadBytes } from '../runtime/payload.ts';
import type { ProjectFiles } from '../runtime/project-files.ts';

const FOLDER = join(import.meta.dirname, '../../gpu-runner/reference');

export interface Reference {
  readonly files: ProjectFiles;
  /** Compressed: the reference pays for its own code as everyone does. */
  readonly payloadBytes: number;
}

export type References = ReadonlyMap<PanelModel, Reference>;

/** Every member of the panel that is trained in containers. */
export async function loadReferences(): Promise<References> {
  const trained = panelModelSchema.options.filter((model) => !isTable(model));
  const loaded = trained.map(async (model) => {
    const files: ProjectFiles = new Map([['model.py', readFileSync(join(FOLDER, model, 'model.py'))]]);
    return [model, { files, payloadBytes: await payloadBytes(files) }] as const;
  });
  return new Map(await Promise.all(loaded));
}
