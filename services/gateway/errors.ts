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
  'store-unavailable': 503,
  'intake-unavailable': 503,
  'token-not-configured': 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export class HttpError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpError';
    this.code = code;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

export interface ErrorAnswer {
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

export function errorAnswer(code: ErrorCode, message: string): ErrorAnswer {
  return { error: { code, message } };
}
