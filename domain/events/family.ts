/** Events of the streams `family-<id>`: who discovered an architecture, and who owns how it is trained. */
import { z } from 'zod';
import { hotkeySchema } from '../policy/policy.ts';
import { gainSchema } from '../scoring/gain.ts';
import { sha256Schema, timeSchema, uuidSchema } from './envelope.ts';

const claim = {
  basis: uuidSchema,
  submission: uuidSchema,
  hotkey: hotkeySchema,
  digest: sha256Schema,
};

export const familyEvents = {
  /**
   * One per submission that carries an architecture. `discovered`: the family is the claimant's for ever. `known`: someone earlier has it.
   * `unproven`: no gain over the reference was shown, so nothing is owned. `refused`: a resolver found it to be another's.
   */
  ArchitectureClaimDecided: {
    category: 'family',
    version: 1,
    derived: true,
    data: z.strictObject({
      ...claim,
      outcome: z.enum(['discovered', 'known', 'unproven', 'refused']),
      /** Evidence: the gain under the judge's recipe, and what it had to exceed at its lower bound. */
      gain: gainSchema.nullable(),
      thresholdMicrobits: z.int().min(0),
      /** Submission that holds the family, where it is known. */
      discoverer: uuidSchema.nullable(),
    }),
  },
  /** The architecture is too like another's for a rule to decide; a resolver may, until the deadline. */
  ArchitectureClaimHeld: {
    category: 'family',
    version: 1,
    derived: true,
    data: z.strictObject({
      ...claim,
      nearFamily: uuidSchema,
      nearSubmission: uuidSchema,
      /** Estimated share of common fingerprints. */
      similarityPpm: z.int().min(0).max(1_000_000),
      deadline: timeSchema,
    }),
  },
  HoldResolved: {
    category: 'family',
    version: 1,
    derived: false,
    data: z.strictObject({
      submission: uuidSchema,
      outcome: z.enum(['admit', 'refuse']),
      reason: z.string().min(1).max(500),
    }),
  },
  /** Nobody resolved it in time: it is admitted. */
  HoldExpired: {
    category: 'family',
    version: 1,
    derived: false,
    data: z.strictObject({ submission: uuidSchema }),
  },
  /**
   * One per submission that carries a training recipe. `granted`: the family's training is now the claimant's. `below-margin`: not better than
   * what stands by more than noise. `known`: the same recipe stands already. `unproven`: no gain, or a family that nobody discovered.
   */
  TrainingClaimDecided: {
    category: 'family',
    version: 1,
    derived: true,
    data: z.strictObject({
      ...claim,
      outcome: z.enum(['granted', 'known', 'below-margin', 'unproven']),
      gain: gainSchema.nullable(),
      /** What the gain (or the difference to the incumbent's) had to exceed. */
      thresholdMicrobits: z.int().min(0),
      incumbent: uuidSchema.nullable(),
      incumbentGain: gainSchema.nullable(),
    }),
  },
} as const;
