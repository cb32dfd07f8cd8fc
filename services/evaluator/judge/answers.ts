/** The answers that a container may give. What is not exactly this is malformed. */
import { z } from 'zod';
import { tensorShapeSchema } from '../../../domain/evaluation/measurement.ts';
import { LearnerFailure } from './learner-failure.ts';

const MAX_TENSORS = 4_096;
const MAX_NAME = 256;

export const tensorSchema = tensorShapeSchema.extend({ name: z.string().min(1).max(MAX_NAME) });
export type TensorSpec = z.infer<typeof tensorSchema>;

const failedSchema = z.object({
  ok: z.literal(false),
  error: z.object({
    type: z.string().max(1_000),
    message: z.string().max(10_000),
    trace: z.string().max(100_000),
  }),
});

export const doneSchema = z.object({ ok: z.literal(true) });

export const builtSchema = z.object({
  ok: z.literal(true),
  /** Said by the host next to the model: recorded, believed by nobody. */
  parameters: z.int().min(0),
});

export const trainedSchema = z.object({ ok: z.literal(true), step: z.int() });

/** Said by the host: read leniently, since nothing depends on it being right. */
const series = z.array(z.number().nullable()).max(2_048).catch([]);
const telemetrySchema = z
  .object({
    gradientNorms: series,
    noise: z
      .array(
        z.object({ small: z.number(), big: z.number(), smallSquared: z.number(), bigSquared: z.number() }),
      )
      .max(1)
      .catch([]),
    activations: z
      .object({ ratios: series, nonFinite: z.int().min(0).catch(0) })
      .catch({ ratios: [], nonFinite: 0 }),
  })
  .catch({ gradientNorms: [], noise: [], activations: { ratios: [], nonFinite: 0 } });
export type Telemetry = z.infer<typeof telemetrySchema>;

export const snapshotSchema = z.object({
  ok: z.literal(true),
  tensors: z.array(tensorSchema).min(1).max(MAX_TENSORS),
  /** The reference optimiser's state, where it was asked for; its bytes follow those of the tensors. */
  optimizer: z
    .array(tensorSchema)
    .max(4 * MAX_TENSORS)
    .default([]),
  /** Calls by hook; anything but names of hooks is not written to the ledger. */
  hookUses: z.record(z.string().regex(/^[a-z_]{1,40}$/), z.int().min(0)).default({}),
  telemetry: telemetrySchema,
});

/**
 * Reads an answer's header.
 * @param where names the operation for the miner
 * Throws `LearnerFailure`: `learner-ended` where the operation raised an exception, `malformed` where the header is not of its schema.
 */
export function parseAnswer<T>(schema: z.ZodType<T>, header: unknown, where: string): T {
  const failed = failedSchema.safeParse(header);
  if (failed.success) {
    const { type, message, trace } = failed.data.error;
    throw new LearnerFailure('learner-ended', where, `${type}: ${message}`, trace);
  }
  const parsed = schema.safeParse(header);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new LearnerFailure(
      'malformed',
      where,
      `answer's ${issue?.path.join('.') || 'header'}: ${issue?.message}`,
    );
  }
  return parsed.data;
}
