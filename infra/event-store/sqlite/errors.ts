/** What SQLite's error codes mean to a caller of the port. https://www.sqlite.org/rescode.html */
import { StoreUnavailableError } from '../../../domain/ports.ts';

const BUSY = 5;
const LOCKED = 6;
const IO_ERROR = 10;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;
const CONSTRAINT_UNIQUE = 2067;

interface SqliteError {
  readonly errcode: number;
  readonly message: string;
}

/** By its fields: `node:sqlite` exports no class to ask for. */
function isSqliteError(error: unknown): error is SqliteError {
  return typeof error === 'object' && error !== null && 'errcode' in error && 'message' in error;
}

export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === BUSY;
}

export function isUniqueViolation(error: unknown): boolean {
  return isSqliteError(error) && error.errcode === CONSTRAINT_UNIQUE;
}

/** The port's error for one of SQLite's; any other error as it is. */
export function translate(error: unknown, file: string): unknown {
  if (!isSqliteError(error)) return error;
  // The low byte is the kind; the rest says more about it.
  switch (error.errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return new StoreUnavailableError(`ledger ${file} is busy: another process holds its write lock`, {
        cause: error,
      });
    case IO_ERROR:
    case FULL:
      return new StoreUnavailableError(`ledger ${file} cannot be used: ${error.message}`, { cause: error });
    case CANNOT_OPEN:
      return new Error(`cannot open ledger ${file}: make its folder first, and make it writable`, {
        cause: error,
      });
    case NOT_A_DATABASE:
      return new Error(`${file} is not a PRISM ledger (not an SQLite database); give another file`, {
        cause: error,
      });
    default:
      return error;
  }
}
