/** The channel's own parser, on a real Unix socket; what hostile containers do to it is in test/security/sandbox. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Frame } from '../../../domain/ports.ts';
import { FrameChannel } from '../../../infra/sandbox/host/frame-channel.ts';

const folder = mkdtempSync(join(tmpdir(), 'prism-channel-'));
const path = join(folder, 'socket');
let accept: (socket: Socket) => void = () => {};
const server = createServer((socket) => accept(socket)).listen(path);
const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Both ends of a connection; `ended` resolves with how the channel's end saw it end. */
async function pair(): Promise<{ channel: FrameChannel; peer: Socket; ended: Promise<string> }> {
  const accepted = new Promise<Socket>((resolve) => {
    accept = resolve;
  });
  const peer = connect(path);
  const socket = await accepted;
  open.push(peer, socket);
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const channel = new FrameChannel(socket, { onMalformed: resolve, onClosed: () => resolve('closed') });
  return { channel, peer, ended };
}

function encoded({ header, body }: Frame): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32BE(json.length, 0);
  prefix.writeUInt32BE(body.length, 4);
  return Buffer.concat([prefix, json, body]);
}

const EMPTY: Frame = { header: {}, body: Buffer.alloc(0) };
const frames = fc.record({
  header: fc.dictionary(
    fc.string({ unit: 'grapheme' }),
    fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' })),
  ),
  body: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
});

test('a request arrives byte for byte as it is meant to', async () => {
  const { channel, peer } = await pair();
  const frame = { header: { op: 'ü' }, body: Buffer.from([0, 255, 1]) };
  const sent = encoded(frame);
  channel.request(frame, 100).catch(() => {});
  const chunks: Buffer[] = [];
  for await (const chunk of peer) {
    chunks.push(chunk);
    if (Buffer.concat(chunks).length >= sent.length) break;
  }
  expect(Buffer.concat(chunks)).toEqual(sent);
});

test('an answer is the same in whatever pieces it comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      frames,
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }),
      async (frame, pieces) => {
        const { channel, peer } = await pair();
        const answer = channel.request(EMPTY, 100_000);
        let rest = encoded(frame);
        for (const size of pieces) {
          peer.write(rest.subarray(0, size));
          rest = rest.subarray(size);
          await new Promise(setImmediate);
        }
        peer.write(rest);
        const received = await answer;
        expect(received.header).toEqual(JSON.parse(JSON.stringify(frame.header)));
        expect(received.body).toEqual(frame.body);
      },
    ),
    { numRuns: 50 },
  );
});

test('whatever bytes come, there is an answer, a reason or an end, never an exception', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
      const { channel, peer, ended } = await pair();
      const answer = channel.request(EMPTY, 1000);
      peer.end(bytes);
      const outcome = await Promise.race([answer.then(() => 'answered'), ended]);
      expect(outcome).toMatch(/^(answered|closed|sent|announced)/);
      channel.end(new Error('over'));
      await answer.catch(() => {});
    }),
    { numRuns: 200 },
  );
});

test('the largest answer allowed is allowed, one byte more is not', async () => {
  const answer: Frame = { header: {}, body: Buffer.alloc(98, 1) };
  const first = await pair();
  first.peer.write(encoded(answer));
  expect((await first.channel.request(EMPTY, 100)).body).toHaveLength(98);
  const second = await pair();
  second.channel.request(EMPTY, 99).catch(() => {});
  second.peer.write(encoded(answer));
  expect(await second.ended).toBe('announced 100 bytes where 99 are allowed');
});

test('a header is at most a mebibyte, whatever the caller would read', async () => {
  const { channel, peer, ended } = await pair();
  channel.request(EMPTY, 2 ** 32).catch(() => {});
  peer.write(Buffer.from('0010000100000000', 'hex'));
  expect(await ended).toBe('announced a header of 1048577 bytes, more than 1048576');
});

test('a second request before the answer is a mistake of the caller', async () => {
  const { channel } = await pair();
  channel.request(EMPTY, 10).catch(() => {});
  expect(() => channel.request(EMPTY, 10)).toThrow('one request at a time');
});
