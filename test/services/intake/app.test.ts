/** What Platform gets for each request, and what stands in the ledger afterwards. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../domain/events/canonical.ts';
import { submissionId } from '../../../domain/events/ids.ts';
import { StoreUnavailableError } from '../../../domain/ports.ts';
import { buildZip } from '../../security/archives/raw-zip.ts';
import type { StoreFaults } from '../../support/engine.ts';
import { heldReview } from '../../support/held-review.ts';
import { handOver, openLedger, rejected } from '../../support/history.ts';
import { type Answer, type Bridge, create, headersOf, openBridge, project, SLUG, TOKEN } from './bridge.ts';

const ZIP = project();
let faults: StoreFaults;
let bridge: Bridge;
beforeEach(async () => {
  faults = {};
  bridge = await openBridge(faults);
});
afterEach(() => bridge.close());

/** Types of the events that were written since the ledger was opened. */
const written = async () => (await bridge.engine.types()).slice(1);
const ADMITTED = ['SubmissionReceived', 'SubmissionAdmitted'];
const code = ({ body }: Answer) =>
  typeof body.error === 'object' && body.error !== null && 'code' in body.error
    ? body.error.code
    : body.error;

async function receivedData(): Promise<{ readonly [key: string]: unknown }[]> {
  const all: { readonly [key: string]: unknown }[] = [];
  for await (const { event } of bridge.stored())
    if (event.type === 'SubmissionReceived') all.push(event.data);
  return all;
}

describe('a submission that Platform vouches for', () => {
  test.each(['X-Platform', 'X-Base'])('is taken in under prefix %s', async (prefix) => {
    const headers = { ...headersOf(ZIP, { prefix }), ...(prefix === 'X-Base' ? without('X-Platform') : {}) };
    const { status, body } = await bridge.post(ZIP, headers);
    const id = submissionId(openLedger().ledger, 'hotkey-a', 'nonce-1');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      hotkey: 'hotkey-a',
      epoch_id: 1,
      status: 'pending',
      code_hash: sha256(ZIP),
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      error: null,
      reason: null,
      receipt: `/v1/submissions/${id}/receipt`,
    });
    expect(await written()).toEqual(ADMITTED);
  });

  test('is recorded as it came, with blobs of all that it holds', async () => {
    await bridge.post(ZIP, { 'X-Platform-Verified-Uid': '17', 'X-Submission-Filename': 'mine.zip' });
    expect(await receivedData()).toEqual([
      {
        hotkey: 'hotkey-a',
        nonce: 'nonce-1',
        uid: 17,
        requestHash: sha256(ZIP),
        filename: 'mine.zip',
        byteLength: ZIP.length,
        chainHeight: null,
      },
    ]);
    for await (const { event } of bridge.stored()) {
      if (event.type === 'SubmissionAdmitted')
        expect(await bridge.hasBlob(String(event.data.filesBlob))).toBe(true);
    }
    expect(await bridge.hasBlob(sha256('def build_model(ctx): ...\n'))).toBe(true);
  });

  test.each([
    ['as raw bytes without a type', undefined],
    ['as an octet stream', 'application/octet-stream'],
  ])('is taken in %s', async (_name, type) => {
    expect((await bridge.post(ZIP, { 'content-type': type })).body).toMatchObject({ status: 'pending' });
  });

  test.each([
    ['in JSON', 'application/json', (text: string) => text],
    ['in JSON that is not called so', 'application/octet-stream', (text: string) => text],
    [
      'in JSON with line breaks',
      'application/json; charset=utf-8',
      (text: string) => text.replaceAll(/(.{20})/g, '$1\n'),
    ],
  ])('is taken in as base64 %s', async (_name, type, wrap) => {
    const body = create(wrap(ZIP.toString('base64')), 'mine.zip');
    expect((await bridge.post(body, { 'content-type': type })).body).toMatchObject({
      status: 'pending',
      code_hash: sha256(body),
    });
    expect(await receivedData()).toMatchObject([{ filename: 'mine.zip', byteLength: body.length }]);
  });
});

describe('a request that is not vouched for writes nothing', () => {
  const hash = 'X-Platform-Request-Hash';

  test.each<[string, { readonly [name: string]: string | undefined }, number, string]>([
    ['without a token', { authorization: undefined }, 401, 'not-authorised'],
    ['with a wrong token', { authorization: `Bearer ${TOKEN}x` }, 401, 'not-authorised'],
    ['with another scheme', { authorization: `Basic ${TOKEN}` }, 401, 'not-authorised'],
    ['for another challenge', { 'X-Platform-Challenge-Slug': 'other' }, 400, 'wrong-slug'],
    ['with prefixes that disagree', { 'X-Base-Verified-Hotkey': 'hotkey-b' }, 400, 'headers-disagree'],
    ['without a hotkey', { 'X-Platform-Verified-Hotkey': undefined }, 422, 'bad-header'],
    ['without a nonce', { 'X-Platform-Verified-Nonce': undefined }, 422, 'bad-header'],
    ['without a hash', { [hash]: undefined }, 422, 'bad-header'],
    ['with a hotkey that has a space', { 'X-Platform-Verified-Hotkey': 'a b' }, 422, 'bad-header'],
    ['with a nonce of 129 characters', { 'X-Platform-Verified-Nonce': 'n'.repeat(129) }, 422, 'bad-header'],
    ['with a hash that is none', { [hash]: 'abc' }, 422, 'bad-header'],
    ['with a uid that is no number', { 'X-Platform-Verified-Uid': '' }, 422, 'bad-header'],
    ['with a uid that is too large', { 'X-Platform-Verified-Uid': '65536' }, 422, 'bad-header'],
    ['with a file name that has a slash', { 'X-Submission-Filename': '../mine.zip' }, 422, 'bad-header'],
    ['with the hash of another body', { [hash]: sha256('another') }, 400, 'wrong-request-hash'],
  ])('%s', async (_name, headers, status, expected) => {
    const answer = await bridge.post(ZIP, headers);
    expect([answer.status, code(answer)]).toEqual([status, expected]);
    expect(await written()).toEqual([]);
  });

  test('and says which header it is', async () => {
    const { body } = await bridge.post(ZIP, { 'X-Platform-Verified-Nonce': undefined });
    expect(body.error).toMatchObject({
      message: 'X-Platform-Verified-Nonce (or X-Base-Verified-Nonce): is missing',
    });
  });

  test('although the same challenge and a hash in capitals are as good', async () => {
    const headers = { [hash]: sha256(ZIP).toUpperCase(), 'X-Base-Challenge-Slug': SLUG };
    expect((await bridge.post(ZIP, headers)).status).toBe(200);
  });
});

describe('a body that is not the reference’s writes nothing', () => {
  const json = { 'content-type': 'application/json' };
  test.each<[string, Buffer, number, string]>([
    ['JSON that ends early', Buffer.from('{"code": "'), 400, 'bad-json'],
    ['JSON without code', Buffer.from('{"filename": "a.zip"}'), 422, 'bad-body'],
    ['JSON that is no object', Buffer.from('[1]'), 422, 'bad-body'],
    ['a Python file', create(Buffer.from('print()').toString('base64'), 'model.py'), 422, 'not-an-archive'],
    ['a name with a folder', create('UEsDBA==', 'a/b.zip'), 422, 'bad-body'],
    ['code that is not base64', create('%%%', 'a.zip'), 422, 'bad-base64'],
    // One that took quadratic time would not come back for hours.
    ['code that is nearly all white space', create(`A${' '.repeat(4_000_000)}!`, 'a.zip'), 422, 'bad-base64'],
  ])('%s', async (_name, body, status, expected) => {
    const answer = await bridge.post(body, json);
    expect([answer.status, code(answer)]).toEqual([status, expected]);
    expect(await written()).toEqual([]);
  });

  test('and a Python file is told what to send instead', async () => {
    const { body } = await bridge.post(create('cHJpbnQoKQ==', 'model.py'), json);
    expect(body.error).toMatchObject({ message: expect.stringContaining('as a ZIP') });
  });

  test('more than can be read', async () => {
    const answer = await bridge.post(Buffer.alloc(8 * 1_048_576 + 1));
    expect([answer.status, code(answer)]).toEqual([413, 'body-too-large']);
    expect(await written()).toEqual([]);
  });
});

describe('what is no project is turned away with a record', () => {
  test.each<[string, Buffer, string]>([
    ['an empty body', Buffer.alloc(0), 'not-a-zip'],
    ['text', Buffer.from('print("hello")\n'), 'not-a-zip'],
    ['an archive above its limit', Buffer.concat([ZIP, Buffer.alloc(3 * 1_048_576)]), 'archive-too-large'],
    [
      'a project without an entrypoint',
      buildZip({ entries: [{ name: 'a.py', content: 'x = 1\n' }] }),
      'entrypoint-missing',
    ],
    ['a layout that no event could hold', manyPaths(), 'manifest-invalid'],
  ])('%s', async (_name, body, reason) => {
    const { status, body: answer } = await bridge.post(body);
    expect(status).toBe(200);
    expect(answer).toMatchObject({ status: 'rejected', reason, error: expect.stringMatching(/\w{3}/) });
    expect(await written()).toEqual(['SubmissionReceived', 'SubmissionRejected']);
    expect((await bridge.post(body)).body).toEqual(answer);
  });
});

describe('a submission that comes again', () => {
  test('under the same nonce has the same answer and one record', async () => {
    const first = await bridge.post(ZIP);
    expect(await bridge.post(ZIP)).toEqual(first);
    expect(await written()).toEqual(ADMITTED);
  });

  test('under the same nonce with another body is refused', async () => {
    await bridge.post(ZIP);
    const answer = await bridge.post(project('x = 1\n'));
    expect([answer.status, code(answer)]).toEqual([409, 'nonce-used']);
    expect(await written()).toEqual(ADMITTED);
  });

  test('under another nonce has the earlier answer, also packed by another tool', async () => {
    const first = await bridge.post(ZIP);
    const again = await bridge.post(ZIP, { 'X-Platform-Verified-Nonce': 'nonce-2' });
    expect(again).toEqual(first);
    const packed = buildZip({
      entries: [{ name: 'model.py', content: 'def build_model(ctx): ...\n', method: 0 }],
    });
    expect(packed.equals(ZIP)).toBe(false);
    expect((await bridge.post(packed, { 'X-Platform-Verified-Nonce': 'nonce-3' })).body.id).toBe(
      first.body.id,
    );
    expect(await written()).toEqual(ADMITTED);
  });

  test('by another hotkey is another submission', async () => {
    const first = await bridge.post(ZIP);
    const second = await bridge.post(ZIP, { 'X-Platform-Verified-Hotkey': 'hotkey-b' });
    expect(second.body.id).not.toBe(first.body.id);
    expect(await written()).toEqual([...ADMITTED, ...ADMITTED]);
  });

  test('twenty times at once is one submission', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => bridge.post(ZIP)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await written()).toEqual(ADMITTED);
  });

  test('twenty times at once under twenty nonces is one submission', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => bridge.post(ZIP, { 'X-Platform-Verified-Nonce': `nonce-${i}` })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await written()).toEqual(ADMITTED);
  });

  test('once it was abandoned is taken in anew', async () => {
    const first = await bridge.post(ZIP);
    const client = bridge.engine.client();
    await client.catchUp();
    const id = String(first.body.id);
    await client.commit(
      {
        stream: `submission-${id}`,
        actor: 'test',
        correlationId: id,
        cause: null,
        step: 'abandon',
        attempt: 1,
      },
      () => [
        { type: 'ReviewFaulted', data: { attempt: 1, reason: 'no engine' } },
        { type: 'EvaluationAbandoned', data: { stage: 'review', attempts: 1, reason: 'no engine' } },
      ],
    );
    expect((await bridge.post(ZIP)).body).toMatchObject({ id, status: 'failed' });
    const again = await bridge.post(ZIP, { 'X-Platform-Verified-Nonce': 'nonce-2' });
    expect(again.body).toMatchObject({ status: 'pending' });
    expect(again.body.id).not.toBe(id);
  });
});

describe('a store that is away', () => {
  const away = (): never => {
    throw new StoreUnavailableError('away');
  };

  test.each(['beforeRead', 'beforeAppend'] as const)(
    '%s is said to be away, and nothing is lost by sending again',
    async (when) => {
      faults[when] = away;
      const answer = await bridge.post(ZIP);
      expect([answer.status, code(answer)]).toEqual([503, 'store-unavailable']);
      expect(await written()).toEqual([]);
      delete faults[when];
      expect((await bridge.post(ZIP)).body).toMatchObject({ status: 'pending' });
      expect(await written()).toEqual(ADMITTED);
    },
  );

  test('although it has written is written to once', async () => {
    faults.afterAppend = away;
    expect((await bridge.post(ZIP)).status).toBe(503);
    delete faults.afterAppend;
    expect((await bridge.post(ZIP)).body).toMatchObject({ status: 'pending' });
    expect(await written()).toEqual(ADMITTED);
  });
});

test('an answer says where the submission stands now', async () => {
  const builder = openLedger();
  const script = { hotkey: 'hotkey-a', kind: 'full', architecture: 'gpt' } as const;
  const id = handOver(builder, script, 0);
  builder.append(`submission-${id}`, id, 'test', rejected('review', 'forbidden-import', 'imports socket'));
  const other = await openBridge({}, builder);
  const body = Buffer.from('body 0');
  const { body: answer } = await other.post(body, {
    ...headersOf(body, { nonce: 'nonce-0' }),
  });
  expect(answer).toMatchObject({
    id,
    status: 'rejected',
    reason: 'forbidden-import',
    error: 'imports socket',
  });
  await other.close();
});

test('an answer says that the review is held', async () => {
  const { builder, id } = heldReview();
  const held = await openBridge({}, builder);
  const body = Buffer.from('body 0');
  const { body: answer } = await held.post(body, headersOf(body, { hotkey: 'A', nonce: 'nonce-0' }));
  expect(answer).toMatchObject({ id, status: 'held', reason: null, error: null });
  await held.close();
});

/** Removes the headers of a prefix. */
function without(prefix: string): { readonly [name: string]: undefined } {
  return {
    [`${prefix}-Verified-Hotkey`]: undefined,
    [`${prefix}-Verified-Nonce`]: undefined,
    [`${prefix}-Request-Hash`]: undefined,
  };
}

/** A short manifest in a folder with a long name, whose two components name 190 files each. */
function manyPaths(): Buffer {
  const folder = `${'d'.repeat(100)}/${'e'.repeat(100)}`;
  const names = Array.from({ length: 190 }, (_, i) => `f${i}.py`);
  const list = `[${names.join(', ')}]`;
  const manifest = `kind: full\narchitecture:\n  entrypoint: f0.py\n  files: ${list}\ntraining:\n  entrypoint: f1.py\n  files: ${list}\n`;
  return buildZip({
    entries: [
      { name: 'other.py', content: 'x = 1\n' },
      { name: `${folder}/prism.yaml`, content: manifest },
      ...names.map((name) => ({ name: `${folder}/${name}`, content: 'x = 1\n' })),
    ],
  });
}
