/** Do recorded seeds follow from the rule? In two steps: what hashing alone shows, which every fold can afford; and signatures. */
import { isSignedRound } from './bls.ts';
import { drandChain } from './drand.ts';
import { type SeedsClaim, seedsFault } from './follow.ts';

/**
 * `checked`: the value is public or revealed, is the one that the rule names, and gives exactly these seeds. `committed, unchecked`: the
 * secret is not revealed yet. `block, unchecked`: the seeds follow from the block hash, at the height that the rule names; that the chain has
 * this hash there is to be asked of a node of the chain.
 */
export type SeedsVerdict =
  | { readonly verdict: 'checked' | 'committed, unchecked' | 'block, unchecked' }
  | { readonly verdict: 'wrong'; readonly reason: string };

/** Everything that can be checked without a network. Takes about 20 ms for a beacon's round, for its signature. */
export function verifySeeds(claim: SeedsClaim): SeedsVerdict {
  const { source } = claim;
  const reason = seedsFault(claim);
  if (reason !== null) return { verdict: 'wrong', reason };
  switch (source.kind) {
    case 'committed':
      return { verdict: claim.secret === null ? 'committed, unchecked' : 'checked' };
    case 'block':
      return { verdict: 'block, unchecked' };
    case 'beacon': {
      const chain = drandChain(source.chain);
      if (chain !== null && isSignedRound(chain, source.round, source.signature)) {
        return { verdict: 'checked' };
      }
      const unsigned = `the signature of ${source.beacon} round ${source.round} is not the beacon's`;
      return { verdict: 'wrong', reason: unsigned };
    }
  }
}
