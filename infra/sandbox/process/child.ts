/** Our host as a plain child process: a guest with the rights of whoever runs us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxReading, SandboxUsage } from '../../../domain/ports.ts';
import type { GpuWatch } from '../gpu/busy-meter.ts';
import { within } from '../host/errors.ts';
import type { Ending, Guest } from '../host/guest.ts';
import { StandardError } from '../host/standard-error.ts';

const KEEP_ERROR_BYTES = 4096;
const MAX_ERROR_BYTES = 16 << 20;
const REMOVE_MS = 15_000;
/** Linux on every processor that torch runs on: sysconf(_SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;
const SIGNALLED = 128;
const SIGKILL = 9;

export interface ChildOptions {
  readonly python: string;
  readonly programArguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly gpu: GpuWatch;
}

export class Child implements Guest {
  readonly startedAt = performance.now();
  readonly #process: ChildProcess;
  readonly #gpu: GpuWatch;
  readonly #standardError: StandardError;
  readonly #exited: Promise<Ending>;
  #onFlood: () => void = () => {};
  #reading: SandboxReading = { cpuUs: 0, peakMemoryBytes: 0, gpuBusyUs: 0 };
  #killedByUs = false;

  constructor({ python, programArguments, environment, folder, gpu }: ChildOptions) {
    this.#gpu = gpu;
    this.#standardError = new StandardError({
      keepBytes: KEEP_ERROR_BYTES,
      maxBytes: MAX_ERROR_BYTES,
      onFlood: () => this.#onFlood(),
    });
    // A group of its own, so that what it starts ends with it.
    const child = spawn(python, programArguments, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.pipe(this.#standardError);
    this.#process = child;
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve({ how: 'unknown', why: error.message }));
      child.once('exit', (status) => resolve({ how: 'exited', exitCode: status ?? SIGNALLED + SIGKILL }));
    });
  }

  get exited(): Promise<Ending> {
    return this.#exited;
  }

  get standardError(): string {
    return this.#standardError.text();
  }

  onFlood(handler: () => void): void {
    this.#onFlood = handler;
  }

  sampleUsage(): SandboxReading {
    const { cpuUs, peakMemoryBytes } = readProcess(this.#process.pid) ?? this.#reading;
    this.#reading = { cpuUs, peakMemoryBytes, gpuBusyUs: this.#gpu.busyUs() };
    return this.#reading;
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#killedByUs = true;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }

  async ending(graceMs: number): Promise<Ending> {
    return await within(graceMs, 'the exit', this.#exited).catch((): Ending => ({ how: 'running' }));
  }

  async wasKilledFromOutside(): Promise<boolean> {
    return !this.#killedByUs && this.#process.signalCode === 'SIGKILL';
  }

  async remove(): Promise<SandboxUsage> {
    this.sampleUsage();
    this.kill();
    const ending = await this.ending(REMOVE_MS);
    this.#gpu.stop();
    return {
      ...this.#reading,
      standardError: this.standardError,
      oomKilled: false,
      exitCode: ending.how === 'exited' ? ending.exitCode : null,
    };
  }
}

/**
 * Processor time of a process and of its children that ended (to a tick, 10 ms), and the most memory that it had resident itself; null
 * where it is gone. Source: proc(5), /proc/<pid>/stat and /proc/<pid>/status.
 */
function readProcess(pid: number | undefined): { cpuUs: number; peakMemoryBytes: number } | null {
  const read = (name: string) => readFileSync(join('/proc', String(pid), name), 'utf8');
  try {
    // The name, in brackets, may hold anything; after it come fields 3 and on. 14 to 17 are the times.
    const stat = read('stat');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    // A process that has ended, but was not waited for, has no memory any more.
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(read('status')) ?? [];
    if (kibibytes === undefined) return null;
    return { cpuUs: (ticks / TICKS_PER_SECOND) * 1e6, peakMemoryBytes: Number(kibibytes) * 1024 };
  } catch {
    return null;
  }
}
