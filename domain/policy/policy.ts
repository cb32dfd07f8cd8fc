/** The policy: versioned data that every decision is made under, adopted by an event. */
import { z } from 'zod';
import { PENALTIES, penaltyRuleSchema } from '../evaluation/penalty-rules.ts';
import { AXES, planSchema } from '../evaluation/plan.ts';
import { confirmationRuns, runsOf } from '../evaluation/runs.ts';
import { CURVE_SIGNALS, SIGNALS, type Signal } from '../evaluation/signal-names.ts';
import { IGNORANCE_MICROBITS, PPM } from '../evaluation/units.ts';
import { sha256Schema } from '../events/envelope.ts';
import { confirmationRulesSchema } from '../ownership/luck/rules.ts';

const ppm = z.int().min(0).max(PPM);
const microbits = z.int().min(0).max(IGNORANCE_MICROBITS);
const milliseconds = z.int().min(1).max(1_000_000_000);

/** An event lists all runs that it calls for, with up to 70 bytes each, beside 64 seeds; it has 65,535 bytes in all. */
const MOST_RUNS = 800;

export const hotkeySchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

export const policySchema = z
  .strictObject({
    /** For readers: what this policy is called. */
    name: z.string().min(1).max(64),
    plan: planSchema,
    work: z.strictObject({
      reviewAttempts: z.int().min(1).max(1_000),
      /** Attempts in a row that record no run before an evaluation is given up. */
      evaluationAttempts: z.int().min(1).max(1_000),
      /** A lease that is not renewed within this time may be lapsed by anyone. */
      leaseMs: milliseconds.min(1_000),
      /** Added to a lease before anyone but its holder may lapse it. */
      clockSkewMs: milliseconds,
      /** An attempt that takes longer is lapsed even if its lease is renewed. */
      attemptDeadlineMs: milliseconds,
    }),
    review: z.strictObject({
      /** `hold`: a model reads the sources too, and whatever it does not find clear is held for a person. */
      semantic: z.enum(['off', 'hold']),
    }),
    scoring: z.strictObject({
      /** Standard errors below this are read as this: three seeds can agree by luck. */
      standardErrorFloorMicrobits: microbits,
      /** A gain counts at its lower bound: the mean less this many thousandths of its standard error. */
      confidenceMilliZ: z.int().min(0).max(10_000),
      /** A lower bound at or below this has not been shown to be a gain. */
      minimumGainMicrobits: microbits,
      /** The bits of what was delivered for a run are part of its loss. A plan so short that they outweigh what is learnt may leave them out. */
      payloadCounts: z.boolean(),
      /** What each signal's gain counts in the total; together one million. A ladder that the plan does not have has none. */
      weights: z.strictObject(
        Object.fromEntries(SIGNALS.map((signal) => [signal, ppm])) as { [signal in Signal]: typeof ppm },
      ),
      /** What is taken off for instability; every one is bounded. */
      penalties: z.array(penaltyRuleSchema).max(PENALTIES.length),
      /** An inference hook may take so many thousandths of plain `forward`'s time. */
      hookLatencyMilli: z.int().min(1).max(1_000_000),
    }),
    ownership: z.strictObject({
      /** What a claim has to show on fresh seeds before it owns anything. */
      confirmation: confirmationRulesSchema,
      /** Sketches that agree in at least this share make a near match, which is held for a resolver. */
      nearMatchPpm: ppm.min(1),
      /** A hold that nobody resolves is admitted after this time. */
      holdMs: milliseconds,
      /** Sources open this long after the decision that gave their submission something. At most 366 days; 0: at once. */
      sealMs: z.int().min(0).max(31_622_400_000),
      /** Training components that are the judge's own recipe: nothing to measure, nothing to own. */
      referenceTrainingDigests: z.array(sha256Schema).max(16),
    }),
    weights: z.strictObject({
      /** Ceilings of the two pools; their sum is at most one million. */
      architecturePoolPpm: ppm,
      trainingPoolPpm: ppm,
      /** Absolute price: parts per million of an epoch's emission for each proven bit per byte. */
      pricePpmPerBit: z
        .int()
        .min(0)
        .max(100 * PPM),
      /** Receives what nobody earned; null: there is none, and `get_weights` says `undeliverable`. */
      burnHotkey: hotkeySchema.nullable(),
    }),
  })
  .refine((policy) => policy.weights.architecturePoolPpm + policy.weights.trainingPoolPpm <= PPM, {
    message: 'architecturePoolPpm and trainingPoolPpm together exceed 1000000',
    path: ['weights'],
  })
  .superRefine(({ plan, scoring }, context) => {
    const issue = (message: string) =>
      context.addIssue({ code: 'custom', path: ['scoring', 'weights'], message });
    const { weights } = scoring;
    const sum = SIGNALS.reduce((total, signal) => total + weights[signal], 0);
    if (sum !== PPM) issue(`sum to ${sum}, not to ${PPM}`);
    if (CURVE_SIGNALS.every((signal) => weights[signal] === 0))
      issue('need one of area, late and extrapolated');
    if (plan.profile === 'official' && !scoring.payloadCounts)
      context.addIssue({
        code: 'custom',
        path: ['scoring', 'payloadCounts'],
        message: 'the profile official pays: payloads have to count',
      });
    const measured = new Set(plan.ladders.map(({ axis }) => axis));
    for (const axis of AXES) {
      if (weights[axis] > 0 && !measured.has(axis)) issue(`${axis} counts, but the plan has no such ladder`);
    }
  })
  .superRefine(({ plan, ownership: { confirmation } }, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { maximumRuns } = confirmation;
    const path = ['ownership', 'confirmation', 'maximumRuns'];
    const planned = runsOf({ plan, recipe: true, others: plan.elsewhere.families }).length;
    if (planned > MOST_RUNS)
      issue(['plan'], `makes ${planned} runs for one submission: an event lists at most ${MOST_RUNS}`);
    const fresh = {
      claim: 'training',
      runs: maximumRuns,
      firstSeed: 0,
      incumbent: true,
      near: true,
    } as const;
    const confirming = confirmationRuns(plan, fresh).length;
    if (confirming > MOST_RUNS)
      issue(path, `makes ${confirming} runs of one confirmation: an event lists at most ${MOST_RUNS}`);
  });

export type Policy = z.infer<typeof policySchema>;
