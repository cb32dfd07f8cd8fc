/** What the judge is given, and what it gives back. */
import type { Corpus } from '../../../domain/evaluation/corpus.ts';
import type { CurvePoint, Measurement } from '../../../domain/evaluation/measurement.ts';
import type { PanelModel, Plan } from '../../../domain/evaluation/plan.ts';
import type { RunKey } from '../../../domain/evaluation/runs.ts';
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

/** Whether a container of it holds the code of two submissions: a recipe, and an architecture from elsewhere. */
export function joinsTwo({ training, sameRoot }: Pick<Project, 'training' | 'sameRoot'>): boolean {
  return training !== null && !sameRoot;
}

interface Run {
  /** As it stands at the run's point. */
  readonly plan: Plan;
  readonly key: RunKey;
  /** 64 hex digits; all that is random in the run derives from it. */
  readonly seed: string;
}

/** A run in containers. */
export interface RunSpec extends Run {
  readonly project: Project;
  /** Bytes delivered for it, compressed. */
  readonly payloadBytes: number;
  /** Optimiser steps per batch, under the judge's recipe. */
  readonly replays: number;
  /** What is repeated in a fresh container. */
  readonly checks: { readonly steps: number; readonly predictions: number };
  /** The project that the inference hook is loaded from; null: none is judged. */
  readonly hook: Project | null;
}

/** A run of one of the judge's own tables, in the judge itself. */
export interface TableSpec extends Run {
  readonly model: PanelModel;
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
  /** Put on every container. */
  readonly labels: { readonly [key: string]: string };
  /** What learners run on. */
  readonly device: Device;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends all containers; `measure` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** `class` names what figures are comparable on: the model of processor or GPU. */
export type Device =
  | { readonly kind: 'cpu'; readonly class: string }
  | { readonly kind: 'cuda'; readonly class: string; readonly ids: readonly string[] };

/** A measurement whose standard error is still text: the caller stores it as a blob. */
export type MeasuredRun = Omit<Measurement, 'standardErrorBlob'> & {
  /** What the containers wrote to standard error and the trace of the exception that ended the run; empty where there was none. */
  readonly standardError: string;
};
