import { types } from 'node:util';
import { SandboxError } from '../../../domain/ports.ts';

/** Infrastructure failed: never a verdict about what runs in the container. */
export function ourFault(what: string, cause?: unknown): SandboxError {
  if (cause instanceof SandboxError) return cause;
  const why = cause === undefined ? '' : `: ${messageOf(cause)}`;
  return new SandboxError('our-fault', `${what}${why}`, { cause });
}

/** `promise`, or a rejection with `our-fault` after `ms` milliseconds; what the promise does later is ignored. */
export function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(ourFault(`${what} took longer than ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Its message, if it is an error of any realm; else the value as text. */
export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}

/** The code of a system error, such as ENOENT; undefined where it is none. */
export function codeOf(error: unknown): unknown {
  return types.isNativeError(error) && 'code' in error ? error.code : undefined;
}
