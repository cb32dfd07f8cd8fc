/** A running guest and the one connection to it: requests, and every way in which it can end. */
import type { Socket } from 'node:net';
import type {
  EffectiveSandbox,
  Frame,
  SandboxFailureKind,
  SandboxReading,
  SandboxSession,
  SandboxUsage,
} from '../../../domain/ports.ts';
import { SandboxError } from '../../../domain/ports.ts';
import { FrameChannel } from './frame-channel.ts';
import type { Ending, Guest } from './guest.ts';
import type { HostSocket } from './host-socket.ts';

/** How long after its connection broke a container may take to be gone, milliseconds. */
const EXIT_GRACE_MS = 3000;
/** Exit status of a process that was ended by SIGKILL. */
const KILLED = 137;

export class GuestSession implements SandboxSession {
  readonly effective: EffectiveSandbox;
  readonly #guest: Guest;
  readonly #hostSocket: HostSocket;
  readonly #channel: FrameChannel;
  readonly #wallTimer: NodeJS.Timeout;
  #failure: SandboxError | null = null;
  #disconnectedAlready = false;
  #closed: Promise<SandboxUsage> | null = null;

  /** @param wallMs time from the guest's start to its kill */
  constructor(
    guest: Guest,
    hostSocket: HostSocket,
    connection: Socket,
    effective: EffectiveSandbox,
    wallMs: number,
  ) {
    this.effective = effective;
    this.#guest = guest;
    this.#hostSocket = hostSocket;
    this.#channel = new FrameChannel(connection, {
      onMalformed: (reason) => this.#fail('malformed', `the container ${reason}`),
      onClosed: () => void this.#disconnected(),
    });
    guest.onFlood(() => this.#fail('over-limit', 'the container flooded its standard error'));
    const leftMs = Math.max(0, guest.startedAt + wallMs - performance.now());
    this.#wallTimer = setTimeout(
      () => this.#fail('over-limit', `the container ran for ${wallMs} ms`),
      leftMs,
    );
    if (connection.destroyed) void this.#disconnected();
  }

  async request(
    frame: Frame,
    options: { readonly timeoutMs: number; readonly maxBytes: number },
  ): Promise<Frame> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#closed !== null) throw new Error('the session was closed');
    const { timeoutMs, maxBytes } = options;
    const timer = setTimeout(() => this.#late(timeoutMs), timeoutMs);
    try {
      return await this.#channel.request(frame, maxBytes);
    } finally {
      clearTimeout(timer);
      this.#guest.sampleUsage();
    }
  }

  usage(): SandboxReading {
    return this.#guest.sampleUsage();
  }

  close(): Promise<SandboxUsage> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<SandboxUsage> {
    clearTimeout(this.#wallTimer);
    this.#guest.sampleUsage();
    this.#channel.end(new Error('the session was closed'));
    const usage = await this.#guest.remove();
    await this.#hostSocket.close().catch(() => {});
    return usage;
  }

  #late(timeoutMs: number): void {
    // How it ended is being found out, and is the better answer.
    if (!this.#disconnectedAlready) this.#fail('late', `no answer within ${timeoutMs} ms`);
  }

  /** The first failure is the one that counts; the container is of no use after it. */
  #fail(kind: SandboxFailureKind, message: string): void {
    if (this.#failure !== null || this.#closed !== null) return;
    this.#failure = new SandboxError(kind, message);
    clearTimeout(this.#wallTimer);
    this.#guest.sampleUsage();
    this.#channel.end(this.#failure);
    this.#guest.kill();
  }

  async #disconnected(): Promise<void> {
    if (this.#failure !== null || this.#closed !== null) return;
    this.#disconnectedAlready = true;
    clearTimeout(this.#wallTimer);
    // Before the engine clears the control group away.
    this.#guest.sampleUsage();
    const [kind, message] = await this.#explain(await this.#guest.ending(EXIT_GRACE_MS));
    this.#fail(kind, message);
  }

  async #explain(ending: Ending): Promise<[SandboxFailureKind, string]> {
    switch (ending.how) {
      case 'running':
        return ['learner-ended', 'the container closed its connection'];
      case 'out-of-memory':
        return ['over-limit', 'the container ran out of memory'];
      case 'exited':
        if (ending.exitCode === KILLED && (await this.#guest.wasKilledFromOutside().catch(() => true))) {
          return ['our-fault', 'the container was killed by someone else'];
        }
        return ['learner-ended', `the container exited with status ${ending.exitCode}`];
      case 'unknown':
        return ['our-fault', `the container is gone and the engine cannot say how: ${ending.why}`];
    }
  }
}
