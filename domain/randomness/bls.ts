/** Signatures of drand rounds, checked without a network: BLS over BLS12-381. */
import { hash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import type { DrandChain } from './drand.ts';

/** Domain separation tag of hashing to G1, of the scheme `bls-unchained-g1-rfc9380`. */
const HASH_TO_G1 = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

/** What the network signs for a round: SHA-256 of its number in eight big-endian bytes. */
function messageOf(round: number): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(round));
  return hash('sha256', number, 'buffer');
}

/**
 * Whether `signature` (hex) is the chain's for `round`. There is exactly one text that is: any other encoding of the same point is refused,
 * or whoever records it could choose between the values that their hashes give. Takes about 20 ms.
 */
export function isSignedRound(chain: DrandChain, round: number, signature: string): boolean {
  const { shortSignatures } = bls12_381;
  try {
    const point = shortSignatures.Signature.fromHex(signature);
    if (shortSignatures.Signature.toHex(point) !== signature) return false;
    const message = shortSignatures.hash(messageOf(round), HASH_TO_G1);
    return shortSignatures.verify(point, message, Buffer.from(chain.publicKey, 'hex'));
  } catch {
    // Not a point, not on the curve or not of the group: nothing that the chain could have signed.
    return false;
  }
}
