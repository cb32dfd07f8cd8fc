/** The score card: everything that a score was made of, and what was measured besides. */
import { z } from 'zod';
import { PENALTIES } from '../evaluation/penalty-rules.ts';
import { axisSchema } from '../evaluation/plan.ts';
import { signalSchema } from '../evaluation/signal-names.ts';
import { IGNORANCE_MICROBITS, PPM } from '../evaluation/units.ts';
import { gainSchema } from './gain.ts';

const count = z.int().min(0);
const seed = count.max(255);

const signalLineSchema = z.strictObject({
  signal: signalSchema,
  /** What it counts; those of all signals sum to one million. */
  weightPpm: count.max(PPM),
  gain: gainSchema,
  /** Its part of `sumPpm`: the weighted gain less its share of the margin of the interval. Below 0 it takes away. */
  contributionPpm: z.int(),
  /** How much of the standard error the judged windows explain; null where it is not known for this signal. */
  samplingMicrobits: count.nullable(),
});

const penaltyLineSchema = z.strictObject({
  signal: z.enum(PENALTIES),
  /** `instrumented`: the container said so, or did not. */
  source: z.enum(['judged', 'instrumented']),
  /** In the signal's own unit, at its worst run. */
  value: count,
  /** What the policy takes off for it; 0 where it has no rule. */
  microbits: count.max(IGNORANCE_MICROBITS),
  /** The same in the unit of `sumPpm`: what it lowers it by. */
  takenPpm: count.max(PPM),
});

const ladderSchema = z.strictObject({
  axis: axisSchema,
  /** The base point (1,000), then the plan's; null where nothing was run. */
  rungs: z
    .array(z.strictObject({ scaleMilli: z.int().min(1), gain: gainSchema.nullable() }))
    .min(1)
    .max(5),
  /** The rung that counts. */
  worstScaleMilli: z.int().min(1),
  /** By how much the gain changes with every doubling; null where less than two sizes were run. It does not count. */
  trend: z.strictObject({ perDoublingMicrobits: z.int(), standardErrorMicrobits: count }).nullable(),
});

const growthSchema = z
  .strictObject({
    /** p of RMS ~ at^p, thousandths; 10,000 is worst, and what is missing. */
    exponentMilli: z.int().min(-10_000).max(10_000),
    standardErrorMilli: count.max(10_000),
    /** Last over first, thousandths. */
    ratioMilli: count,
  })
  .nullable();

export const cardSchema = z
  .strictObject({
    pair: z.enum(['architecture', 'recipe']),
    /** Lower bound of `total` in parts per million of 8 bits, also below 0: exactly the contributions less what is taken off. */
    sumPpm: z.int(),
    signals: z.array(signalLineSchema),
    penalties: z.array(penaltyLineSchema),
    /** What follows was measured and weighs nothing by itself. */
    ladders: z.array(ladderSchema),
    /** Gains of the curve's signals, weighted, seed by seed: their spread widens the interval and does nothing else. */
    seeds: z.strictObject({
      gains: z.array(z.strictObject({ seed, microbits: z.int() })),
      standardDeviationMicrobits: count,
      /** Of the standard deviation. */
      uncertaintyMicrobits: count,
    }),
    /** Fits of E + A n^-a to the curves of the base point, without the bits of what was delivered; none where the signal does not count. */
    extrapolation: z.array(
      z.strictObject({
        seed,
        /** At 10 times the bytes, with a 95 % interval. */
        lossMicrobits: count,
        lowerMicrobits: count,
        upperMicrobits: count,
        floorMicrobits: count,
        exponentMilli: count,
      }),
    ),
    /** Growth of root mean squares of weights and of updates, of the seed where they grow fastest; null: too little was planned. */
    growth: z.strictObject({
      overSteps: z.strictObject({ weight: growthSchema, update: growthSchema }),
      acrossSizes: z.strictObject({ weight: growthSchema, update: growthSchema }),
    }),
  })
  .refine(
    ({ sumPpm, signals, penalties }) =>
      sumPpm ===
      signals.reduce((sum, line) => sum + line.contributionPpm, 0) -
        penalties.reduce((sum, line) => sum + line.takenPpm, 0),
    { path: ['sumPpm'], message: 'is not the sum of the contributions less what is taken off' },
  );

export type Card = z.infer<typeof cardSchema>;
