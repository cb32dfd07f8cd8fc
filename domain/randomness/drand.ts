/**
 * The rounds of a drand beacon: which one is out when, and what value it gives. drand is a network of independent organisations that sign each
 * round number together; no minority of them can choose a round's value or know it early (https://docs.drand.love).
 */
import { sha256 } from '../events/canonical.ts';

/** Parameters of a beacon chain that is not chained (a round's message is its number) and signs in G1. */
export interface DrandChain {
  /** Identity of the chain: SHA-256 over its parameters, as drand computes it. */
  readonly hash: string;
  /** Seconds since the Unix epoch at which round 1 was published. */
  readonly genesisTime: number;
  /** Seconds from one round to the next. */
  readonly period: number;
  readonly scheme: 'bls-unchained-g1-rfc9380';
  /** Compressed point of G2, in hex. */
  readonly publicKey: string;
}

/** drand's mainnet with a round every three seconds. */
export const QUICKNET: DrandChain = {
  hash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  genesisTime: 1_692_803_367,
  period: 3,
  scheme: 'bls-unchained-g1-rfc9380',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c' +
    '8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb' +
    '5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
};

/** The chain of that hash; null where it is none that this version knows. */
export function drandChain(hash: string): DrandChain | null {
  return hash === QUICKNET.hash ? QUICKNET : null;
}

/** Number of the last round that is due at a time in milliseconds since the Unix epoch; 0 before the first. */
export function roundAt(timeMs: number, chain: DrandChain = QUICKNET): number {
  const sinceGenesis = timeMs - chain.genesisTime * 1_000;
  return sinceGenesis < 0 ? 0 : Math.floor(sinceGenesis / (chain.period * 1_000)) + 1;
}

/** When a round is due, in milliseconds since the Unix epoch. */
export function timeOfRound(round: number, chain: DrandChain = QUICKNET): number {
  return (chain.genesisTime + (round - 1) * chain.period) * 1_000;
}

/**
 * The round that judges what was received at a time: `delayRounds` after the last one that was due. It is published more than
 * `delayRounds - 1` periods later, so nobody knows it as long as the clock that gave the time is less than that behind.
 */
export function roundFor(receivedMs: number, delayRounds: number, chain: DrandChain = QUICKNET): number {
  return roundAt(receivedMs, chain) + delayRounds;
}

/** A round's random value: SHA-256 of its signature's bytes. */
export function valueOfSignature(signature: string): string {
  return sha256(Buffer.from(signature, 'hex'));
}
