import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { joinsTwo, type Project } from './run.ts';

export type FailureKind = Exclude<Measurement['ending']['kind'], 'completed'>;

/** Characters of a failure's description, as an event may hold them. */
const DETAIL_LIMIT = 500;

/** In place of what a failure says where its words could be chosen to quote another's sources. */
const KEPT_BACK = "its words are kept from the log, for they may tell of another's sealed sources";

/** The learner ended its run: a verdict about what was submitted, never about our machines. */
export class LearnerFailure extends Error {
  readonly kind: FailureKind;
  /** Which operation, at which step: the judge's words, nothing of the container's. */
  readonly where: string;
  /** What happened; may quote what the container said. */
  readonly what: string;
  /** The end of the Python trace, where there was an exception; said by the container. */
  readonly trace: string;

  /** The message is of both, for the miner, and cut to 500 characters. */
  constructor(kind: FailureKind, where: string, what: string, trace = '') {
    super(`${where}: ${what}`.slice(0, DETAIL_LIMIT).toWellFormed());
    this.name = 'LearnerFailure';
    this.kind = kind;
    this.where = where;
    this.what = what;
    this.trace = trace;
  }

  /**
   * As the log tells it to everyone. Where a recipe runs beside an architecture from elsewhere, what it raises, and what it calls its tensors, can
   * quote that architecture, which may be sealed: then only the operation, the step and the kind are told.
   */
  endingIn(project: Pick<Project, 'training' | 'sameRoot'>): Measurement['ending'] {
    const { kind, where, message } = this;
    return { kind, detail: joinsTwo(project) ? `${where}: ${kind}; ${KEPT_BACK}` : message };
  }
}

/** What went well at first and fails where it is repeated comes out otherwise there: to fail is no way around the comparison. */
export function inReplayer(error: unknown): unknown {
  if (!(error instanceof LearnerFailure) || error.kind === 'impure' || error.kind === 'unlearned-state') {
    return error;
  }
  const where = `repeated in a fresh container: ${error.kind}: ${error.where}`;
  return new LearnerFailure('impure', where, error.what, error.trace);
}
