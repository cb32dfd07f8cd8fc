/**
 * How long GPUs were busy, read from outside: one `nvidia-smi` reports every GPU's utilisation, which is integrated over time.
 *
 * Utilisation is the share of the last sample period (1/6 s to 1 s, by product) in which one or more kernels ran (NVML, nvmlUtilization_t),
 * so a figure is off by at most one period at either end. It is the GPU's and not a process's: whoever shares a GPU pays for all of it.
 * The driver's accounting mode would tell processes apart, but says their times only after their end and must be switched on by root.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { messageOf, ourFault, within } from '../host/errors.ts';

const LOOP_MS = 200;
/** Without a reading for so long, a GPU counts as busy. */
const STALE_MS = 2000;
const START_MS = 30_000;

export interface GpuWatch {
  /** Microseconds since the watch began, added over its GPUs. Never falls; stays as it is after `stop`. */
  busyUs(): number;
  /** Can be called twice. */
  stop(): void;
}

export const NO_GPU: GpuWatch = { busyUs: () => 0, stop: () => {} };

interface Gpu {
  busyMs: number;
  /** Of the last reading: `performance.now()`, and the share of its sample period, 0 to 1. */
  readAt: number;
  utilisation: number;
}

export class BusyMeter {
  /** Each under its index and under its UUID. */
  readonly #gpus = new Map<string, Gpu>();
  #smi: { readonly child: ChildProcess; readonly ready: Promise<void> } | null = null;
  #watches = 0;

  /** Throws `our-fault` where nvidia-smi cannot be run or does not know one of the GPUs. */
  async watch(ids: readonly string[]): Promise<GpuWatch> {
    this.#watches += 1;
    try {
      this.#smi ??= this.#start();
      await this.#smi.ready;
      return this.#watching(ids.map((id) => this.#gpu(id)));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  #watching(gpus: readonly Gpu[]): GpuWatch {
    const busyMs = () => gpus.reduce((sum, gpu) => sum + busyUntil(gpu, performance.now()), 0);
    const before = busyMs();
    let most = 0;
    let stopped = false;
    const busyUs = () => {
      // What was held to be busy between two readings may turn out to be less.
      if (!stopped) most = Math.max(most, Math.round((busyMs() - before) * 1000));
      return most;
    };
    const stop = () => {
      busyUs();
      if (!stopped) this.#leave();
      stopped = true;
    };
    return { busyUs, stop };
  }

  #gpu(id: string): Gpu {
    const gpu = this.#gpus.get(id);
    if (gpu === undefined)
      throw ourFault(`there is no GPU ${id}; nvidia-smi lists: ${[...this.#gpus.keys()].join(', ')}`);
    return gpu;
  }

  #leave(): void {
    this.#watches -= 1;
    if (this.#watches > 0) return;
    this.#smi?.child.kill();
    this.#smi = null;
  }

  #start(): { child: ChildProcess; ready: Promise<void> } {
    const query = ['--query-gpu=index,uuid,utilization.gpu', '--format=csv,noheader,nounits'];
    const child = spawn('nvidia-smi', [...query, `--loop-ms=${LOOP_MS}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    const ready = new Promise<void>((resolve, reject) => {
      const ended = (how: string) => {
        if (this.#smi?.child === child) this.#smi = null;
        reject(ourFault(`the busy time of GPUs cannot be read: nvidia-smi ${how}`));
      };
      child.once('error', (error) => ended(`cannot be run: ${messageOf(error)}`));
      child.once('exit', (status, signal) => ended(`ended with ${signal ?? `status ${status}`}`));
      const round = new Set<string>();
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [index = '', uuid = '', utilisation = ''] = line.split(', ');
        // All are known when the first comes again.
        if (round.has(index)) resolve();
        round.add(index);
        this.#read([index, uuid], Number.parseInt(utilisation, 10));
      });
    });
    return { child, ready: within(START_MS, 'the first reading of nvidia-smi', ready) };
  }

  /** @param percent what cannot be read (NaN) counts as busy */
  #read(names: readonly string[], percent: number): void {
    const now = performance.now();
    const utilisation = percent >= 0 && percent <= 100 ? percent / 100 : 1;
    const known = this.#gpus.get(names[0] ?? '') ?? { busyMs: 0, readAt: now, utilisation };
    const elapsed = now - known.readAt;
    known.busyMs += elapsed > STALE_MS ? elapsed : elapsed * utilisation;
    known.readAt = now;
    known.utilisation = utilisation;
    for (const name of names) this.#gpus.set(name, known);
  }
}

/** As read so far, and as last read since then. */
function busyUntil({ busyMs, readAt, utilisation }: Gpu, now: number): number {
  const elapsed = now - readAt;
  return busyMs + (elapsed > STALE_MS ? elapsed : elapsed * utilisation);
}
