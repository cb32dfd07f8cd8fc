/**
 * Canonical bytes: RFC 8785 (JCS) of a JSON value. They are what is hashed, signed, stored and exchanged.
 *
 * Only JSON that survives every runtime unchanged is accepted: safe integers (no fractions: fixed units are
 * used instead), well-formed strings, no NaN, Infinity, undefined or BigInt.
 */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Raised where a value cannot be written to the ledger; `path` says which part of it (JSON pointer). */
export class NotCanonicalError extends Error {
  readonly path: string;
  constructor(path: string, reason: string) {
    super(`cannot be written to the ledger: ${path === '' ? '(root)' : path} ${reason}`);
    this.name = 'NotCanonicalError';
    this.path = path;
  }
}

/** Throws `NotCanonicalError` unless `value` consists of safe integers, well-formed strings, booleans, nulls. */
export function assertLedgerJson(value: unknown, path = ''): asserts value is Json {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      if (!value.isWellFormed()) throw new NotCanonicalError(path, 'holds an unpaired surrogate');
      return;
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
        throw new NotCanonicalError(path, `is ${String(value)}, not a safe integer`);
      }
      return;
    case 'object':
      if (value === null) return;
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i += 1) assertLedgerJson(value[i], `${path}/${i}`);
        return;
      }
      for (const [key, member] of Object.entries(value)) {
        if (!key.isWellFormed()) throw new NotCanonicalError(path, 'has a key with an unpaired surrogate');
        assertLedgerJson(member, `${path}/${key}`);
      }
      return;
    default:
      throw new NotCanonicalError(path, `is of type ${typeof value}`);
  }
}

/** RFC 8785 text of `value`. Throws `NotCanonicalError` for anything the ledger cannot hold. */
export function canonicalText(value: unknown): string {
  assertLedgerJson(value);
  const text = canonicalize(value);
  if (text === undefined) throw new NotCanonicalError('', 'is undefined');
  return text;
}

/** UTF-8 of `canonicalText`. */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(canonicalText(value), 'utf8');
}

/** Lower-case hex SHA-256. */
export function sha256(bytes: string | Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** Lower-case hex SHA-256 of the canonical bytes of `value`. */
export function digestOf(value: unknown): string {
  return sha256(canonicalText(value));
}
