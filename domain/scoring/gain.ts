/** A measured gain: by how much one thing learns better than another, paired over the same streams. */
import { z } from 'zod';

export const gainSchema = z.strictObject({
  /** Number of paired runs. */
  n: z.int().min(1),
  /** Mean gain in microbits per byte; positive is better. */
  meanMicrobits: z.int(),
  /** Standard error of the mean, not below the policy's floor. */
  standardErrorMicrobits: z.int().min(0),
  /** Mean less the policy's multiple of the standard error: what counts. */
  lowerMicrobits: z.int(),
});

export type Gain = z.infer<typeof gainSchema>;
