/**
 * Seeds of a submission, from the one value that its policy's rule names: a committed secret of the epoch in which it was received, or public
 * randomness from after its receipt. Which value that is follows from the ledger, so every attempt and every evaluator gets the same.
 */
import type { Beacon } from '../../domain/randomness/port.ts';
import { type Admission, wantedBy } from '../../domain/randomness/rule.ts';
import { commitmentOf, epochSecret, seedsFrom } from '../../domain/randomness/seeds.ts';
import type { RandomnessRule, RandomnessSource } from '../../domain/randomness/source.ts';

export interface RandomnessParts {
  /** Master of the epochs' secrets. */
  readonly master: Uint8Array;
  readonly beacon: Beacon;
}

/** What `EvaluationPlanned` records. */
export interface Drawn {
  readonly randomness: RandomnessSource;
  readonly seeds: readonly string[];
}

/**
 * Draws `count` seeds; `not-yet` where the public value is not out. Throws `BeaconUnavailableError`, or `Error` where the master at hand is not the
 * one that the ledger commits to.
 */
export async function drawFor(
  rule: RandomnessRule,
  admission: Admission,
  count: number,
  { master, beacon }: RandomnessParts,
): Promise<Drawn | 'not-yet'> {
  const wanted = wantedBy(rule, admission);
  if (wanted.kind !== 'committed') {
    const source = await beacon.at(wanted);
    if (source === 'not-yet') return source;
    return { randomness: source, seeds: seedsFrom(source.value, admission.submission, count) };
  }
  const secret = epochSecret(master, wanted.epoch);
  if (commitmentOf(secret) !== wanted.commitment) {
    throw new Error(
      `the seed secret at hand does not give epoch ${wanted.epoch} the secret that the ledger commits to (${wanted.commitment})`,
    );
  }
  return { randomness: wanted, seeds: seedsFrom(secret, admission.submission, count) };
}
