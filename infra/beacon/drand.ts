/** Rounds of a drand beacon over HTTP. Relays are asked one after another and none is believed: a round counts by its signature alone. */
import { z } from 'zod';
import type { Clock } from '../../domain/ports.ts';
import { isSignedRound } from '../../domain/randomness/bls.ts';
import { type DrandChain, drandChain, timeOfRound, valueOfSignature } from '../../domain/randomness/drand.ts';
import { type Beacon, BeaconUnavailableError } from '../../domain/randomness/port.ts';
import { type BeaconSource, beaconSourceSchema } from '../../domain/randomness/source.ts';
import { addressOf, fetchJson, reasonOf } from './fetch-json.ts';

/** Run by the League of Entropy and Cloudflare (https://docs.drand.love/developer/http-api). */
export const DRAND_RELAYS: readonly string[] = [
  'https://api.drand.sh',
  'https://api2.drand.sh',
  'https://api3.drand.sh',
  'https://drand.cloudflare.com',
];

export interface DrandOptions {
  /** Base addresses, in the order in which they are asked. Throws `RangeError` for one that is none. */
  readonly relays?: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  /** For one relay's whole answer. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
/** An answer is some 220 bytes. */
const MAX_BYTES = 4_096;
/** A relay may have a round this much later than it is due; one that lacks it for longer is out of order. */
const LATE_MS = 60_000;
/** How relays say that they do not have a round yet. */
const ABSENT: ReadonlySet<number> = new Set([404, 425]);

const roundSchema = z.object({
  round: beaconSourceSchema.shape.round,
  signature: beaconSourceSchema.shape.signature,
  /** Given by version 1 of the interface; it is computed anyway. */
  randomness: beaconSourceSchema.shape.value.optional(),
});

/** Throws an `Error` that says what is wrong with the answer. */
function believed(body: unknown, chain: DrandChain, round: number): BeaconSource {
  const parsed = roundSchema.safeParse(body);
  if (!parsed.success) throw new Error(`the answer is not a round: ${z.prettifyError(parsed.error)}`);
  const { signature, randomness } = parsed.data;
  if (parsed.data.round !== round) throw new Error(`it answered with round ${parsed.data.round}`);
  const value = valueOfSignature(signature);
  if (randomness !== undefined && randomness !== value) {
    throw new Error('its randomness is not the SHA-256 of its signature');
  }
  if (!isSignedRound(chain, round, signature)) throw new Error("the signature is not the beacon's");
  return { kind: 'beacon', beacon: 'drand', chain: chain.hash, round, value, signature };
}

/** The port `Beacon` for places of kind `beacon`. */
export function drandBeacon(options: DrandOptions): Beacon {
  const relays = (options.relays ?? DRAND_RELAYS).map((relay) =>
    addressOf(relay.endsWith('/') ? relay : `${relay}/`),
  );
  const limits = { timeoutMs: options.timeoutMs ?? TIMEOUT_MS, maxBytes: MAX_BYTES };
  return {
    async at(place) {
      const chain = place.kind === 'beacon' ? drandChain(place.chain) : null;
      if (chain === null || place.kind !== 'beacon') {
        throw new BeaconUnavailableError(`there is no ${place.kind} of chain ${place.chain} to be had here`);
      }
      const { round } = place;
      const overdueMs = options.clock.now() - timeOfRound(round, chain);
      if (overdueMs < 0) return 'not-yet';
      const reasons: string[] = [];
      let absent = false;
      for (const relay of relays) {
        try {
          const url = new URL(`${chain.hash}/public/${round}`, relay);
          const { status, body } = await fetchJson(url, {}, limits);
          if (body !== undefined) return believed(body, chain, round);
          absent ||= ABSENT.has(status);
          reasons.push(`${relay.host}: it answered ${status}`);
        } catch (error) {
          reasons.push(`${relay.host}: ${reasonOf(error)}`);
        }
      }
      if (absent && overdueMs < LATE_MS) return 'not-yet';
      throw new BeaconUnavailableError(`no relay gave drand round ${round}: ${reasons.join('; ')}`);
    },
  };
}
