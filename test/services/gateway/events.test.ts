import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../domain/events/canonical.ts';
import { leafHash } from '../../../domain/log/hashes.ts';
import { parseVkey } from '../../../domain/log/keys.ts';
import { verifyReceipt } from '../../../domain/log/receipt.ts';
import { StoreUnavailableError } from '../../../domain/ports.ts';
import * as answers from '../../../services/gateway/answers.ts';
import { generateLedger } from '../../support/ledger.ts';
import { TEST_SIGNER } from '../../support/log-folder.ts';
import { type Harness, openHarness } from './harness.ts';

const ledger = generateLedger({ seed: 8, submissions: 26 });
const entries = ledger.entries();
const verifier = parseVkey(TEST_SIGNER.vkey);
let harness: Harness;

beforeAll(async () => {
  harness = await openHarness(entries);
});
afterAll(() => harness.close());

describe('events', () => {
  test('pages hold every entry once, byte for byte', async () => {
    const bodies: string[] = [];
    for (let after: number | null = -1; after !== null; ) {
      const response = await harness.app.inject(`/v1/events?after=${after}&limit=100`);
      const { events, next } = answers.eventsSchema.parse(response.json());
      for (const { index } of events) bodies[index] = response.body;
      after = next;
    }
    expect(bodies).toHaveLength(entries.length);
    for (const [index, entry] of entries.entries()) {
      expect(bodies[index]).toContain(`{"index":${index},"event":${entry.toString('utf8')}}`);
    }
  });

  test('one event is its canonical bytes, to be kept for ever', async () => {
    const response = await harness.app.inject('/v1/events/7');
    expect(response.body).toBe(`{"index":7,"event":${entries[7]?.toString('utf8')}}`);
    expect(response.headers['cache-control']).toContain('immutable');
    expect(answers.eventEntrySchema.parse(response.json()).index).toBe(7);
  });

  test.each([
    ['/v1/events/100000', 404, 'unknown-event'],
    ['/v1/events/x', 400, 'bad-request'],
    ['/v1/events?after=-2', 400, 'bad-request'],
    ['/v1/events?limit=257', 400, 'bad-request'],
    ['/v1/nothing', 404, 'not-found'],
    ['/v1/%zz', 400, 'bad-request'],
  ])('%s is refused', async (url, status, code) => {
    const response = await harness.app.inject(url);
    expect(response.statusCode).toBe(status);
    expect(answers.errorSchema.parse(response.json()).error.code).toBe(code);
  });

  test('an event past the end gives an empty page', async () => {
    expect(await harness.json('/v1/events?after=100000')).toEqual({ events: [], next: null });
  });
});

describe('receipts', () => {
  const [id = ''] = [...ledger.state.submissions.keys()].slice(-1);
  const order = ledger.state.submissions.get(id)?.order ?? -1;
  const entry = entries[order] ?? Buffer.alloc(0);

  test('JSON with all that is needed to check it', async () => {
    const receipt = answers.receiptSchema.parse(await harness.json(`/v1/submissions/${id}/receipt`));
    expect(receipt.index).toBe(order);
    expect(receipt.event).toEqual(JSON.parse(entry.toString('utf8')));
    expect(receipt.leafHash).toBe(leafHash(entry).toString('base64'));
    expect(receipt.tlogProof).toContain(receipt.proof.join('\n'));
    expect(receipt.tlogProof.endsWith(`\n\n${receipt.checkpoint}`)).toBe(true);
    expect(verifyReceipt(receipt.tlogProof, entry, verifier)).toMatchObject({ index: order });
  });

  test.each([
    ['text/plain', 'text/plain'],
    ['text/plain, */*', 'text/plain'],
    ['application/json, text/plain', 'application/json'],
    ['*/*', 'application/json'],
  ])('Accept: %s gives %s', async (accept, type) => {
    const response = await harness.app.inject({ url: `/v1/submissions/${id}/receipt`, headers: { accept } });
    expect(response.headers['content-type']).toBe(`${type}; charset=utf-8`);
    if (type === 'text/plain')
      expect(verifyReceipt(response.body, entry, verifier)).toMatchObject({ index: order });
  });

  test('202 while it stands in the store only, then 200 from the very checkpoint on', async () => {
    const asked: string[] = [];
    const ports = {
      isInStore: async (submission: string) => {
        asked.push(submission);
        return submission === id;
      },
    };
    const growing = await openHarness(entries.slice(0, order), { ports });
    const waiting = await growing.app.inject(`/v1/submissions/${id}/receipt`);
    expect(waiting.statusCode).toBe(202);
    expect(waiting.headers['retry-after']).toBe('1');
    expect(answers.waitingSchema.parse(waiting.json()).id).toBe(id);
    // Nobody has folded the new checkpoint when it is asked again.
    await growing.folder.writer.append(entries.slice(order));
    expect((await growing.app.inject(`/v1/submissions/${id}/receipt`)).statusCode).toBe(200);
    expect(asked).toEqual([id]);
    await growing.close();
  });

  test.each(['00000000-0000-5000-8000-000000000000', 'nothing', '../../keys', sha256('x')])(
    '404 for %s',
    async (unknown) => {
      const response = await harness.app.inject(`/v1/submissions/${encodeURIComponent(unknown)}/receipt`);
      expect(response.statusCode).toBe(404);
      expect(response.json()).toMatchObject({ error: { code: 'unknown-submission' } });
    },
  );

  test('503 where the store cannot say', async () => {
    const ports = {
      isInStore: () => Promise.reject(new StoreUnavailableError('the file /secret/place is gone')),
    };
    const cut = await openHarness(entries.slice(0, order), { ports });
    const response = await cut.app.inject(`/v1/submissions/${id}/receipt`);
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: { code: 'store-unavailable' } });
    expect(response.body).not.toContain('/secret');
    await cut.close();
  });
});
