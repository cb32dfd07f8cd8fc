/** A container from a pool in the hands of its run: its wall-clock time and what its GPUs do count from now. */
import {
  type Frame,
  SandboxError,
  type SandboxReading,
  type SandboxSession,
  type SandboxUsage,
} from '../../domain/ports.ts';

export class HandedOut implements SandboxSession {
  readonly effective: SandboxSession['effective'];
  readonly #session: SandboxSession;
  readonly #wallTimer: NodeJS.Timeout;
  /** While it waited, its GPUs worked for others. Its processor time is its own: a cold start costs the same. */
  readonly #gpuBusyBeforeUs: number;
  #failure: SandboxError | null = null;

  /** @param wallMs time from now to its kill */
  constructor(session: SandboxSession, wallMs: number) {
    this.effective = session.effective;
    this.#session = session;
    this.#gpuBusyBeforeUs = session.usage().gpuBusyUs;
    this.#wallTimer = setTimeout(() => {
      this.#failure = new SandboxError('over-limit', `the container ran for ${wallMs} ms`);
      void session.close();
    }, wallMs);
  }

  async request(frame: Frame, options: { timeoutMs: number; maxBytes: number }): Promise<Frame> {
    try {
      return await this.#session.request(frame, options);
    } catch (error) {
      // A session is dead after its first failure, and that is the one that counts.
      clearTimeout(this.#wallTimer);
      throw this.#failure ?? error;
    }
  }

  usage(): SandboxReading {
    return this.#sinceHandOut(this.#session.usage());
  }

  async close(): Promise<SandboxUsage> {
    clearTimeout(this.#wallTimer);
    return this.#sinceHandOut(await this.#session.close());
  }

  #sinceHandOut<T extends SandboxReading>(reading: T): T {
    return { ...reading, gpuBusyUs: reading.gpuBusyUs - this.#gpuBusyBeforeUs };
  }
}
