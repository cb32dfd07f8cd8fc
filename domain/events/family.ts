/** Events of the streams `family-<id>`: who discovered an architecture, and who owns how it is trained. */
import { z } from 'zod';
import { hotkeySchema } from '../policy/policy.ts';
import { gainSchema } from '../scoring/gain.ts';
import { sha256Schema, timeSchema, uuidSchema } from './envelope.ts';
import { evidenceSchema } from './submission.ts';

const claim = {
  basis: uuidSchema,
  submission: uuidSchema,
  hotkey: hotkeySchema,
  digest: sha256Schema,
};

/** What every decision rests on. */
const grounds = {
  /** Of the screening: what selected the claim, and what its lower bound had to exceed. */
  gain: gainSchema.nullable(),
  thresholdMicrobits: z.int().min(0),
  /** Of the confirmation; null where the claim was decided without one. */
  evidence: evidenceSchema.nullable(),
  /** What is paid for: the family's value with this contribution, over the best of the panel, at the lower bound. 0 where nothing is owned. */
  valueMicrobits: z.int().min(0),
};

export const familyEvents = {
  /**
   * One per submission that carries an architecture. `discovered`: the family is the claimant's for ever. `known`: someone earlier has it.
   * `unproven`: no gain over the reference was shown or confirmed, so nothing is owned. `refused`: it is another's, as a bit-identical curve or a
   * resolver found.
   */
  ArchitectureClaimDecided: {
    category: 'family',
    version: 1,
    derived: true,
    data: z.strictObject({
      ...claim,
      outcome: z.enum(['discovered', 'known', 'unproven', 'refused']),
      ...grounds,
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
      /** Whether both declare tensors of one structure; null where one has told none. Equal says that they are built alike, different says nothing. */
      sameStructure: z.boolean().nullable(),
      evidence: evidenceSchema,
      /** Kept for the claimant until the hold is resolved. */
      valueMicrobits: z.int().min(0),
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
      /** Who decides: an operator, or a hotkey, which must be neither the claimant's nor that of the submission it looks like. */
      resolver: hotkeySchema,
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
   * what stands by more than noise. `known`: the same recipe stands already, by its syntax or by its curve. `unproven`: no gain, or a family that
   * nobody discovered.
   */
  TrainingClaimDecided: {
    category: 'family',
    version: 1,
    derived: true,
    data: z.strictObject({
      ...claim,
      outcome: z.enum(['granted', 'known', 'below-margin', 'unproven']),
      ...grounds,
      incumbent: uuidSchema.nullable(),
      /** Which challenge of a standing recipe this was, from 1; 0: it came to none. */
      challenge: z.int().min(0),
    }),
  },
} as const;
