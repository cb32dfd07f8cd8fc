/** Events of the stream `policy`: the ledger's opening and every policy since. */
import { z } from 'zod';
import { policySchema } from '../policy/policy.ts';
import { sha256Schema } from './envelope.ts';

export const policyEvents = {
  /** Index 0 of every ledger. Its data gives the ledger's id, from which every other id derives. */
  LedgerOpened: {
    category: 'policy',
    version: 1,
    derived: false,
    data: z.strictObject({
      /** Origin line of the signed log, and name of its key. */
      origin: z
        .string()
        .min(1)
        .max(128)
        .regex(/^[^\s+]+$/, 'must have no white space and no +'),
      netuid: z.int().min(0).max(65_535),
      slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
      /** SHA-256 of the secret that the seeds of epoch 1 are drawn from. */
      seedCommitment: sha256Schema,
      /** Random, so that two ledgers of one origin differ. */
      salt: z.string().regex(/^[0-9a-f]{32}$/),
      policy: policySchema,
    }),
  },
  PolicyAdopted: {
    category: 'policy',
    version: 1,
    derived: false,
    data: z.strictObject({ policy: policySchema, reason: z.string().max(500) }),
  },
} as const;
