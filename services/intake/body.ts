/** The archive inside a request's body: raw ZIP bytes, or the reference's JSON with base64. */
import { z } from 'zod';
import { BridgeError } from './headers.ts';

/** The reference's `SubmissionCreate`. Its `metadata` is not used. */
const submissionCreateSchema = z.object({
  code: z.string().min(1),
  filename: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+\.(py|zip)$/, 'must end in .py or .zip')
    .default('model.py'),
});

export interface Archive {
  readonly zip: Buffer;
  readonly filename: string;
}

function isJson(body: Buffer, contentType: string): boolean {
  // Platform sends application/octet-stream where the miner named no type, so the first byte decides then.
  return (
    contentType.startsWith('application/json') ||
    (!contentType.startsWith('application/zip') && body[0] === 0x7b)
  );
}

/** Throws `BridgeError` for JSON that is not the reference's; bytes that are no ZIP pass, to be turned away with a record. */
export function archiveOf(body: Buffer, contentType: string, filename: string | null): Archive {
  if (!isJson(body, contentType)) return { zip: body, filename: filename ?? 'project.zip' };
  let data: unknown;
  try {
    data = JSON.parse(body.toString('utf8'));
  } catch {
    throw new BridgeError(400, 'bad-json', 'the body is not JSON');
  }
  const parsed = submissionCreateSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BridgeError(
      422,
      'bad-body',
      `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is not valid'}`,
    );
  }
  if (parsed.data.filename.endsWith('.py')) {
    throw new BridgeError(
      422,
      'not-an-archive',
      'send the project as a ZIP: code must be base64 of it, and filename end in .zip',
    );
  }
  // White space goes first, so that the expression has one way to match and its time is linear.
  const code = parsed.data.code.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(code)) throw new BridgeError(422, 'bad-base64', 'code: is not base64');
  return { zip: Buffer.from(code, 'base64'), filename: filename ?? parsed.data.filename };
}
