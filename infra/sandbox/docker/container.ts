/** One container of the engine, from creation to removal, and what is read of it from outside. */
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import type { SandboxReading, SandboxUsage } from '../../../domain/ports.ts';
import type { GpuWatch } from '../gpu/busy-meter.ts';
import { messageOf, within } from '../host/errors.ts';
import type { Ending, Guest } from '../host/guest.ts';
import { StandardError } from '../host/standard-error.ts';
import { type Cgroup, cgroupOf } from './cgroup.ts';

const KEEP_ERROR_BYTES = 4096;
const MAX_ERROR_BYTES = 16 << 20;
const REMOVE_MS = 15_000;

export class Container implements Guest {
  readonly #docker: Docker;
  readonly #container: Docker.Container;
  readonly #standardError: StandardError;
  #errorEnded: Promise<unknown> = Promise.resolve();
  #exited: Promise<unknown> = Promise.resolve();
  #onFlood: () => void = () => {};
  #cgroup: Cgroup | null = null;
  readonly #gpu: GpuWatch;
  #reading: SandboxReading = { cpuUs: 0, peakMemoryBytes: 0, gpuBusyUs: 0 };
  #oomKills = 0;
  /** `performance.now()` when the engine was asked to start it. */
  startedAt = 0;

  private constructor(docker: Docker, container: Docker.Container, gpu: GpuWatch) {
    this.#docker = docker;
    this.#container = container;
    this.#gpu = gpu;
    this.#standardError = new StandardError({
      keepBytes: KEEP_ERROR_BYTES,
      maxBytes: MAX_ERROR_BYTES,
      onFlood: () => this.#onFlood(),
    });
  }

  /**
   * Throws what the engine says where it cannot be created or started; then nothing is left of it.
   * @param gpu watches its GPUs; stopped when the container is removed
   */
  static async start(docker: Docker, options: ContainerCreateOptions, gpu: GpuWatch): Promise<Container> {
    const container = new Container(docker, await docker.createContainer(options), gpu);
    try {
      await container.#start();
      return container;
    } catch (error) {
      await container.remove();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const stream = await this.#container.attach({ stream: true, stderr: true });
    this.#errorEnded = new Promise((resolve) => {
      stream.once('end', resolve);
      stream.once('close', resolve);
      stream.once('error', resolve);
    });
    this.#docker.modem.demuxStream(stream, this.#standardError, this.#standardError);
    this.startedAt = performance.now();
    await this.#container.start();
    this.#exited = this.#container.wait();
    // Looked at in `ending` and `remove`; until then a rejection is not news.
    this.#exited.catch(() => {});
  }

  /** Resolves when it has stopped; rejects where the engine lost it. */
  get exited(): Promise<unknown> {
    return this.#exited;
  }

  get standardError(): string {
    return this.#standardError.text();
  }

  /** Called once, when it has written more to standard error than is worth reading. */
  onFlood(handler: () => void): void {
    this.#onFlood = handler;
  }

  /** The engine's view of it, running. From here on its usage can be sampled. */
  async inspect(): Promise<ContainerInspectInfo> {
    const inspected = await this.#container.inspect();
    this.#cgroup = cgroupOf(inspected.State.Pid);
    return inspected;
  }

  /** Reads the kernel's counters while they are there: they go with the last process. */
  sampleUsage(): SandboxReading {
    const { cpuUs, peakMemoryBytes } = this.#reading;
    this.#reading = {
      cpuUs: this.#cgroup?.cpuUs() ?? cpuUs,
      peakMemoryBytes: this.#cgroup?.peakMemoryBytes() ?? peakMemoryBytes,
      gpuBusyUs: this.#gpu.busyUs(),
    };
    this.#oomKills = this.#cgroup?.oomKills() ?? this.#oomKills;
    return this.#reading;
  }

  /** Ends it without waiting. It may be gone already, or the engine may be: `remove` sees to that. */
  kill(): void {
    this.#container.kill().catch(() => {});
  }

  /** Waits up to `graceMs` for it to stop, then says how it stands. Never throws. */
  async ending(graceMs: number): Promise<Ending> {
    await within(graceMs, 'the exit', this.#exited).catch(() => {});
    try {
      const { State } = await within(REMOVE_MS, 'inspection', this.#container.inspect());
      if (State.Running) return { how: 'running' };
      if (State.OOMKilled || this.#oomKills > 0) return { how: 'out-of-memory' };
      return { how: 'exited', exitCode: State.ExitCode };
    } catch (error) {
      return { how: 'unknown', why: messageOf(error) };
    }
  }

  /**
   * Whether someone ended it through the engine: a sweep, an operator, the daemon itself. Its exit status alone does not
   * say so, since a program may exit with the status of a killed one.
   */
  async wasKilledFromOutside(): Promise<boolean> {
    const now = Math.ceil(Date.now() / 1000);
    const since = now - Math.ceil((performance.now() - this.startedAt) / 1000) - 1;
    const filters = { container: [this.#container.id], event: ['kill'] };
    const events = this.#docker.getEvents({ since, until: now, filters });
    return (await text(await within(REMOVE_MS, 'the list of events', events))).length > 0;
  }

  /** Ends and removes it. Never throws: what the engine refuses here, a sweep finds by its labels. */
  async remove(): Promise<SandboxUsage> {
    this.sampleUsage();
    this.kill();
    const ending = await this.ending(REMOVE_MS);
    this.#gpu.stop();
    await within(1000, 'the rest of standard error', this.#errorEnded).catch(() => {});
    await within(REMOVE_MS, 'removal', this.#container.remove({ force: true, v: true })).catch(() => {});
    return {
      ...this.#reading,
      standardError: this.#standardError.text(),
      oomKilled: ending.how === 'out-of-memory',
      exitCode: ending.how === 'exited' ? ending.exitCode : null,
    };
  }
}
