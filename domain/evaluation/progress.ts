/** How far the runs of an evaluation have come: for people who watch. It is recorded nowhere, proves nothing, and may be lost. */
import { z } from 'zod';
import { timeSchema, uuidSchema } from '../events/envelope.ts';
import { MICROBITS_PER_BYTE } from './units.ts';

/** A receiver reads no message longer than this many bytes. */
export const MAX_PROGRESS_BYTES = 64 * 1024;

const count = z.int().min(0).max(1_000_000_000);

/** What an evaluator says of one run, at most once a second and when the run ends. */
export const runProgressSchema = z
  .strictObject({
    submission: uuidSchema,
    run: z
      .string()
      .regex(/^[\x20-\x7e]{1,100}$/, 'must be 1 to 100 printable ASCII characters')
      .describe('Name of the run within its evaluation: `architecture seed 1`.'),
    step: count.describe('Training steps done.'),
    steps: count.describe('Training steps of the whole run.'),
    lossMicrobits: z
      .int()
      .min(0)
      .max(64 * MICROBITS_PER_BYTE)
      .nullable()
      .describe('Last judged loss, in millionths of a bit per byte; null: nothing is judged yet.'),
    ended: z.boolean().describe('The run is recorded in the ledger, complete or not: nothing more follows.'),
    runsDone: count.describe('Runs of the evaluation that are recorded.'),
    runsPlanned: count,
    at: timeSchema.describe("The evaluator's clock."),
  })
  .refine(({ step, steps }) => step <= steps, { path: ['step'], message: 'must not exceed steps' })
  .refine(({ runsDone, runsPlanned }) => runsDone <= runsPlanned, {
    path: ['runsDone'],
    message: 'must not exceed runsPlanned',
  });

export type RunProgress = z.infer<typeof runProgressSchema>;
