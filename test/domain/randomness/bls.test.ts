import { hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { isSignedRound } from '../../../domain/randomness/bls.ts';
import { type DrandChain, QUICKNET } from '../../../domain/randomness/drand.ts';
import { ROUND_42, ROUND_123, ROUND_1000, ROUNDS } from './rounds.ts';

const { shortSignatures, G1, G2, fields } = bls12_381;
const { Signature } = shortSignatures;

describe('a round of the network', () => {
  test.each(ROUNDS)('$round is signed', ({ round, signature }) => {
    expect(isSignedRound(QUICKNET, round, signature)).toBe(true);
  });

  test('is not signed under another number, by another key or in another group', () => {
    expect(isSignedRound(QUICKNET, ROUND_123.round, ROUND_1000.signature)).toBe(false);
    expect(isSignedRound(QUICKNET, ROUND_1000.round + 1, ROUND_1000.signature)).toBe(false);
    const other = { ...QUICKNET, publicKey: G2.Point.BASE.toHex() };
    expect(isSignedRound(other, ROUND_1000.round, ROUND_1000.signature)).toBe(false);
    const broken = { ...QUICKNET, publicKey: QUICKNET.publicKey.replace('83cf', '83ce') };
    expect(isSignedRound(broken, ROUND_1000.round, ROUND_1000.signature)).toBe(false);
  });

  test('has no signature with one bit changed', () => {
    for (const bit of [0, 1, 2, 3, 100, 383]) {
      const bytes = Buffer.from(ROUND_42.signature, 'hex');
      const at = Math.floor(bit / 8);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (0x80 >> (bit % 8)), at);
      expect(isSignedRound(QUICKNET, ROUND_42.round, bytes.toString('hex'))).toBe(false);
    }
  });
});

describe('what is no signature', () => {
  const infinity = `c0${'00'.repeat(47)}`;
  const ofNobody = G1.Point.BASE.toHex();

  /** x = 4 is on a point of the curve that is outside the group. */
  const outsideTheGroup = `80${'04'.padStart(94, '0')}`;

  test('the point outside the group is on the curve', () => {
    const y = fields.Fp.sqrt(4n * 4n * 4n + 4n);
    expect(G1.Point.fromAffine({ x: 4n, y }).isTorsionFree()).toBe(false);
  });

  test.each([
    ['the point at infinity', infinity],
    ['the point at infinity with its sign set', `e0${'00'.repeat(47)}`],
    ['another point of the group', ofNobody],
    ['a point outside the group', outsideTheGroup],
    ['no point', `9${'f'.repeat(95)}`],
    ['upper case', ROUND_42.signature.toUpperCase()],
    ['an uncompressed point', Signature.fromHex(ROUND_42.signature).toHex(false)],
    ['half of it', ROUND_42.signature.slice(0, 48)],
    ['more than it', `${ROUND_42.signature}00`],
    ['nothing', ''],
    ['text', 'a signature'],
  ])('%s is refused', (_, text) => {
    expect(isSignedRound(QUICKNET, ROUND_42.round, text)).toBe(false);
  });

  test('a second encoding of a valid signature is refused, since its hash would be a second value', () => {
    const { secretKey, publicKey } = shortSignatures.keygen(Buffer.alloc(48, 7));
    const chain: DrandChain = { ...QUICKNET, publicKey: publicKey.toHex() };
    const sign = (round: number): string => {
      const number = Buffer.alloc(8);
      number.writeBigUInt64BE(BigInt(round));
      const tag = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
      const message = shortSignatures.hash(hash('sha256', number, 'buffer'), tag);
      return Signature.toHex(shortSignatures.sign(message, secretKey));
    };
    // x and x + p are the same coordinate; both fit into 381 bits where x is small enough.
    const flags = 7n << 381n;
    for (let round = 1; ; round += 1) {
      const canonical = BigInt(`0x${sign(round)}`);
      const shifted = (canonical & ~flags) + fields.Fp.ORDER;
      if (shifted >> 381n !== 0n) continue;
      const text = (value: bigint): string => value.toString(16).padStart(96, '0');
      expect(isSignedRound(chain, round, text(canonical))).toBe(true);
      expect(isSignedRound(chain, round, text(shifted | (canonical & flags)))).toBe(false);
      return;
    }
  });
});
