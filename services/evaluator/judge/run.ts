/** What the judge is given, and what it gives back. */
import type { Corpus } from '../../../domain/evaluation/corpus.ts';
import type { CurvePoint, Measurement, Pair, Plan } from '../../../domain/evaluation/plan.ts';
import type { Clock, Sandbox } from '../../../domain/ports.ts';

/** Source files by their path in the project, and the one that is imported. */
export interface ProjectPart {
  readonly entrypoint: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface Project {
  readonly architecture: ProjectPart;
  /** Null where no recipe but the judge's is run. With `sameRoot` its files are those of the architecture. */
  readonly training: ProjectPart | null;
  /** One project with both entrypoints, rather than one project's recipe on another's architecture. */
  readonly sameRoot: boolean;
  /** Whose recipe trains it. */
  readonly recipe: 'reference' | 'submission';
}

export interface RunSpec {
  readonly plan: Plan;
  /** 64 hex digits; all that is random in the run derives from it. */
  readonly seed: string;
  readonly seedIndex: number;
  readonly pair: Pair;
  readonly project: Project;
}

/** How far a run has come; for people to watch, recorded nowhere. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly points: readonly CurvePoint[];
}

export interface JudgeParts {
  readonly sandbox: Sandbox;
  readonly corpus: Corpus;
  readonly clock: Clock;
  /** Put on both containers. */
  readonly labels: { readonly [key: string]: string };
  readonly onProgress?: (progress: Progress) => void;
  /** Ends both containers; `measure` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A measurement whose standard error is still text: the caller stores it as a blob. */
export type MeasuredRun = Omit<Measurement, 'standardErrorBlob'> & {
  /** What the containers wrote to standard error and the trace of the exception that ended the run; empty where there was none. */
  readonly standardError: string;
};
