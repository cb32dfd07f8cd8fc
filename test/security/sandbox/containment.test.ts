/** What untrusted code cannot reach, and what becomes of it when it takes more than its share. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SandboxSession } from '../../../domain/ports.ts';
import { ask, failure, LIMITS, MIB, openHostile } from './hostile.ts';

const sessions: SandboxSession[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});

async function hostile(...parameters: Parameters<typeof openHostile>): Promise<SandboxSession> {
  const session = await openHostile(...parameters);
  sessions.push(session);
  return session;
}

/** What the code answers to one request. */
async function answerOf(python: string): Promise<Record<string, unknown>> {
  return (await ask(await hostile(`request()\n${python}`))).header;
}

describe('ending itself', () => {
  test.each([
    ['exit status', 'os._exit(3)', 'status 3'],
    ['the exit status of a killed process', 'os._exit(137)', 'status 137'],
    ['exception', 'raise SystemExit(4)', 'status 4'],
    ['segmentation fault', 'ctypes.string_at(0)', 'status 139'],
  ])('%s', async (_name, attack, said) => {
    const session = await hostile(`request(); ${attack}`);
    const error = await failure(ask(session));
    expect(error).toMatchObject({ kind: 'learner-ended', message: expect.stringContaining(said) });
  });

  test('SIGKILL to itself and to all it sees: as process 1 it lives on, alone', async () => {
    expect(
      await answerOf(`
if os.fork() == 0: time.sleep(600)
os.kill(os.getpid(), signal.SIGKILL)
os.kill(-1, signal.SIGKILL)
os.wait()
answer(processes=[name for name in os.listdir('/proc') if name.isdigit()])`),
    ).toEqual({ processes: ['1'] });
  });

  test('its traceback is kept for the miner, no more than 4 KiB of it', async () => {
    const session = await hostile(
      `request(); sys.stderr.write('é' * 10000); sys.stderr.flush(); os._exit(1)`,
    );
    await failure(ask(session));
    const { standardError } = await session.close();
    expect(standardError).toBe('é'.repeat(2048));
  });
});

describe('taking more than its share', () => {
  test('memory', async () => {
    const session = await hostile('request()\nhoard = []\nwhile True: hoard.append(bytearray(1 << 20))');
    expect((await failure(ask(session))).kind).toBe('over-limit');
    expect((await session.close()).oomKilled).toBe(true);
  });

  test('memory by way of files in /tmp', async () => {
    const attack = `request()\nwith open('/tmp/x', 'wb') as file:\n    while True: file.write(b'x' * (1 << 20))`;
    const session = await hostile(attack, { tmpBytes: 1024 * MIB });
    expect((await failure(ask(session))).kind).toBe('over-limit');
  });

  test('wall-clock time, though it answers', async () => {
    const session = await hostile('while True:\n    request()\n    answer(ok=True)\n    time.sleep(0.01)', {
      wallMs: 1500,
    });
    const talk = async () => {
      for (;;) await ask(session);
    };
    expect((await failure(talk())).kind).toBe('over-limit');
  });

  test('standard error', async () => {
    const session = await hostile(`request()\nwhile True: os.write(2, b'x' * (1 << 16))`);
    expect((await failure(ask(session))).kind).toBe('over-limit');
    expect((await session.close()).standardError).toBe('x'.repeat(4096));
  });

  test('standard output goes nowhere', async () => {
    expect(await answerOf(`for _ in range(1024): os.write(1, b'x' * (1 << 16))\nanswer(alive=True)`)).toEqual(
      { alive: true },
    );
  });

  test('processes: a fork bomb stops at its limit, and another container answers meanwhile', async () => {
    const bomb = await hostile(`
request()
while True:
    try: os.fork()
    except OSError: pass`);
    const bystander = await hostile('while True:\n    request()\n    answer(ok=True)');
    const bombed = failure(ask(bomb, 2000));
    for (let i = 0; i < 20; i += 1) expect((await ask(bystander)).header).toEqual({ ok: true });
    expect((await bombed).kind).toBe('late');
    expect((await bomb.close()).exitCode).toBe(137);
  });

  test('processes and open files are counted', async () => {
    const { forks, files } = await answerOf(`
def count(take):
    taken = 0
    while refused(take) is None: taken += 1
    return taken
def fork():
    if os.fork() == 0: time.sleep(600)
forks = count(fork)
kept = []
answer(forks=forks, files=count(lambda: kept.append(os.open('/dev/null', os.O_RDONLY))))`);
    expect(forks).toBe(LIMITS.pids - 1);
    expect(files).toBeGreaterThan(1000);
    expect(files).toBeLessThan(1024);
  });

  test('disk: /tmp is full at its size, shared memory at a megabyte', async () => {
    expect(
      await answerOf(`
def fill(path):
    with open(path, 'wb', buffering=0) as file:
        while True:
            try: file.write(bytes(1 << 16))
            except OSError as error: return [errno.errorcode[error.errno], file.tell()]
answer(tmp=fill('/tmp/x'), shm=fill('/dev/shm/x'))`),
    ).toEqual({ tmp: ['ENOSPC', LIMITS.tmpBytes], shm: ['ENOSPC', MIB] });
  });
});

describe('reaching out', () => {
  test('it can write nowhere but in the three places that are bounded', async () => {
    const { writable } = await answerOf(`
def writes(folder):
    return refused(lambda: os.close(os.open(folder + '/x', os.O_CREAT | os.O_WRONLY))) is None
answer(writable=sorted(folder for folder, _, _ in os.walk('/') if not folder.startswith('/proc/') and writes(folder)))`);
    expect(writable).toEqual(['/dev/mqueue', '/dev/shm', '/tmp']);
  });

  test('it cannot change a file of the image, of the kernel or of the engine', async () => {
    const { refusals } = await answerOf(`
paths = ['/etc/hosts', '/etc/resolv.conf', '/etc/passwd', '/opt/prism/prism_host/serve.py', '/proc/sys/kernel/core_pattern',
  '/proc/sysrq-trigger', '/proc/1/oom_score_adj_', '/sys/kernel/mm/transparent_hugepage/enabled', '/run/prism/x']
answer(refusals=[refused(open, path, 'w') for path in paths])`);
    expect(refusals).not.toContain(null);
  });

  test('nothing in /tmp can be executed', async () => {
    const { refusal } = await answerOf(`
with open('/tmp/x', 'w') as file: file.write('#!/bin/sh')
os.chmod('/tmp/x', 0o755)
answer(refusal=refused(os.execv, '/tmp/x', ['/tmp/x']))`);
    expect(refusal).toBe('EACCES');
  });

  test('no interface but its own loopback, no route, no name service, no raw packets', async () => {
    expect(
      await answerOf(`
answer(
  interfaces=[name for _, name in socket.if_nameindex()],
  route=refused(socket.create_connection, ('192.0.2.1', 80), 5),
  loopback=refused(socket.create_connection, ('127.0.0.1', 22), 5),
  names=refused(socket.getaddrinfo, 'example.invalid', 80) is not None,
  raw=refused(socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
  packet=refused(socket.socket, socket.AF_PACKET, socket.SOCK_RAW))`),
    ).toEqual({
      interfaces: ['lo'],
      route: 'ENETUNREACH',
      loopback: expect.stringMatching(/^(ECONNREFUSED|ENETUNREACH)$/),
      names: true,
      raw: 'EPERM',
      packet: 'EPERM',
    });
  });

  test('it sees no process but its own: none of ours to read, trace or signal', async () => {
    expect(
      await answerOf(`
ours = ${process.pid}
answer(
  processes=[name for name in os.listdir('/proc') if name.isdigit()],
  memory=refused(open, f'/proc/{ours}/mem', 'rb'),
  signal=refused(os.kill, ours, 0),
  trace=libc_refused('ptrace', 16, ours, 0, 0))`),
    ).toEqual({ processes: ['1'], memory: 'ENOENT', signal: 'ESRCH', trace: 'ESRCH' });
  });

  test('it gains no rights: identity, mounts, namespaces, keyrings, set-user-ID programs', async () => {
    const { privileged, refusals } = await answerOf(`
privileged = []
for folder, _, names in os.walk('/usr'):
    for name in names:
        status = os.lstat(os.path.join(folder, name))
        if status.st_mode & 0o6000: privileged.append(name)
ADD_KEY = {'x86_64': 248, 'aarch64': 217}[os.uname().machine]
answer(privileged=privileged, refusals={
  'setuid': refused(os.setuid, 0),
  'setgroups': refused(os.setgroups, [0]),
  'mount': libc_refused('mount', b'none', b'/tmp', b'tmpfs', 0, None),
  'remount': libc_refused('mount', b'none', b'/', None, 32, None),
  'chroot': refused(os.chroot, '/tmp'),
  'user namespace': libc_refused('unshare', 0x10000000),
  'namespace': libc_refused('setns', os.open('/proc/self/ns/net', os.O_RDONLY), 0),
  'device': refused(os.mknod, '/tmp/disk', 0o60666, os.makedev(8, 0)),
  'hostname': libc_refused('sethostname', b'x', 1),
  'keyring': libc_refused('syscall', ADD_KEY, b'user', b'x', b'x', 1, -3),
  'priority': refused(os.nice, -5)})`);
    expect(privileged).toEqual([]);
    const expected = Object.fromEntries(Object.keys(Object(refusals)).map((key) => [key, 'EPERM']));
    expect(Object.keys(expected)).toHaveLength(11);
    expect(refusals).toEqual({ ...expected, priority: expect.stringMatching(/^(EPERM|EACCES)$/) });
  });
});
