/** What hashing alone shows about recorded seeds: that the source is the one the rule names, and that the seeds follow from its value. */
import { valueOfSignature } from './drand.ts';
import { type Admission, type Wanted, wantedBy } from './rule.ts';
import { commitmentOf, seedsFrom } from './seeds.ts';
import type { RandomnessRule, RandomnessSource } from './source.ts';

/** Seeds as an evaluation records them, and all that they have to follow from. */
export interface SeedsClaim {
  readonly source: RandomnessSource;
  readonly seeds: readonly string[];
  readonly admission: Admission;
  /** The rule of the policy that the submission was received under. */
  readonly rule: RandomnessRule;
  /** Secret of the epoch in which it was received, in hex; null until it is revealed. Public sources do without. */
  readonly secret: string | null;
}

function placeOf(place: Wanted): string {
  switch (place.kind) {
    case 'committed':
      return `the secret of epoch ${place.epoch} under commitment ${place.commitment}`;
    case 'beacon':
      return `${place.beacon} round ${place.round} of chain ${place.chain}`;
    case 'block':
      return `block ${place.height} of chain ${place.chain}`;
  }
}

/** What is wrong with the recorded value itself; null where hashing shows nothing. */
function valueFault(source: RandomnessSource, secret: string | null): string | null {
  if (source.kind === 'beacon' && valueOfSignature(source.signature) !== source.value) {
    return `the value of ${source.beacon} round ${source.round} is not the SHA-256 of its signature`;
  }
  if (source.kind === 'committed' && secret !== null && commitmentOf(secret) !== source.commitment) {
    return `the secret of epoch ${source.epoch} does not hash to its commitment ${source.commitment}`;
  }
  return null;
}

function wantedOrFault({ rule, admission }: SeedsClaim): Wanted | string {
  try {
    return wantedBy(rule, admission);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/**
 * Says what is wrong, for people, or null. Signatures are not looked at (`verifySeeds` does), and seeds from a secret that is not revealed
 * pass. Costs a few hashes.
 */
export function seedsFault(claim: SeedsClaim): string | null {
  const { source, seeds, admission, secret } = claim;
  const wanted = wantedOrFault(claim);
  if (typeof wanted === 'string') return wanted;
  const [expected, recorded] = [placeOf(wanted), placeOf(source)];
  if (expected !== recorded) return `seeds come from ${recorded}; the rule names ${expected}`;
  const fault = valueFault(source, secret);
  if (fault !== null) return fault;
  const value = source.kind === 'committed' ? secret : source.value;
  if (value === null) return null;
  const derived = seedsFrom(value, admission.submission, seeds.length);
  const wrong = seeds.findIndex((seed, index) => seed !== derived[index]);
  if (wrong < 0) return null;
  return `seed ${wrong} is ${seeds[wrong]}; ${recorded} gives ${derived[wrong]}`;
}
