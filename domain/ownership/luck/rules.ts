/** The policy's part in confirmations: how much error, how many runs, which effect. */
import { z } from 'zod';
import { IGNORANCE_MICROBITS, PPM } from '../../evaluation/units.ts';

const microbits = z.int().min(0).max(IGNORANCE_MICROBITS);
/** A chance of error: more than one in four decides nothing. */
const errorPpm = z
  .int()
  .min(1)
  .max(PPM / 4);

/** What one event can list. */
const MAXIMUM_RUNS = 64;

export const confirmationRulesSchema = z
  .strictObject({
    /** Chance that a family is ever transferred by luck alone, over its whole life. */
    familyAlphaPpm: errorPpm,
    /** Chance that a challenger ever takes a family by luck alone, over all its submissions. */
    challengerAlphaPpm: errorPpm,
    /** Chance that a true effect of `detectMicrobits` is missed: 100,000 is a power of 0.9. */
    powerMissPpm: errorPpm,
    /** Paired runs of a confirmation. Two at least: one says nothing of its spread. */
    minimumRuns: z.int().min(2).max(MAXIMUM_RUNS),
    maximumRuns: z.int().min(2).max(MAXIMUM_RUNS),
    /** A smaller gain is none: absolute, and relative to the incumbent's gain. */
    minimumEffectMicrobits: microbits,
    minimumEffectPpm: z.int().min(0).max(PPM),
    /** The effect at which the power is kept. */
    detectMicrobits: microbits.min(1),
    /** Standard deviation of one paired difference below which none is believed... */
    deviationFloorMicrobits: microbits.min(1),
    /** ...and the degrees of freedom that it is worth in the pool. */
    deviationFloorDegrees: z.int().min(2).max(400),
    /** Screening lets pass what is better than the incumbent by its mean and so many thousandths of its standard error. */
    screeningMilliZ: z.int().min(0).max(10_000),
  })
  .superRefine((rules, context) => {
    if (rules.detectMicrobits <= rules.minimumEffectMicrobits)
      context.addIssue({
        code: 'custom',
        path: ['detectMicrobits'],
        message: `is ${rules.detectMicrobits}: it has to exceed minimumEffectMicrobits (${rules.minimumEffectMicrobits}), or no number of runs finds it with power`,
      });
    if (rules.maximumRuns < rules.minimumRuns)
      context.addIssue({
        code: 'custom',
        path: ['maximumRuns'],
        message: `is ${rules.maximumRuns}, less than minimumRuns (${rules.minimumRuns})`,
      });
  });

export type ConfirmationRules = z.infer<typeof confirmationRulesSchema>;
