/** A command or an event that the rules do not allow in the present state. */
export type RefusalCode =
  | 'already-done'
  | 'not-yet'
  | 'final'
  | 'fenced'
  | 'too-early'
  | 'limit-reached'
  | 'wrong-content'
  | 'not-owed'
  | 'unknown';

/** Nothing has happened; `code` is for callers, the message for people. */
export class RefusedError extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = 'RefusedError';
    this.code = code;
  }
}

/** Throws `RefusedError` unless `condition` holds. */
export function ensure(condition: boolean, code: RefusalCode, message: string): asserts condition {
  if (!condition) throw new RefusedError(code, message);
}
