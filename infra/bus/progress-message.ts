/** Progress of a run as a NATS message: subject `prism.progress.<submission>`, the payload its JSON. */
import { MAX_PROGRESS_BYTES, type RunProgress, runProgressSchema } from '../../domain/evaluation/progress.ts';

const PREFIX = 'prism.progress.';
/** Those of all submissions. */
export const PROGRESS_SUBJECTS = `${PREFIX}*`;

export interface ProgressMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/** Says where it is wrong, in words that are ours: what a stranger sent does not belong in a log. Throws there. */
function checked(value: unknown): RunProgress {
  const { data, error } = runProgressSchema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new Error(`${issue?.path.join('.') || 'the message'}: ${issue?.code ?? 'wrong'}`);
}

function parsedJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    throw new Error('not JSON in UTF-8');
  }
}

/** Throws where `progress` is not what its schema says. */
export function progressMessage(progress: RunProgress): ProgressMessage {
  const { submission } = checked(progress);
  return { subject: PREFIX + submission, payload: Buffer.from(JSON.stringify(progress), 'utf8') };
}

/** Throws where a message is too long, not JSON, not progress, or of another submission than its subject says. */
export function readProgress({ subject, payload }: ProgressMessage): RunProgress {
  if (payload.length > MAX_PROGRESS_BYTES) throw new Error(`longer than ${MAX_PROGRESS_BYTES} bytes`);
  const progress = checked(parsedJson(payload));
  if (subject !== PREFIX + progress.submission)
    throw new Error("the subject is another submission's than the message");
  return progress;
}
