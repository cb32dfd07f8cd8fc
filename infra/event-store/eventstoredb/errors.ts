/** What the client's errors mean to a caller of the port. */
import { ErrorType } from '@eventstore/db-client';
import { StoreUnavailableError } from '../../../domain/ports.ts';

/** Answers that will be the same next time: something has to be put right first. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [ErrorType.ACCESS_DENIED, 'access denied: give a user that may, esdb://user:password@host'],
  [ErrorType.STREAM_DELETED, 'the stream was deleted there: a ledger that lost a stream must be restored'],
  [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED, 'its MaxAppendSize is below 1 MiB: raise it to that'],
  [ErrorType.INVALID_ARGUMENT, 'it does not understand the request'],
  [ErrorType.UNSUPPORTED, 'it does not offer the call'],
]);

/** gRPC UNIMPLEMENTED: something else answers at that address. */
const UNIMPLEMENTED = 12;

/**
 * The port's error for one of the client's. Whatever is not a plain refusal leaves it open whether an append was made, so it becomes
 * `StoreUnavailableError`. An error is recognised by its gRPC `code` too: a call that finds the server down can reject with the raw one,
 * whose `type` is undefined.
 */
export function translate(error: unknown): unknown {
  // A TypeError is a fault in a program, which trying again does not mend.
  if (typeof error !== 'object' || error === null || error instanceof TypeError) return error;
  const type = 'type' in error ? error.type : undefined;
  const message = 'message' in error ? error.message : String(error);
  const code = 'code' in error ? error.code : undefined;
  const refusal = REFUSALS.get(type) ?? (code === UNIMPLEMENTED ? 'it is no EventStoreDB server' : undefined);
  if (refusal !== undefined) {
    return new Error(`EventStoreDB refused: ${refusal} (${message})`, { cause: error });
  }
  return new StoreUnavailableError(`EventStoreDB did not answer: ${message}`, { cause: error });
}
