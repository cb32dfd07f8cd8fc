/** Which code a run consists of: the judge's reference, the submission's own, or a family's canonical architecture with its recipe. */

import type { Pair } from '../../domain/evaluation/plan.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import type { BlobStore } from '../../domain/ports.ts';
import { getProject, type ProjectFiles } from '../runtime/project-files.ts';
import type { Project } from './judge/run.ts';

interface Source {
  readonly layout: DataOf<'SubmissionAdmitted'>['layout'];
  readonly files: ProjectFiles;
}

export interface EvaluationSources {
  readonly own: Source;
  /** Where the architecture comes from: `own`, or the family's discoverer. */
  readonly architecture: Source;
  readonly reference: ProjectFiles;
}

async function load(state: LedgerState, blobs: BlobStore, submission: string): Promise<Source> {
  const admitted = state.submissions.get(submission)?.state.admitted;
  if (!admitted) throw new Error(`submission ${submission} is not admitted`);
  return { layout: admitted.layout, files: await getProject(blobs, admitted.filesBlob) };
}

export async function loadSources(
  state: LedgerState,
  blobs: BlobStore,
  entry: SubmissionEntry,
  reference: ProjectFiles,
): Promise<EvaluationSources> {
  const from = entry.state.plan?.architectureFrom;
  if (from === undefined) throw new Error(`submission ${entry.id} is not planned`);
  const own = await load(state, blobs, entry.id);
  return { own, architecture: from === entry.id ? own : await load(state, blobs, from), reference };
}

/** The code of one run of `pair`. */
export function projectOf(pair: Pair, { own, architecture, reference }: EvaluationSources): Project {
  if (pair === 'reference') {
    return {
      architecture: { entrypoint: 'model.py', files: reference },
      training: null,
      sameRoot: true,
      recipe: 'reference',
    };
  }
  const entrypoint = architecture.layout.architecture?.entrypoint;
  if (entrypoint === undefined) throw new Error('the architecture of a run has no entrypoint');
  const component = { entrypoint, files: architecture.files };
  if (pair === 'architecture')
    return { architecture: component, training: null, sameRoot: true, recipe: 'reference' };
  const training = own.layout.training;
  if (training === null) throw new Error('a run of a recipe needs a training component');
  return {
    architecture: component,
    training: { entrypoint: training.entrypoint, files: own.files },
    sameRoot: own === architecture,
    recipe: 'submission',
  };
}
