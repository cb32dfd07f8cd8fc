/** Reviews one project in a fresh container that executes nothing of the miner's, and reads its answer strictly. */
import type { DataOf } from '../../domain/events/catalogue.ts';
import { type Sandbox, SandboxError } from '../../domain/ports.ts';
import type { ProjectFiles } from '../runtime/project-files.ts';
import { type ReviewResult, reviewResultSchema } from './review-result.ts';

const MIB = 1_048_576;
const ANSWER_BYTES = 4 * MIB;
const TIMEOUT_MS = 60_000;
const LIMITS = { memoryBytes: 512 * MIB, cpus: 1, pids: 16, tmpBytes: 4 * MIB, wallMs: 120_000 } as const;

export type Review =
  | { readonly ok: true; readonly result: ReviewResult }
  /** The project broke the reviewer by its size or depth: a verdict with a name, not a fault of ours. */
  | { readonly ok: false; readonly code: 'review-limits'; readonly message: string };

export interface ReviewParts {
  readonly sandbox: Sandbox;
  readonly labels: { readonly [key: string]: string };
}

/** Throws `SandboxError` of kind `our-fault` (or any other error) where infrastructure failed. */
export async function review(
  layout: DataOf<'SubmissionAdmitted'>['layout'],
  files: ProjectFiles,
  parts: ReviewParts,
): Promise<Review> {
  const session = await parts.sandbox.open({
    image: 'reviewer',
    role: 'reviewer',
    labels: parts.labels,
    limits: LIMITS,
  });
  try {
    const ordered = [...files];
    const header = {
      op: 'review',
      layout,
      files: ordered.map(([path, bytes]) => ({ path, size: bytes.length })),
    };
    const frame = { header, body: Buffer.concat(ordered.map(([, bytes]) => bytes)) };
    const answer = await session.request(frame, { timeoutMs: TIMEOUT_MS, maxBytes: ANSWER_BYTES });
    const parsed = reviewResultSchema.safeParse(answer.header);
    // The container runs our code only: an answer that does not parse is a bug of ours. It is not quoted: what is said here is public.
    if (!parsed.success)
      throw new SandboxError(
        'our-fault',
        `the reviewer's answer is of no form that is known: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`,
      );
    return { ok: true, result: parsed.data };
  } catch (error) {
    if (error instanceof SandboxError && (error.kind === 'over-limit' || error.kind === 'late')) {
      return {
        ok: false,
        code: 'review-limits',
        message: `could not be reviewed within ${TIMEOUT_MS / 1_000} s and ${LIMITS.memoryBytes / MIB} MiB: make the sources smaller and flatter`,
      };
    }
    throw error;
  } finally {
    await session.close();
  }
}
