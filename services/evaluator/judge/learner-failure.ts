import type { Measurement } from '../../../domain/evaluation/measurement.ts';

export type FailureKind = Exclude<Measurement['ending']['kind'], 'completed'>;

/** Characters of a failure's description, as an event may hold them. */
const DETAIL_LIMIT = 500;

/** The learner ended its run: a verdict about what was submitted, never about our machines. */
export class LearnerFailure extends Error {
  readonly kind: FailureKind;
  /** The end of the Python trace, where there was an exception; said by the container. */
  readonly trace: string;

  /** @param detail for the miner: what happened, in which operation, at which step; cut to 500 characters */
  constructor(kind: FailureKind, detail: string, trace = '') {
    super(detail.slice(0, DETAIL_LIMIT).toWellFormed());
    this.name = 'LearnerFailure';
    this.kind = kind;
    this.trace = trace;
  }

  get ending(): Measurement['ending'] {
    return { kind: this.kind, detail: this.message };
  }
}

/** What went well at first and fails where it is repeated comes out otherwise there: to fail is no way around the comparison. */
export function inReplayer(error: unknown): unknown {
  if (!(error instanceof LearnerFailure) || error.kind === 'impure' || error.kind === 'unlearned-state') {
    return error;
  }
  const detail = `repeated in a fresh container: ${error.kind}: ${error.message}`;
  return new LearnerFailure('impure', detail, error.trace);
}
