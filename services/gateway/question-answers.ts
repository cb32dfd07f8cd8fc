/** The shapes of the answers to the five questions. */
import { z } from 'zod';
import { axisSchema } from '../../domain/evaluation/plan.ts';
import { sha256Schema, uuidSchema } from '../../domain/events/envelope.ts';
import { hotkeySchema } from '../../domain/policy/policy.ts';
import { TRAINING_HOOKS } from '../../projections/questions/scaling.ts';

const count = z.int().min(0);

const estimateSchema = z
  .strictObject({
    n: z.int().min(1).describe('Observations.'),
    mean: z.int(),
    standardError: count,
    lower: z
      .int()
      .nullable()
      .describe('Lower end of the 95 % interval; null: one observation bounds nothing.'),
    upper: z.int().nullable(),
  })
  .describe("In the unit that the field's name ends in.");
const maybe = estimateSchema.nullable();

/** The answer to a question: a page of rows. */
function answer<Fields extends z.ZodRawShape>(measures: readonly string[], fields: Fields) {
  const tied = z.array(z.string()).describe('Subjects that it is ranked against whose interval overlaps.');
  return z.strictObject({
    rows: z.array(
      z.strictObject({
        rank: z.int().min(1),
        subject: z.string().describe('A family, a submission, or the digest of a recipe.'),
        plan: sha256Schema
          .nullable()
          .describe('Digest of the plan, the budget that rows of it share; null: over all plans.'),
        ...fields,
        ties: z.strictObject(Object.fromEntries(measures.map((measure) => [measure, tied]))),
        events: z.array(count).describe('Log indices of the measurements that the row rests on.'),
      }),
    ),
    next: z.int().nullable().describe('Give it as `after` for the next page; null: this is the last.'),
  });
}

const digest = sha256Schema.nullable();
const from = { hotkey: hotkeySchema, family: uuidSchema.nullable() };

export const learningSpeedSchema = answer(['areaMicrobits'], {
  owner: z.strictObject({ hotkey: hotkeySchema, submission: uuidSchema }).nullable(),
  submissions: z.int().min(1),
  areaMicrobits: estimateSchema,
  at: z.array(
    z.strictObject({
      bytesPpm: z.int().min(1).max(1_000_000),
      lossMicrobits: estimateSchema,
      gainMicrobits: estimateSchema,
    }),
  ),
  timeMicrobits: maybe,
});

export const recipesSchema = answer(['areaMicrobits', 'stabilityPpm'], {
  ...from,
  training: digest,
  areaMicrobits: estimateSchema,
  equalCostMicrobits: maybe,
  costMilli: estimateSchema,
  stabilityPpm: estimateSchema,
  endedPpm: estimateSchema,
  roughnessPpm: maybe,
  lossSpikesPpm: maybe,
  updateSpikesPpm: maybe,
  seedSpreadMicrobits: maybe,
});

export const inferenceHooksSchema = answer(['gainMicrobits'], {
  ...from,
  inference: digest,
  judgedWith: z.enum(['architecture', 'recipe']),
  gainMicrobits: estimateSchema,
  latencyMilli: estimateSchema,
  slowestMilli: count,
  boundMilli: count,
  withinBound: z.boolean(),
  paretoFront: z.boolean(),
  improves: z.boolean(),
});

const verdict = z.enum(['holds', 'fails', 'unknown']);
const hooks = z.array(z.enum(TRAINING_HOOKS));
const rung = z.strictObject({ scaleMilli: z.int().min(1), gainMicrobits: maybe, ended: count });

export const scalingSchema = answer(['worstMicrobits'], {
  ...from,
  training: digest,
  hooks,
  verdict,
  worstMicrobits: estimateSchema,
  base: rung,
  axes: z.array(z.strictObject({ axis: axisSchema, verdict, rungs: z.array(rung) })),
}).extend({
  groups: z.array(
    z.strictObject({
      hooks,
      recipes: z.int().min(1),
      holds: count,
      fails: count,
      unknown: count,
      holdsPpm: maybe,
    }),
  ),
});

export const repeatsSchema = answer(['gainMicrobits'], {
  idea: z.enum(['family', 'recipe']),
  hotkeys: z.int().min(1),
  evaluations: z.array(
    z.strictObject({
      submission: uuidSchema,
      hotkey: hotkeySchema,
      round: count,
      place: z.enum(['own', 'reference', 'other', 'incumbent']),
      gainMicrobits: estimateSchema,
    }),
  ),
  positivePpm: estimateSchema,
  gainMicrobits: estimateSchema,
  repeats: z.boolean(),
});
