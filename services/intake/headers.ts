/** What Platform says of a forwarded request, under either prefix that it has used: `X-Platform-` and, since 2026-06-24, `X-Base-`. */
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { hotkeySchema } from '../../domain/policy/policy.ts';
import { sameSecret } from '../runtime/same-secret.ts';

/** A request that is not Platform's, or that does not say what it must. It writes nothing. */
export class BridgeError extends Error {
  readonly status: 400 | 401 | 409 | 422 | 503;
  readonly code: string;
  constructor(status: BridgeError['status'], code: string, message: string) {
    super(message);
    this.name = 'BridgeError';
    this.status = status;
    this.code = code;
  }
}

const vouchedSchema = z.strictObject({
  hotkey: hotkeySchema,
  nonce: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  requestHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be the lower-case hex SHA-256 of the body'),
  uid: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a number from 0 to 65535')
    .transform(Number)
    .refine((uid) => uid <= 65_535, 'must be a number from 0 to 65535')
    .nullable(),
  filename: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,255}$/, 'must match [A-Za-z0-9_.-]+')
    .nullable(),
});

export type Vouched = z.infer<typeof vouchedSchema>;

const NAMES: { readonly [key in keyof Vouched]: string } = {
  hotkey: 'Verified-Hotkey',
  nonce: 'Verified-Nonce',
  requestHash: 'Request-Hash',
  uid: 'Verified-Uid',
  filename: 'X-Submission-Filename',
};

function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name.toLowerCase()];
  if (Array.isArray(value))
    throw new BridgeError(400, 'repeated-header', `header ${name} is given more than once`);
  return value ?? null;
}

/** The header under one of both prefixes; two that disagree are refused. */
function prefixed(headers: IncomingHttpHeaders, name: string): string | null {
  const [platform, base] = [header(headers, `X-Platform-${name}`), header(headers, `X-Base-${name}`)];
  if (platform !== null && base !== null && platform !== base) {
    throw new BridgeError(400, 'headers-disagree', `X-Platform-${name} and X-Base-${name} differ`);
  }
  return platform ?? base;
}

/** Throws `BridgeError` unless the request carries the shared token and this challenge's slug, if any. */
export function authenticate(headers: IncomingHttpHeaders, token: string, slug: string): void {
  const given = /^Bearer (.+)$/i.exec(header(headers, 'authorization') ?? '')?.[1];
  if (given === undefined || !sameSecret(given, token)) {
    throw new BridgeError(401, 'not-authorised', 'Authorization: Bearer <token> is missing or wrong');
  }
  const named = prefixed(headers, 'Challenge-Slug');
  if (named !== null && named !== slug)
    throw new BridgeError(400, 'wrong-slug', `this challenge is ${slug}, not ${named}`);
}

/** Throws `BridgeError` that names the header. */
export function vouchedBy(headers: IncomingHttpHeaders): Vouched {
  const parsed = vouchedSchema.safeParse({
    hotkey: prefixed(headers, NAMES.hotkey) ?? undefined,
    nonce: prefixed(headers, NAMES.nonce) ?? undefined,
    requestHash: prefixed(headers, NAMES.requestHash)?.toLowerCase(),
    uid: prefixed(headers, NAMES.uid),
    filename: header(headers, NAMES.filename),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = issue?.path[0];
  const named =
    typeof key === 'string' && Object.hasOwn(NAMES, key) ? NAMES[key as keyof Vouched] : 'headers';
  const what = key === 'filename' ? named : `X-Platform-${named} (or X-Base-${named})`;
  throw new BridgeError(
    422,
    'bad-header',
    `${what}: ${issue?.code === 'invalid_type' ? 'is missing' : (issue?.message ?? 'is not valid')}`,
  );
}
