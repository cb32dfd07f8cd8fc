/** The answer of the reviewer container to `review`, parsed strictly. */
import { z } from 'zod';
import { sha256Schema } from '../../domain/events/envelope.ts';
import { fingerprintSchema } from '../../domain/events/submission.ts';

const componentSchema = fingerprintSchema.extend({ files: z.array(z.string()).max(200).default([]) });

export const reviewResultSchema = z.object({
  ok: z.literal(true),
  normaliser: z.int().min(1),
  python: z.string().max(20).optional(),
  findings: z
    .array(
      z.strictObject({
        rule: z.string().min(1).max(64),
        severity: z.enum(['error', 'warning']),
        path: z.string().nullable(),
        line: z.int().min(0).nullable(),
        message: z.string(),
        hint: z.string(),
      }),
    )
    .max(200),
  architecture: componentSchema.nullable(),
  training: componentSchema.nullable(),
  inference: z.object({ digest: sha256Schema }).nullable(),
  hooks: z
    .array(z.strictObject({ name: z.string().max(40), where: z.enum(['architecture', 'training']) }))
    .max(16),
});

export type ReviewResult = z.infer<typeof reviewResultSchema>;
