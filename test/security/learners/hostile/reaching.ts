/** Reaching out of the container. Each says what it found by ending its run with it. */
import { atFifthStep, type HostileCase } from '../case.ts';

const found = (values: { readonly [what: string]: string }): HostileCase['ends'] => {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = sorted.map(([what, value]) => `"${what}": ${value}`).join(', ');
  return ['learner-ended', new RegExp(`^train, step 5: ConnectionError: \\{${text}\\}$`)];
};
const REFUSED = '"(EPERM|EACCES|ENOENT|EROFS|ENOSYS)"';

export const reaching: readonly HostileCase[] = [
  {
    name: 'calls home',
    sources: atFifthStep(`
tricks.say(
    network=tricks.refused(socket.create_connection, ('192.0.2.1', 80), 2),
    engine=tricks.refused(socket.create_connection, ('172.17.0.1', 2375), 2),
    metadata=tricks.refused(socket.create_connection, ('169.254.169.254', 80), 2),
    six=tricks.refused(socket.create_connection, ('2001:db8::1', 80), 2))`),
    ends: found({
      network: '"ENETUNREACH"',
      engine: '"ENETUNREACH"',
      metadata: '"ENETUNREACH"',
      six: '"(ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT)"',
    }),
    fast: true,
  },
  {
    name: 'asks for names, sends raw packets',
    sources: atFifthStep(`
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tricks.say(
    names=tricks.refused(socket.getaddrinfo, 'example.invalid', 80) != 'went through',
    query=tricks.refused(datagrams.sendto, b'query', ('192.0.2.53', 53)),
    raw=tricks.refused(socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    packet=tricks.refused(socket.socket, socket.AF_PACKET, socket.SOCK_RAW),
    interfaces=len(socket.if_nameindex()))`),
    ends: found({
      names: 'true',
      query: '"ENETUNREACH"',
      raw: '"EPERM"',
      packet: '"EPERM"',
      interfaces: '1',
    }),
  },
  {
    name: 'looks at, traces and signals other processes',
    sources: atFifthStep(`
tricks.say(
    processes=[name for name in os.listdir('/proc') if name.isdigit()],
    signal=tricks.refused(os.kill, 2, 0),
    trace=tricks.libc_refused('ptrace', 16, 2, 0, 0),
    memory=tricks.refused(open, '/proc/2/mem', 'rb'))`),
    ends: found({ processes: '\\["1"\\]', signal: '"ESRCH"', trace: '"(ESRCH|EPERM)"', memory: '"ENOENT"' }),
  },
  {
    name: 'writes to the kernel, the image and the folder of the connection',
    sources: atFifthStep(`
paths = ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/sys/kernel/mm/transparent_hugepage/enabled',
         '/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/cgroup.procs',
         '/etc/passwd', '/opt/prism/prism_host/serve.py', '/run/prism/x', '/run/prism/host.sock']
tricks.say(written=[path for path in paths if tricks.refused(open, path, 'w') == 'went through'],
           folder=tricks.refused(os.listdir, '/run/prism'))`),
    ends: found({ written: '\\[\\]', folder: '"EACCES"' }),
  },
  {
    name: "opens a second connection, and the engine's",
    sources: atFifthStep(`
def connect(path):
    socket.socket(socket.AF_UNIX).connect(path)

tricks.say(second=tricks.refused(connect, '/run/prism/host.sock'), engine=tricks.refused(connect, '/var/run/docker.sock'),
           runtime=tricks.refused(connect, '/run/containerd/containerd.sock'))`),
    ends: found({ second: '"(ENOENT|ECONNREFUSED)"', engine: '"ENOENT"', runtime: '"ENOENT"' }),
    fast: true,
  },
  {
    name: 'mounts, makes devices, enters namespaces, becomes root',
    sources: atFifthStep(`
tricks.say(
    mount=tricks.libc_refused('mount', b'none', b'/tmp', b'tmpfs', 0, None),
    remount=tricks.libc_refused('mount', b'none', b'/', None, 32, None),
    unmount=tricks.libc_refused('umount2', b'/run/prism', 2),
    device=tricks.refused(os.mknod, '/tmp/disk', 0o60666, os.makedev(8, 0)),
    memory=tricks.refused(open, '/dev/mem', 'rb'),
    disk=tricks.refused(open, '/dev/sda', 'rb'),
    chroot=tricks.refused(os.chroot, '/tmp'),
    user=tricks.libc_refused('unshare', 0x10000000),
    root=tricks.refused(os.setuid, 0),
    name=tricks.libc_refused('sethostname', b'x', 1))`),
    ends: found(
      Object.fromEntries(
        ['mount', 'remount', 'unmount', 'device', 'memory', 'disk', 'chroot', 'user', 'root', 'name'].map(
          (what) => [what, REFUSED],
        ),
      ),
    ),
  },
  {
    name: 'calls the kernel where it is not used to it',
    sources: atFifthStep(`
libc = ctypes.CDLL(None, use_errno=True)
numbers = {'x86_64': dict(bpf=321, perf=298, userfaultfd=323, kexec=246, keyring=250, module=175),
           'aarch64': dict(bpf=280, perf=241, userfaultfd=282, kexec=104, keyring=219, module=105)}[os.uname().machine]
tricks.say(**{name: tricks.libc_refused('syscall', number, 0, 0, 0, 0, 0) for name, number in numbers.items()})`),
    ends: found(
      Object.fromEntries(
        ['bpf', 'perf', 'userfaultfd', 'kexec', 'keyring', 'module'].map((what) => [what, REFUSED]),
      ),
    ),
  },
];
