/** Which code a run consists of: one of the judge's models, the submission's, its family's, or another owner's, and whose recipe. */
import { planAt } from '../../domain/evaluation/plan.ts';
import { firstTrained, type RunKey } from '../../domain/evaluation/runs.ts';
import { pointSeed } from '../../domain/evaluation/streams.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { BlobStore } from '../../domain/ports.ts';
import { getProject, type ProjectFiles } from '../runtime/project-files.ts';
import type { Project, ProjectPart, RunSpec, TableSpec } from './judge/run.ts';
import type { References } from './reference.ts';

interface Source {
  readonly layout: DataOf<'SubmissionAdmitted'>['layout'];
  readonly files: ProjectFiles;
  readonly payloadBytes: number;
}

interface Incumbent {
  readonly own: Source;
  readonly architecture: Source;
  /** An inference hook of its own goes with it. */
  readonly hasHook: boolean;
}

export interface EvaluationSources {
  readonly own: Source;
  /** Where the architecture comes from: `own`, or the family's discoverer. */
  readonly architecture: Source;
  /** Other owners' projects, in the order of `EvaluationPlanned.others`. */
  readonly others: readonly Source[];
  /** In a confirmation: whose recipe stands in the family. It runs as it ran when it was evaluated. */
  readonly incumbent: Incumbent | null;
  /** In a confirmation: what the architecture looks like. */
  readonly near: Source | null;
  readonly references: References;
}

async function load(state: LedgerState, blobs: BlobStore, submission: string): Promise<Source> {
  const admitted = state.submissions.get(submission)?.state.admitted;
  if (!admitted) throw new Error(`submission ${submission} is not admitted`);
  const files = await getProject(blobs, admitted.filesBlob);
  return { layout: admitted.layout, files, payloadBytes: admitted.compressedBytes };
}

export async function loadSources(
  state: LedgerState,
  blobs: BlobStore,
  entry: SubmissionEntry,
  references: References,
): Promise<EvaluationSources> {
  const planned = entry.state.plan;
  if (planned === null) throw new Error(`submission ${entry.id} is not planned`);
  const own = await load(state, blobs, entry.id);
  const architecture =
    planned.architectureFrom === entry.id ? own : await load(state, blobs, planned.architectureFrom);
  const others = await Promise.all(planned.others.map(({ submission }) => load(state, blobs, submission)));
  const { incumbent: standing = null, near = null } = entry.state.called ?? {};
  return {
    own,
    architecture,
    others,
    incumbent: standing === null ? null : await loadIncumbent(state, blobs, standing),
    near: near === null ? null : await load(state, blobs, near),
    references,
  };
}

async function loadIncumbent(state: LedgerState, blobs: BlobStore, submission: string): Promise<Incumbent> {
  const planned = state.submissions.get(submission)?.state.plan;
  if (!planned) throw new Error(`submission ${submission} stands in its family and has no plan`);
  const own = await load(state, blobs, submission);
  const { architectureFrom, hookWith } = planned;
  const architecture = architectureFrom === submission ? own : await load(state, blobs, architectureFrom);
  return { own, architecture, hasHook: hookWith === 'recipe' };
}

function architectureOf(source: Source): ProjectPart {
  const entrypoint = source.layout.architecture?.entrypoint;
  if (entrypoint === undefined) throw new Error('the architecture of a run has no entrypoint');
  return { entrypoint, files: source.files };
}

interface Code {
  readonly project: Project;
  readonly payloadBytes: number;
}

function underJudgesRecipe(architecture: ProjectPart, payloadBytes: number): Code {
  return {
    project: { architecture, training: null, sameRoot: true, recipe: 'reference' },
    payloadBytes,
  };
}

/** The submission's recipe on an architecture: its own project's, or one from elsewhere. */
function underOwnRecipe(own: Source, architecture: ProjectPart, from: number, sameRoot: boolean): Code {
  const training = own.layout.training;
  if (training === null) throw new Error('a run of a recipe needs a training component');
  return {
    project: {
      architecture,
      training: { entrypoint: training.entrypoint, files: own.files },
      sameRoot,
      recipe: 'submission',
    },
    payloadBytes: own.payloadBytes + (sameRoot ? 0 : from),
  };
}

/** The code of one run in containers. */
function codeOf(run: RunKey, sources: EvaluationSources, plan: Policy['plan']): Code {
  const { own, architecture, others, incumbent, near, references } = sources;
  const reference = (variant: number) => {
    const model = plan.panel[variant]?.model;
    const found = model === undefined ? undefined : references.get(model);
    if (found === undefined) throw new Error(`the panel has no trained model ${variant}`);
    return { part: { entrypoint: 'model.py', files: found.files }, payloadBytes: found.payloadBytes };
  };
  const other = () => {
    const source = others[run.variant];
    if (source === undefined) throw new Error(`there is no other architecture ${run.variant}`);
    return source;
  };
  switch (run.pair) {
    case 'reference': {
      const { part, payloadBytes } = reference(run.variant);
      return underJudgesRecipe(part, payloadBytes);
    }
    case 'architecture':
      return underJudgesRecipe(architectureOf(architecture), architecture.payloadBytes);
    case 'recipe':
      return underOwnRecipe(
        own,
        architectureOf(architecture),
        architecture.payloadBytes,
        own === architecture,
      );
    case 'recipe-on-reference': {
      const { part, payloadBytes } = reference(firstTrained(plan));
      return underOwnRecipe(own, part, payloadBytes, false);
    }
    case 'other':
      return underJudgesRecipe(architectureOf(other()), other().payloadBytes);
    case 'recipe-on-other':
      return underOwnRecipe(own, architectureOf(other()), other().payloadBytes, false);
    case 'incumbent':
      if (incumbent === null) throw new Error('no recipe stands beside this run');
      return underOwnRecipe(
        incumbent.own,
        architectureOf(incumbent.architecture),
        incumbent.architecture.payloadBytes,
        incumbent.own === incumbent.architecture,
      );
    case 'near':
      if (near === null) throw new Error('nothing was found to look like this architecture');
      return underJudgesRecipe(architectureOf(near), near.payloadBytes);
  }
}

/** Pairs whose predictions are repeated. */
const REPEATED: ReadonlySet<RunKey['pair']> = new Set(['architecture', 'recipe', 'incumbent']);

/** Everything that the judge needs for one planned run; a `TableSpec` for a table of the panel. */
export function specOf(run: RunKey, entry: SubmissionEntry, sources: EvaluationSources): RunSpec | TableSpec {
  const { plan } = entry.policy;
  const { plan: planned, called, seeds } = entry.state;
  const seed = seeds[run.seed];
  if (planned === null || seed === undefined)
    throw new Error(`submission ${entry.id} has no seed ${run.seed}`);
  const common = { plan: planAt(plan, run.point), key: run, seed: pointSeed(seed, run.point) };
  const member = run.pair === 'reference' ? plan.panel[run.variant] : undefined;
  if (member?.model === 'ngram' || member?.model === 'mixer') return { ...common, model: member.model };
  const code = codeOf(run, sources, plan);
  const firstSeed = called === null ? 0 : seeds.length - called.seeds.length;
  const isChecked = run.point === 0 && run.seed - firstSeed < plan.checks.seeds;
  const { steps, predictions } = plan.checks;
  return {
    ...common,
    ...code,
    replays: member?.cost ?? 1,
    checks: {
      // A miner's optimiser is its own: its state cannot be carried over, so its steps are not repeated.
      steps: isChecked && run.pair === 'architecture' ? steps : 0,
      predictions: isChecked && REPEATED.has(run.pair) ? predictions : 0,
    },
    hook: run.point === 0 && isHooked(run, planned, sources) ? hookProject(code.project, sources) : null,
  };
}

function isHooked(
  { pair }: RunKey,
  { hookWith }: Pick<DataOf<'EvaluationPlanned'>, 'hookWith'>,
  { incumbent }: EvaluationSources,
): boolean {
  return pair === 'incumbent' ? (incumbent?.hasHook ?? false) : pair === hookWith;
}

/** The hook is looked for where the contract says: in the training entrypoint, then in the architecture's. */
function hookProject(project: Project, { own }: EvaluationSources): Project {
  if (project.training !== null || own.layout.training === null) return project;
  const { entrypoint } = own.layout.training;
  const sameRoot = project.architecture.files === own.files;
  return { ...project, training: { entrypoint, files: own.files }, sameRoot };
}
