/** What the judge measured in one run: an event's data. All of it is read from outside the containers except `instrumented` and `tensors`. */
import { z } from 'zod';
import { runKeySchema } from './runs.ts';
import { MICROBITS_PER_BYTE } from './units.ts';

const count = z.int().min(0);

/** How a run ended. A learner's failure is completed at 8 bits per byte; a fault of ours is no run at all. */
export const endingSchema = z.strictObject({
  kind: z.enum([
    'completed',
    'learner-ended',
    'late',
    'malformed',
    'non-finite',
    'over-limit',
    /** The same step or prediction gave something else in a fresh container. */
    'impure',
    /** Too much of the state changes otherwise than by the optimiser. */
    'unlearned-state',
  ]),
  /** For the miner: what happened, at which step. */
  detail: z.string().max(500),
});

const loss = count.max(64 * MICROBITS_PER_BYTE);

export const curvePointSchema = z.strictObject({
  step: z.int().min(1),
  /** Training bytes revealed to the trainer by then. */
  bytesRevealed: count,
  /** Mean judged loss in microbits per byte; capped at 64 bits so that one absurd answer cannot leave the safe integers. */
  lossMicrobits: loss,
  /** Standard error of that mean over its windows, which is sampling noise; 0 where none was judged. */
  standardErrorMicrobits: loss,
  windows: count,
});
export type CurvePoint = z.infer<typeof curvePointSchema>;

/** Read by the judge from the tensors themselves, at one snapshot: root mean squares over all floating-point elements, in 1e-9. */
export const normsSchema = z.strictObject({
  step: z.int().min(1),
  weightNano: count,
  /** Of the difference to the snapshot before; 0 at the first. */
  updateNano: count,
});

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
  /** `cpu`, or the GPUs that it was given. */
  devices: z.string().max(400),
});

/** Processor time of requests for predictions, read from outside the container, in microseconds per window. */
export const latencySchema = z.strictObject({ medianUs: count, p95Us: count });

/** What an inference hook made of the same model, at the checkpoints in the last fifth of the steps. */
export const hookSchema = z.strictObject({
  points: z.array(z.strictObject({ step: z.int().min(1), lossMicrobits: loss, windows: count })).max(40),
  latency: latencySchema,
  ending: endingSchema,
});

/** What the host inside the container said; worst where it said nothing that can be used. Recorded, never raises a score. */
export const instrumentedSchema = z.strictObject({
  parameters: count.nullable(),
  hookUses: z.record(z.string().regex(/^[a-z_]{1,40}$/), count),
  /** Standard deviation of the logarithm of the gradient's norm after warm-up, thousandths; null: not told. */
  gradientSpreadMilli: count.nullable(),
  gradientMaxOverMedianMilli: count.nullable(),
  gradientClippedPpm: count.nullable(),
  /** Gradient noise scale, windows. */
  noiseScaleMilli: count.nullable(),
  activationSpikesPpm: count.nullable(),
  activationNonFinite: count.nullable(),
});

/** Of a run whose host said nothing, or that has none. */
export const NOTHING_TOLD: z.infer<typeof instrumentedSchema> = {
  parameters: null,
  hookUses: {},
  gradientSpreadMilli: null,
  gradientMaxOverMedianMilli: null,
  gradientClippedPpm: null,
  noiseScaleMilli: null,
  activationSpikesPpm: null,
  activationNonFinite: null,
};

export const DTYPES = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int64',
  'int32',
  'uint8',
  'bool',
] as const;

const MAX_RANK = 8;

/** A tensor that a host declares, without its name. */
export const tensorShapeSchema = z.strictObject({
  dtype: z.enum(DTYPES),
  shape: z.array(count).max(MAX_RANK),
});

/** A model of more tensors has none of them in the log. */
export const MAX_TENSORS_TOLD = 512;

export const measurementSchema = runKeySchema.extend({
  ending: endingSchema,
  curve: z.array(curvePointSchema).min(2).max(40),
  norms: z.array(normsSchema).max(40),
  /** Bytes that were delivered for the run, compressed: their bits are part of what the model cost. */
  payloadBytes: count,
  /** Bytes of raw tensors at the last snapshot. */
  stateBytes: count,
  /** CPU time of the containers' cgroups; of a table, of the judge. */
  trainerCpuUs: count,
  predictorCpuUs: count,
  /** Time in which the trainer's GPU was busy; 0 on a CPU. */
  gpuBusyUs: count,
  durationUs: count,
  /** Most memory that the container held; 0 where it could not be read. */
  trainerPeakBytes: count,
  predictorPeakBytes: count,
  /** What it ran on: figures of one class are comparable. */
  device: z.string().max(200),
  latency: latencySchema,
  hook: hookSchema.nullable(),
  checks: z.strictObject({
    /** Steps, and predictions of single windows, that were repeated in a fresh container and agreed. */
    steps: count,
    predictions: count,
    /** Bytes of tensors that changed otherwise than the judge's AdamW moves parameters; null: not looked at. */
    unlearnedBytes: count.nullable(),
  }),
  sandboxes: z.strictObject({
    trainer: effectiveSandboxSchema.nullable(),
    predictor: effectiveSandboxSchema.nullable(),
  }),
  instrumented: instrumentedSchema,
  /**
   * Tensors of the trainer's first snapshot as the host declares them: evidence of how a model is built. Of the pair `architecture` on the first
   * seed of each point; empty otherwise, where no snapshot came and where there are more.
   */
  tensors: z.array(tensorShapeSchema).max(MAX_TENSORS_TOLD),
  /** Blob of the first bytes of standard error, where there were any. */
  standardErrorBlob: z.string().nullable(),
});
export type Measurement = z.infer<typeof measurementSchema>;

/** Device time of the training in microseconds: what a gain has to be compared at. */
export function costOf({ trainerCpuUs, gpuBusyUs }: Pick<Measurement, 'trainerCpuUs' | 'gpuBusyUs'>): number {
  return trainerCpuUs + gpuBusyUs;
}
