import type { RequestListener } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BeaconUnavailableError } from '../../../domain/randomness/port.ts';
import { blockSourceSchema, type PublicSource } from '../../../domain/randomness/source.ts';
import { blockHashBeacon } from '../../../infra/beacon/block-hash.ts';
import { noBeacon } from '../../../infra/beacon/none.ts';
import { nobody, serving } from './loopback.ts';

const hashOf = (height: number): string => height.toString(16).padStart(64, 'c');
const GENESIS = hashOf(0);
const FINAL = 500;
const BEST = 503;

const requestSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.int(),
  method: z.string(),
  params: z.array(z.union([z.string(), z.int()])),
});
type Call = z.infer<typeof requestSchema>;

/** What a node of a chain of 503 blocks answers, of which 500 are final. */
function resultOf({ method, params: [first] }: Call): unknown {
  if (method === 'chain_getFinalizedHead') return `0x${hashOf(FINAL)}`;
  if (method === 'chain_getHeader' && first === `0x${hashOf(FINAL)}`)
    return { number: `0x${FINAL.toString(16)}`, parentHash: `0x${hashOf(FINAL - 1)}`, digest: { logs: [] } };
  if (method === 'chain_getBlockHash' && typeof first === 'number')
    return first <= BEST ? `0x${hashOf(first)}` : null;
  throw new Error(`a node was not expected to be asked for ${method}`);
}

/** `change` may answer for the node; undefined leaves it to the chain above. */
function node(change: (call: Call) => object | string | undefined = () => undefined): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
      const answer = change(call) ?? { jsonrpc: '2.0', id: call.id, result: resultOf(call) };
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  };
}

async function ask(
  listener: RequestListener,
  height: number,
  timeoutMs = 60_000,
): Promise<PublicSource | 'not-yet'> {
  return serving(listener, (url) =>
    blockHashBeacon({ node: url, timeoutMs }).at({ kind: 'block', chain: GENESIS, height }),
  );
}

test('gives the hash of a final block, ready to be recorded', async () => {
  const source = await ask(node(), FINAL);
  expect(blockSourceSchema.parse(source)).toEqual({
    kind: 'block',
    chain: GENESIS,
    height: FINAL,
    value: hashOf(FINAL),
  });
  expect(await ask(node(), 17)).toMatchObject({ value: hashOf(17) });
});

test('a block that is there but not final is not out yet, nor one that is not there', async () => {
  expect(await ask(node(), FINAL + 1)).toBe('not-yet');
  expect(await ask(node(), BEST + 1)).toBe('not-yet');
});

describe('a node that is not believed', () => {
  const on =
    (method: string, result: unknown): RequestListener =>
    (request, response) =>
      node((call) => (call.method === method ? { jsonrpc: '2.0', id: 1, result } : undefined))(
        request,
        response,
      );

  test.each<readonly [string, RequestListener, string]>([
    ['of another chain', on('chain_getBlockHash', `0x${'ab'.repeat(32)}`), 'not of '],
    ['without a hash', on('chain_getBlockHash', null), 'chain_getBlockHash: '],
    ['with half a hash', on('chain_getFinalizedHead', '0xabcd'), 'chain_getFinalizedHead: '],
    ['with a header that is none', on('chain_getHeader', { number: 500 }), 'chain_getHeader: '],
    [
      'that refuses',
      node(() => ({ jsonrpc: '2.0', id: 1, error: { code: -32_601, message: 'Method not found' } })),
      'error -32601, Method not found',
    ],
    ['that answers something else', node(() => ({ jsonrpc: '2.0', id: 7 })), 'is not JSON-RPC'],
    ['that is a page', node(() => '<!doctype html>'), 'the answer is not JSON'],
    ['that floods', node(() => `"${'x'.repeat(100_000)}"`), 'the answer is over 65536 bytes'],
    ['that fails', (_, response) => response.writeHead(503).end(), 'it answered 503'],
  ])('%s', async (_, listener, reason) => {
    const failed = await ask(listener, FINAL).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BeaconUnavailableError);
    expect(String(failed)).toContain(`did not give block ${FINAL}: `);
    expect(String(failed)).toContain(reason);
  });

  test('that is silent', async () => {
    await expect(ask(() => {}, FINAL, 200)).rejects.toThrow('timeout');
  });

  test('that is not there', async () => {
    const beacon = blockHashBeacon({ node: await nobody() });
    const asked = beacon.at({ kind: 'block', chain: GENESIS, height: 1 });
    await expect(asked).rejects.toThrow('ECONNREFUSED');
  });
});

test('other kinds of randomness are not to be had from a node, and none from none', async () => {
  const round = { kind: 'beacon', beacon: 'drand', chain: GENESIS, round: 1 } as const;
  const beacon = blockHashBeacon({ node: 'http://127.0.0.1:1' });
  await expect(beacon.at(round)).rejects.toThrow('there is no beacon of chain');
  await expect(noBeacon().at(round)).rejects.toThrow(BeaconUnavailableError);
  expect(() => blockHashBeacon({ node: 'node' })).toThrow('not an http or https address: node');
});
