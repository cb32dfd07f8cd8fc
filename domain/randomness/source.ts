/**
 * Where seeds come from: the rule that a policy sets, and the source that an evaluation records. A rule says in advance which value will be
 * used; the source adds the value itself, once there is one.
 */
import { z } from 'zod';
import { sha256Schema } from '../events/envelope.ts';
import { drandChain } from './drand.ts';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 32 bytes in lower-case hex');
/** A compressed point of the group G1 of BLS12-381. */
const hex48 = z.string().regex(/^[0-9a-f]{96}$/, 'must be 48 bytes in lower-case hex');
const beacon = z.literal('drand');

/** Which value a submission's seeds are drawn from, as a function of what stands in the ledger when it is received. */
export const randomnessRuleSchema = z.discriminatedUnion('kind', [
  /** The secret of the epoch in which it was received, committed to before and revealed after. Never pays. */
  z.strictObject({ kind: z.literal('committed') }),
  /** The round of a beacon that is published this many rounds after the last one at its receipt. */
  z.strictObject({
    kind: z.literal('beacon'),
    beacon,
    /** Hash of the beacon chain's parameters: one that this version can check. */
    chain: hex32.refine((hash) => drandChain(hash) !== null, 'is no drand chain that this version knows'),
    delayRounds: z.int().min(1).max(100_000),
  }),
  /** The block this many after the chain's head at its receipt, once it is final. */
  z.strictObject({
    kind: z.literal('block'),
    /** Hash of the chain's genesis block. */
    chain: hex32,
    delayBlocks: z.int().min(1).max(100_000),
  }),
]);

export type RandomnessRule = z.infer<typeof randomnessRuleSchema>;

export const beaconSourceSchema = z.strictObject({
  kind: z.literal('beacon'),
  beacon,
  chain: hex32,
  round: z.int().min(1),
  /** SHA-256 of the signature. */
  value: hex32,
  signature: hex48,
});

export const blockSourceSchema = z.strictObject({
  kind: z.literal('block'),
  chain: hex32,
  height: z.int().min(0),
  /** The block's hash. */
  value: hex32,
});

/** The source that an evaluation's seeds were drawn from, as recorded. */
export const randomnessSourceSchema = z.discriminatedUnion('kind', [
  /** The secret itself comes later, in an event of its own. */
  z.strictObject({
    kind: z.literal('committed'),
    epoch: z.int().min(1),
    /** SHA-256 of the epoch's secret. */
    commitment: sha256Schema,
  }),
  beaconSourceSchema,
  blockSourceSchema,
]);

export type BeaconSource = z.infer<typeof beaconSourceSchema>;
export type BlockSource = z.infer<typeof blockSourceSchema>;
export type PublicSource = BeaconSource | BlockSource;
export type RandomnessSource = z.infer<typeof randomnessSourceSchema>;
