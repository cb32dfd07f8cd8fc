import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { QUICKNET, timeOfRound } from '../../../domain/randomness/drand.ts';
import { BeaconUnavailableError } from '../../../domain/randomness/port.ts';
import { beaconSourceSchema, type PublicSource } from '../../../domain/randomness/source.ts';
import { drandBeacon } from '../../../infra/beacon/drand.ts';
import { ROUND_42, ROUND_123, ROUND_1000, ROUNDS } from '../../domain/randomness/rounds.ts';
import { nobody, serving } from './loopback.ts';

const PATH = `/${QUICKNET.hash}/public/`;
const DUE = timeOfRound(ROUND_1000.round);
/** Too short for what never ends; nothing else is measured by it. */
const SHORT_MS = 200;

/** A relay as it should be, with the rounds that we have of the network. */
const honest: RequestListener = (request, response) => {
  const found = ROUNDS.find(({ round }) => request.url === `${PATH}${round}`);
  if (found === undefined) response.writeHead(404).end();
  else response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
};

async function ask(
  listener: RequestListener,
  options: { round?: number; now?: number; next?: readonly string[]; timeoutMs?: number } = {},
): Promise<PublicSource | 'not-yet'> {
  const { round = ROUND_1000.round, now = DUE, next = [], timeoutMs = 60_000 } = options;
  return serving(listener, async (url) => {
    const beacon = drandBeacon({ relays: [url, ...next], clock: { now: () => now }, timeoutMs });
    return beacon.at({ kind: 'beacon', beacon: 'drand', chain: QUICKNET.hash, round });
  });
}

const answering =
  (body: unknown): RequestListener =>
  (_, response) => {
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

describe('a relay that serves the network', () => {
  test.each(ROUNDS)('gives round $round, ready to be recorded', async ({ round, signature, randomness }) => {
    const source = await ask(honest, { round, now: timeOfRound(round) });
    expect(beaconSourceSchema.parse(source)).toEqual({
      kind: 'beacon',
      beacon: 'drand',
      chain: QUICKNET.hash,
      round,
      signature,
      value: randomness,
    });
  });

  test('is not asked for a round that is not due', async () => {
    let asked = 0;
    const counting: RequestListener = (request, response) => {
      asked += 1;
      honest(request, response);
    };
    expect(await ask(counting, { now: DUE - 1 })).toBe('not-yet');
    expect(asked).toBe(0);
    expect(await ask(counting)).toMatchObject({ round: 1_000 });
    expect(asked).toBe(1);
  });

  test('needs not say the randomness, which is computed', async () => {
    const { round, signature } = ROUND_1000;
    expect(await ask(answering({ round, signature }))).toMatchObject({ value: ROUND_1000.randomness });
  });
});

describe('a round that relays do not have', () => {
  const without =
    (status: number): RequestListener =>
    (_, response) =>
      response.writeHead(status).end();

  test.each([404, 425])('is not out yet where they say %i at its time', async (status) => {
    expect(await ask(without(status))).toBe('not-yet');
    expect(await ask(without(status), { next: [await nobody()] })).toBe('not-yet');
  });

  test('is missing where it is long due, and where they fail in another way', async () => {
    await expect(ask(without(404), { now: DUE + 60_000 })).rejects.toThrow('it answered 404');
    await expect(ask(without(500))).rejects.toThrow('it answered 500');
  });
});

describe('a relay that is not believed', () => {
  const flood: RequestListener = (_, response) => {
    const more = (to: ServerResponse): void => {
      while (!to.destroyed && to.write('x'.repeat(65_536)));
    };
    response.on('drain', () => more(response));
    more(response);
  };
  const trickle: RequestListener = (_, response) => {
    response.write('{"round":1000,');
    const timer = setInterval(() => response.write(' '), SHORT_MS / 10);
    response.on('close', () => clearInterval(timer));
  };
  const elsewhere: RequestListener = (request, response) => {
    if (request.url?.startsWith(PATH)) response.writeHead(302, { location: '/elsewhere' }).end();
    else response.end(JSON.stringify(ROUND_1000));
  };
  const flipped = ROUND_1000.signature.replace(/.$/, (digit) => (digit === '9' ? '8' : '9'));

  test.each<readonly [string, RequestListener, string]>([
    ['another round', answering(ROUND_123), 'it answered with round 123'],
    [
      "another round's signature",
      answering({ ...ROUND_42, round: 1_000 }),
      "the signature is not the beacon's",
    ],
    [
      'a forged signature',
      answering({ round: 1_000, signature: flipped }),
      "the signature is not the beacon's",
    ],
    [
      'randomness of its own',
      answering({ ...ROUND_1000, randomness: 'ab'.repeat(32) }),
      'its randomness is not the SHA-256 of its signature',
    ],
    ['no signature', answering({ round: 1_000 }), 'the answer is not a round'],
    ['a round that is no number', answering({ ...ROUND_1000, round: '1000' }), 'the answer is not a round'],
    ['null', answering('null'), 'the answer is not a round'],
    ['a page', answering('<!doctype html><title>1000</title>'), 'the answer is not JSON'],
    ['nothing', answering(''), 'the answer is not JSON'],
    ['an endless answer', flood, 'the answer is over 4096 bytes'],
    ['a broken connection', (_, response) => response.destroy(), 'other side closed'],
    ['a way to somewhere else', elsewhere, 'redirect'],
  ])('%s', async (_, listener, reason) => {
    const failed = await ask(listener).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BeaconUnavailableError);
    expect(String(failed)).toContain(reason);
    // The next relay is asked, and its answer counts.
    expect(await serving(honest, (good) => ask(listener, { next: [good] }))).toMatchObject({
      value: ROUND_1000.randomness,
    });
  });

  test.each<readonly [string, RequestListener]>([
    ['silence', () => {}],
    ['one byte at a time', trickle],
  ])('%s is waited for no longer than was configured', async (_, listener) => {
    await expect(ask(listener, { timeoutMs: SHORT_MS })).rejects.toThrow('timeout');
  });

  test('every relay is named with its reason where none can be believed', async () => {
    const gone = await nobody();
    const failed = await ask(answering(ROUND_123), { next: [gone] }).catch((error: unknown) => String(error));
    expect(failed).toContain('no relay gave drand round 1000: 127.0.0.1:');
    expect(failed).toContain('it answered with round 123; ');
    expect(failed).toContain(`${new URL(gone).host}: connect ECONNREFUSED`);
  });
});

describe('what cannot be asked for', () => {
  test('is a chain that is not known, or a block', async () => {
    const beacon = drandBeacon({ relays: [], clock: { now: () => DUE } });
    const chain = 'ab'.repeat(32);
    const places = [
      { kind: 'beacon', beacon: 'drand', chain, round: 1 },
      { kind: 'block', chain, height: 1 },
    ] as const;
    for (const place of places) {
      const failed = await beacon.at(place).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(BeaconUnavailableError);
      expect(String(failed)).toContain(`${place.kind} of chain ${chain}`);
    }
  });

  test.each(['api.drand.sh', 'ftp://api.drand.sh', ''])('is a relay at %j', (address) => {
    expect(() => drandBeacon({ relays: [address], clock: { now: () => DUE } })).toThrow(
      'not an http or https address',
    );
  });
});
