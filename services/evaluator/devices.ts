/** Which device each run has: the CPU is shared, a GPU belongs to one run at a time, so that its busy time is that run's. */
import type { Device } from './judge/run.ts';

export class Devices {
  readonly #device: Device;
  readonly #free: string[];
  readonly #waiting: ((id: string) => void)[] = [];

  constructor(device: Device) {
    this.#device = device;
    this.#free = device.kind === 'cuda' ? [...device.ids] : [];
  }

  /** Runs that can go at once as far as devices are concerned. */
  get width(): number {
    return this.#device.kind === 'cuda' ? this.#device.ids.length : Number.POSITIVE_INFINITY;
  }

  /** Waits for a device; returns it, and how to give it back. */
  async take(): Promise<{ readonly device: Device; readonly release: () => void }> {
    if (this.#device.kind === 'cpu') return { device: this.#device, release: () => {} };
    const id = this.#free.shift() ?? (await new Promise<string>((take) => this.#waiting.push(take)));
    let given = false;
    const release = (): void => {
      if (given) return;
      given = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(id);
      else next(id);
    };
    return { device: { ...this.#device, ids: [id] }, release };
  }
}
