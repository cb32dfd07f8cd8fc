/** Hashes of final blocks, from a node of a Substrate chain by JSON-RPC over HTTP. The node is believed, so it should be one's own. */
import { z } from 'zod';
import { type Beacon, BeaconUnavailableError } from '../../domain/randomness/port.ts';
import { addressOf, fetchJson, reasonOf } from './fetch-json.ts';

export interface BlockHashOptions {
  /** Address of the node. Throws `RangeError` for one that is none. */
  readonly node: string;
  /** For one call's whole answer. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** A header with its digest logs is a few kilobytes. */
const MAX_BYTES = 65_536;

const hashSchema = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text.slice(2));
const headerSchema = z.object({
  number: z
    .string()
    .regex(/^0x[0-9a-f]{1,12}$/)
    .transform((text) => Number.parseInt(text, 16)),
});
const answerSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.literal(1),
  result: z.unknown().optional(),
  error: z.object({ code: z.int(), message: z.string() }).optional(),
});

/** Calls the node; parses the result. Throws an `Error` that says what is wrong. */
type Call = <T>(method: string, params: readonly (string | number)[], result: z.ZodType<T>) => Promise<T>;

function callerOf(node: URL, timeoutMs: number): Call {
  return async (method, params, result) => {
    const { status, body } = await fetchJson(
      node,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      },
      { timeoutMs, maxBytes: MAX_BYTES },
    );
    if (body === undefined) throw new Error(`${method}: it answered ${status}`);
    const answer = answerSchema.safeParse(body);
    if (!answer.success) throw new Error(`${method}: the answer is not JSON-RPC`);
    const { error } = answer.data;
    if (error !== undefined)
      throw new Error(`${method}: error ${error.code}, ${error.message.slice(0, 200)}`);
    const parsed = result.safeParse(answer.data.result);
    if (!parsed.success) throw new Error(`${method}: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  };
}

/** The hash of a block that no fork can replace; `not-yet` while there is none at this height. */
async function finalHash(call: Call, chain: string, height: number): Promise<string | 'not-yet'> {
  const genesis = await call('chain_getBlockHash', [0], hashSchema);
  if (genesis !== chain) throw new Error(`it is a node of chain ${genesis}, not of ${chain}`);
  const head = await call('chain_getFinalizedHead', [], hashSchema);
  const { number } = await call('chain_getHeader', [`0x${head}`], headerSchema);
  return number < height ? 'not-yet' : await call('chain_getBlockHash', [height], hashSchema);
}

/** The port `Beacon` for places of kind `block`. */
export function blockHashBeacon(options: BlockHashOptions): Beacon {
  const node = addressOf(options.node);
  const call = callerOf(node, options.timeoutMs ?? TIMEOUT_MS);
  return {
    async at(place) {
      if (place.kind !== 'block') {
        throw new BeaconUnavailableError(`there is no ${place.kind} of chain ${place.chain} to be had here`);
      }
      const { chain, height } = place;
      try {
        const value = await finalHash(call, chain, height);
        return value === 'not-yet' ? value : { kind: 'block', chain, height, value };
      } catch (error) {
        const reason = `${node.host} did not give block ${height}: ${reasonOf(error)}`;
        throw new BeaconUnavailableError(reason, { cause: error });
      }
    },
  };
}
