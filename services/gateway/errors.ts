/** The one table of errors that the gateway answers with: `{error: {code, message}}`, never a stack. */

/** HTTP status of each code. */
export const ERROR_STATUS = {
  /** A path, query or header that cannot be read. */
  'bad-request': 400,
  /** A position that the signed log has not reached. */
  'beyond-the-log': 400,
  /** The slug header is missing or another challenge's. */
  'wrong-slug': 400,
  unauthorized: 401,
  /** They open later; `opensAt` says when, once it is decided. */
  'sources-sealed': 403,
  /** The submission owns nothing, and nothing of it is undecided. */
  'sources-never-open': 403,
  'not-found': 404,
  'unknown-submission': 404,
  'unknown-event': 404,
  /** More than intake reads. */
  'body-too-large': 413,
  internal: 500,
  /** Too many past states are being rebuilt. */
  busy: 503,
  /** The log's folder is missing, damaged or not a continuation of what was read before. */
  'log-unreadable': 503,
  /** A file is missing, or is not what the ledger says was admitted. */
  'sources-damaged': 503,
  'store-unavailable': 503,
  'intake-unavailable': 503,
  'token-not-configured': 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What a program may want to know besides the code. */
export interface ErrorDetails {
  /** RFC 3339; null: not decided yet. */
  readonly opensAt?: string | null;
}

export class HttpError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { details?: ErrorDetails } = {}) {
    super(message, options);
    this.name = 'HttpError';
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

export interface ErrorAnswer {
  readonly error: { readonly code: ErrorCode; readonly message: string } & ErrorDetails;
}

export function errorAnswer(code: ErrorCode, message: string, details: ErrorDetails = {}): ErrorAnswer {
  return { error: { code, message, ...details } };
}
