/** Events of the streams `epoch-<n>`: its close, its weights, and what was sent where. */
import { z } from 'zod';
import { hotkeySchema } from '../policy/policy.ts';
import { sha256Schema, uuidSchema } from './envelope.ts';

const epoch = z.int().min(1);
const units = z.int().min(0).max(65_535);

/** One hotkey's part of an epoch, in 1/65,535 of the whole. */
export const shareSchema = z.strictObject({
  hotkey: hotkeySchema,
  units,
  architecturePpm: z.int().min(0).max(1_000_000),
  trainingPpm: z.int().min(0).max(1_000_000),
});

/** The best paid contributions of an epoch; so many always fit into one event. */
export const MAX_ITEMS = 128;

/** What one contribution was paid in an epoch. */
export const itemSchema = z.strictObject({
  family: uuidSchema,
  submission: uuidSchema,
  hotkey: hotkeySchema,
  kind: z.enum(['architecture', 'training']),
  /** By how much it has raised the best value that anything earlier had reached: microbits per byte. */
  incrementMicrobits: z.int().min(0),
  /** Paid for this epoch. */
  ppm: z.int().min(0).max(1_000_000),
  /** Kept, since its decision waits for a resolver. */
  keptPpm: z.int().min(0).max(1_000_000),
  /** Paid of what earlier epochs have kept. */
  releasedPpm: z.int().min(0).max(1_000_000),
});

export const epochEvents = {
  /** Opens the next epoch. What is undecided at its index counts for that one. */
  EpochClosed: {
    category: 'epoch',
    version: 1,
    derived: false,
    data: z.strictObject({
      epoch,
      /** SHA-256 of the secret that the seeds of the next epoch are drawn from. */
      nextSeedCommitment: sha256Schema,
    }),
  },
  /** The secret of a closed epoch: from here on everyone can check the seeds that were drawn from it. */
  SeedRevealed: {
    category: 'epoch',
    version: 1,
    derived: false,
    data: z.strictObject({ epoch, secret: z.string().regex(/^[0-9a-f]{64}$/) }),
  },
  WeightsDerived: {
    category: 'epoch',
    version: 1,
    derived: true,
    data: z.strictObject({
      basis: uuidSchema,
      epoch,
      /** What the shares are made of: each pool by the order of discovery. */
      items: z.array(itemSchema).max(MAX_ITEMS),
      /** By earliest admission. Units and burn sum to exactly 65,535. */
      shares: z.array(shareSchema).max(MAX_ITEMS),
      burn: z.strictObject({ hotkey: hotkeySchema.nullable(), units }),
    }),
  },
  WeightsEmitted: {
    category: 'epoch',
    version: 1,
    derived: false,
    data: z.strictObject({
      epoch,
      target: z.string().min(1).max(64),
      /** SHA-256 of the canonical weights that were sent. */
      weightsDigest: sha256Schema,
      receipt: z.strictObject({ kind: z.enum(['dry-run']), detail: z.string().max(500) }),
    }),
  },
} as const;
