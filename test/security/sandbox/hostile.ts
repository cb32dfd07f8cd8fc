/** Hostile Python in a real container, in the place of our host: it has the connection and may do with it what it likes. */
import type { Frame, SandboxLimits, SandboxSession, SandboxSpec } from '../../../domain/ports.ts';
import { SandboxError } from '../../../domain/ports.ts';
import { openDockerSandbox } from '../../../infra/sandbox/docker/docker-sandbox.ts';

export const MIB = 1 << 20;

export const LIMITS: SandboxLimits = {
  memoryBytes: 96 * MIB,
  cpus: 1,
  pids: 32,
  tmpBytes: 4 * MIB,
  wallMs: 30_000,
};

export const SPEC: SandboxSpec = {
  image: 'reviewer',
  role: 'reviewer',
  labels: { 'prism.test': 'hostile' },
  limits: LIMITS,
};

const PRELUDE = `
import ctypes, errno, json, os, signal, socket, struct, sys, time
from prism_host import frames
connection = frames.connect('/run/prism/host.sock')
libc = ctypes.CDLL(None, use_errno=True)
def request(): return frames.read_frame(connection)
def answer(**header): frames.write_frame(connection, header)
def packed(header, body=b''): return struct.pack('>II', len(header), len(body)) + header + body
def refused(call, *arguments):
    'The name of the error that the call gives, or None where it went through.'
    try: call(*arguments)
    except OSError as error: return errno.errorcode.get(error.errno, str(error))
    return None
def libc_refused(name, *arguments):
    ctypes.set_errno(0)
    return errno.errorcode[ctypes.get_errno()] if getattr(libc, name)(*arguments) == -1 else None
`;

/** A session with `python` running in the container; it starts connected, with no request read. */
export function openHostile(python: string, limits: Partial<SandboxLimits> = {}): Promise<SandboxSession> {
  const sandbox = openDockerSandbox({ entrypoint: ['python3', '-c', PRELUDE + python] });
  return sandbox.open({ ...SPEC, limits: { ...LIMITS, ...limits } });
}

/** One empty request; small answers only. */
export function ask(session: SandboxSession, timeoutMs = 20_000): Promise<Frame> {
  return session.request({ header: { op: 'go' }, body: Buffer.alloc(0) }, { timeoutMs, maxBytes: 64 * 1024 });
}

/** The `SandboxError` that `promise` must be rejected with. */
export async function failure(promise: Promise<unknown>): Promise<SandboxError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SandboxError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
