/** The probe plan: what is trained, for how long, and how it is judged. It is data in the policy. */
import { z } from 'zod';
import { MICROBITS_PER_BYTE } from './units.ts';

const positive = z.int().min(1);

const containerLimitsSchema = z.strictObject({
  memoryBytes: positive,
  /** Thousandths of a CPU. */
  milliCpus: positive,
  pids: positive,
  tmpBytes: positive,
  wallMs: positive,
});

/** One point on the judged curve. */
const checkpointSchema = z.strictObject({
  /** Training steps done when the model is taken. */
  step: positive,
  /** Number of windows judged, each used once in the whole run. */
  windows: positive,
});

export const planSchema = z
  .strictObject({
    profile: z.enum(['tiny', 'standard', 'official']),
    /** Paired repetitions: every pair runs once on the streams of each seed. */
    seeds: positive.max(16),
    steps: positive.max(100_000),
    /** Windows revealed per step. */
    batch: positive.max(1_024),
    /** Bytes that the model reads; a window has one byte more, its last target. */
    sequenceLength: z.int().min(8).max(65_536),
    checkpoints: z.array(checkpointSchema).min(2).max(64),
    /** Requests that the windows of a checkpoint are spread over, each with one common secret prefix length. */
    requestsPerCheckpoint: positive.max(64),
    context: z.strictObject({ maxLayers: positive, maxParameters: positive }),
    /** Largest model state taken from a trainer, in bytes of raw tensors. */
    maxStateBytes: positive,
    timeouts: z.strictObject({
      startMs: positive,
      buildMs: positive,
      stepMs: positive,
      snapshotMs: positive,
      predictMs: positive,
    }),
    trainer: containerLimitsSchema,
    predictor: containerLimitsSchema,
  })
  .superRefine((plan, context) => {
    let last = 0;
    for (const [index, checkpoint] of plan.checkpoints.entries()) {
      if (checkpoint.step <= last) {
        context.addIssue({
          code: 'custom',
          path: ['checkpoints', index, 'step'],
          message: 'steps must increase',
        });
      }
      last = checkpoint.step;
    }
    if (last !== plan.steps) {
      context.addIssue({
        code: 'custom',
        path: ['checkpoints'],
        message: `the last checkpoint must be at step ${plan.steps}`,
      });
    }
  });

export type Plan = z.infer<typeof planSchema>;

/**
 * What is trained: `reference` is the judge's model under the judge's recipe; `architecture` the submission's (or its family's) under
 * the judge's recipe; `recipe` the same architecture under the submission's recipe.
 */
export const PAIRS = ['reference', 'architecture', 'recipe'] as const;
export const pairSchema = z.enum(PAIRS);
export type Pair = z.infer<typeof pairSchema>;

/** How a run ended. A learner's failure is completed at 8 bits per byte; a fault of ours is no run at all. */
export const endingSchema = z.strictObject({
  kind: z.enum(['completed', 'learner-ended', 'late', 'malformed', 'non-finite', 'over-limit']),
  /** For the miner: what happened, at which step. */
  detail: z.string().max(500),
});

export const curvePointSchema = z.strictObject({
  step: z.int().min(1),
  /** Training bytes revealed to the trainer by then. */
  bytesRevealed: z.int().min(0),
  /** Mean judged loss in microbits per byte; capped at 64 bits so that one absurd answer cannot leave the safe integers. */
  lossMicrobits: z
    .int()
    .min(0)
    .max(64 * MICROBITS_PER_BYTE),
  windows: z.int().min(0),
});
export type CurvePoint = z.infer<typeof curvePointSchema>;

export const effectiveSandboxSchema = z.strictObject({
  runtime: z.string().max(100),
  image: z.string().max(200),
  user: z.string().max(100),
  network: z.string().max(100),
  readOnlyRoot: z.boolean(),
  capabilities: z.string().max(400),
  noNewPrivileges: z.boolean(),
  seccomp: z.string().max(100),
  memoryBytes: z.int(),
  memorySwapBytes: z.int(),
  nanoCpus: z.int(),
  pids: z.int(),
  tmpBytes: z.int(),
});

/** What the judge measured in one run, all of it from outside the containers except `instrumented`. */
export const measurementSchema = z.strictObject({
  pair: pairSchema,
  /** Index into the plan's seeds. */
  seed: z.int().min(0).max(15),
  ending: endingSchema,
  curve: z.array(curvePointSchema).min(2).max(64),
  /** Bytes of raw tensors at the last snapshot. */
  stateBytes: z.int().min(0),
  /** CPU time of the containers' cgroups. */
  trainerCpuUs: z.int().min(0),
  predictorCpuUs: z.int().min(0),
  durationUs: z.int().min(0),
  sandboxes: z.strictObject({
    trainer: effectiveSandboxSchema.nullable(),
    predictor: effectiveSandboxSchema.nullable(),
  }),
  /** Said by the host inside the container: recorded, never raises a score. */
  instrumented: z.strictObject({
    parameters: z.int().min(0).nullable(),
    hooksUsed: z.array(z.string().max(40)).max(16),
  }),
  /** Blob of the first bytes of standard error, where there were any. */
  standardErrorBlob: z.string().nullable(),
});
export type Measurement = z.infer<typeof measurementSchema>;
