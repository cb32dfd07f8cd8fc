import { Writable } from 'node:stream';

/** Keeps the first bytes of what is written and counts the rest. */
export class StandardError extends Writable {
  readonly #keepBytes: number;
  readonly #maxBytes: number;
  readonly #onFlood: () => void;
  #kept = Buffer.alloc(0);
  #seen = 0;

  /** @param onFlood called once, when more than `maxBytes` have come: reading them costs this machine, not the container */
  constructor(options: { keepBytes: number; maxBytes: number; onFlood: () => void }) {
    super();
    this.#keepBytes = options.keepBytes;
    this.#maxBytes = options.maxBytes;
    this.#onFlood = options.onFlood;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const room = this.#keepBytes - this.#kept.length;
    if (room > 0) this.#kept = Buffer.concat([this.#kept, chunk.subarray(0, room)]);
    const before = this.#seen;
    this.#seen += chunk.length;
    if (before <= this.#maxBytes && this.#seen > this.#maxBytes) this.#onFlood();
    done();
  }

  /** As UTF-8; what is not is replaced. */
  text(): string {
    return new TextDecoder().decode(this.#kept);
  }
}
