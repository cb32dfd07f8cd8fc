/** A container that breaks the protocol ends its own run, with the reason that says so. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SandboxSession } from '../../../domain/ports.ts';
import { ask, failure, openHostile } from './hostile.ts';

let session: SandboxSession | undefined;
afterEach(async () => {
  await session?.close();
});

describe('malformed frames', () => {
  test.each([
    ['a body of a gigabyte', `connection.sendall(struct.pack('>II', 2, 1 << 30) + b'{}')`],
    ['a header of four gigabytes', `connection.sendall(struct.pack('>II', 0xffffffff, 0))`],
    ['a header that is not JSON', `connection.sendall(packed(b'hello'))`],
    ['a header that is a list', `connection.sendall(packed(b'[]'))`],
    ['a header that is null', `connection.sendall(packed(b'null'))`],
    ['a header that is not UTF-8', `connection.sendall(packed(b'{"a":"' + bytes([255]) + b'"}'))`],
    ['an empty header', `connection.sendall(packed(b''))`],
    ['a megabyte of brackets', `connection.sendall(packed(b'[' * 60000))`],
    ['no frame at all', `connection.sendall(b'GET / HTTP/1.1' + bytes([13, 10]))`],
  ])('%s', async (_name, attack) => {
    session = await openHostile(`request(); ${attack}; time.sleep(60)`);
    expect((await failure(ask(session))).kind).toBe('malformed');
  });

  test('an answer larger than asked for', async () => {
    session = await openHostile(`request(); connection.sendall(packed(b'{}', bytes(70000))); time.sleep(60)`);
    const error = await failure(ask(session));
    expect(error).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('announced 70002 bytes'),
    });
  });
});

describe('frames that nobody asked for', () => {
  test('before the first request', async () => {
    session = await openHostile(`connection.sendall(b'x' * 64); time.sleep(60)`);
    expect((await failure(ask(session))).kind).toBe('malformed');
  });

  test('behind an answer: it counts, the next request fails', async () => {
    session = await openHostile(
      `request(); connection.sendall(packed(b'{"n":1}') + packed(b'{"n":2}')); time.sleep(60)`,
    );
    expect((await ask(session)).header).toEqual({ n: 1 });
    expect((await failure(ask(session))).kind).toBe('malformed');
  });

  test('from a child process that inherited the connection', async () => {
    session = await openHostile(`
request()
if os.fork() == 0:
    connection.sendall(packed(b'{"child":1}') + packed(b'{"child":2}'))
time.sleep(60)`);
    expect((await ask(session)).header).toEqual({ child: 1 });
    expect((await failure(ask(session))).kind).toBe('malformed');
  });

  test('over a second connection: it is not accepted, the first goes on', async () => {
    session = await openHostile(`
request()
answer(second=refused(frames.connect, '/run/prism/host.sock'))
request()
answer(still='here')`);
    expect((await ask(session)).header).toEqual({ second: 'ENOENT' });
    expect((await ask(session)).header).toEqual({ still: 'here' });
  });
});

describe('no answer', () => {
  test('silence', async () => {
    session = await openHostile('request(); time.sleep(600)');
    expect((await failure(ask(session, 500))).kind).toBe('late');
  });

  test('a frame sent byte by byte', async () => {
    session = await openHostile(`
request()
connection.sendall(struct.pack('>II', 1000, 0))
while True:
    connection.sendall(b' ')
    time.sleep(0.05)`);
    expect((await failure(ask(session, 1000))).kind).toBe('late');
  });

  test('a busy loop that ignores signals', async () => {
    session = await openHostile(`
for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP): signal.signal(number, signal.SIG_IGN)
request()
while True: pass`);
    expect((await failure(ask(session, 500))).kind).toBe('late');
    expect((await session.close()).cpuUs).toBeGreaterThan(0);
  });

  test('half a frame, then the end', async () => {
    session = await openHostile(
      `request(); connection.sendall(struct.pack('>II', 1000, 0) + b'{'); os._exit(0)`,
    );
    expect((await failure(ask(session))).kind).toBe('learner-ended');
  });

  test('the connection closed, the process alive', async () => {
    session = await openHostile('request(); connection.close(); time.sleep(600)');
    const error = await failure(ask(session));
    expect(error).toMatchObject({
      kind: 'learner-ended',
      message: expect.stringContaining('closed its connection'),
    });
  });
});

describe('after the first failure', () => {
  test('every request fails in the same way, and closing twice is safe', async () => {
    session = await openHostile('request(); time.sleep(600)');
    const first = await failure(ask(session, 200));
    expect(await failure(ask(session))).toBe(first);
    expect(await session.close()).toEqual(await session.close());
  });
});
