/** What the reviewer's container answers to the operation `review`. */
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.string().min(1).max(512);

/** Rule ids and what they mean are in docs/review-rules.md. */
export const reviewFindingSchema = z.strictObject({
  rule: z.string().regex(/^[a-z][a-z0-9-]{1,63}$/),
  /** `error` rejects the submission, `warning` is only recorded. */
  severity: z.enum(['error', 'warning']),
  /** Null where a finding is of the project as a whole. */
  path: path.nullable(),
  /** 1 is the first; null where a finding is of a whole file. */
  line: z.int().min(1).nullable(),
  message: z.string().min(1).max(500),
  hint: z.string().min(1).max(500),
});

const componentFingerprint = z.strictObject({
  /** Over the normalised syntax that the component's contract functions can reach. */
  digest: sha256,
  /** Smallest winnowed fingerprints of the same, 32-bit, strictly ascending. */
  sketch: z.array(z.int().min(0).max(0xffff_ffff)).min(1).max(64),
  /** What importing the component's entrypoint loads, sorted. */
  files: z.array(path).min(1).max(200),
});

export const reviewResultSchema = z.strictObject({
  ok: z.literal(true),
  /** Version of the normalisation: digests and sketches of two versions do not compare. */
  normaliser: z.int().min(1),
  /** Of the parser, as `3.11`. */
  python: z.string().regex(/^\d+\.\d+$/),
  /** By path, line and rule; of more than 200 the errors. */
  findings: z.array(reviewFindingSchema).max(200),
  /** Null where the project has no such component, or none that can be read. */
  architecture: componentFingerprint.nullable(),
  training: componentFingerprint.nullable(),
  /** Of `inference_logits`, else of `infer`. */
  inference: componentFingerprint.nullable(),
  /** The hooks that will be called, and the entrypoint that each is taken from. */
  hooks: z
    .array(
      z.strictObject({
        name: z.enum(['configure_optimizer', 'inference_logits', 'infer', 'compute_loss', 'train_step']),
        where: z.enum(['architecture', 'training']),
      }),
    )
    .max(5),
});

export type ReviewResult = z.infer<typeof reviewResultSchema>;
