/** What a policy's rule asks for, given what the ledger says of a submission at its receipt. Nothing later takes part. */
import { parseTime } from '../events/time.ts';
import { drandChain, roundFor, timeOfRound } from './drand.ts';
import type { RandomnessRule } from './source.ts';

/** What stands in the ledger at the index of `SubmissionReceived`. */
export interface Admission {
  /** Id of the submission. */
  readonly submission: string;
  /** Time of the event. */
  readonly time: string;
  /** Height of the chain's head as the event records it; null where it records none. */
  readonly height: number | null;
  /** The epoch that is open. */
  readonly epoch: number;
  /** The commitment that the ledger has for this epoch's secret. */
  readonly commitment: string;
}

/** A place in a public sequence of random values. */
export type PublicPlace =
  | { readonly kind: 'beacon'; readonly beacon: 'drand'; readonly chain: string; readonly round: number }
  | { readonly kind: 'block'; readonly chain: string; readonly height: number };

export type Wanted =
  | { readonly kind: 'committed'; readonly epoch: number; readonly commitment: string }
  | PublicPlace;

/**
 * The one place that the seeds have to come from. Throws `RangeError` that says what is missing: a beacon chain that this version does not know,
 * a height that was not recorded, a time that does not exist.
 */
export function wantedBy(rule: RandomnessRule, admission: Admission): Wanted {
  switch (rule.kind) {
    case 'committed':
      return { kind: 'committed', epoch: admission.epoch, commitment: admission.commitment };
    case 'beacon': {
      const chain = drandChain(rule.chain);
      if (chain === null) throw new RangeError(`this version knows no drand chain ${rule.chain}`);
      const round = roundFor(parseTime(admission.time), rule.delayRounds, chain);
      return { kind: 'beacon', beacon: rule.beacon, chain: rule.chain, round };
    }
    case 'block': {
      if (admission.height === null) {
        throw new RangeError('its receipt records no height, so no block follows from it');
      }
      return { kind: 'block', chain: rule.chain, height: admission.height + rule.delayBlocks };
    }
  }
}

/**
 * Whether it is of use to ask for the value at a time in milliseconds since the Unix epoch. Time says it of a beacon only; a rule that names no
 * value is due at once, so that asking tells why.
 */
export function isDue(rule: RandomnessRule, admission: Admission, nowMs: number): boolean {
  const chain = rule.kind === 'beacon' ? drandChain(rule.chain) : null;
  if (rule.kind !== 'beacon' || chain === null) return true;
  return nowMs >= timeOfRound(roundFor(parseTime(admission.time), rule.delayRounds, chain), chain);
}
