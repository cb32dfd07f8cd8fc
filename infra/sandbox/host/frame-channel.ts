/**
 * Frames over one socket to untrusted code: `u32be header length | u32be body length | header JSON (UTF-8) | body`.
 * Strict request and answer: nothing may arrive unasked, and nothing is allocated before its size was allowed.
 */
import type { Socket } from 'node:net';
import type { Frame } from '../../../domain/ports.ts';

const PREFIX_BYTES = 8;
const MAX_HEADER_BYTES = 1 << 20;

interface Pending {
  readonly maxBytes: number;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

/** A frame that is being received: the prefix first, then header and body in one piece of exactly their size. */
interface Receiving {
  buffer: Buffer;
  filled: number;
  headerBytes: number | null;
}

export interface ChannelEvents {
  /** The peer broke the protocol; the channel reads nothing any more. */
  readonly onMalformed: (reason: string) => void;
  /** The connection is gone; a request may be outstanding. */
  readonly onClosed: () => void;
}

export class FrameChannel {
  readonly #socket: Socket;
  readonly #events: ChannelEvents;
  #pending: Pending | null = null;
  #receiving: Receiving = nextPrefix();
  #ended = false;

  constructor(socket: Socket, events: ChannelEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {});
    socket.on('close', () => events.onClosed());
  }

  /**
   * Sends `frame`; resolves with the one answer. Rejects only through `end`.
   * @param maxBytes largest answer, header and body together
   */
  request(frame: Frame, maxBytes: number): Promise<Frame> {
    if (this.#pending !== null) throw new Error('one request at a time: the last one has no answer yet');
    const header = Buffer.from(JSON.stringify(frame.header));
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(header.length, 0);
    prefix.writeUInt32BE(frame.body.length, 4);
    const answer = new Promise<Frame>((resolve, reject) => {
      this.#pending = { maxBytes, resolve, reject };
    });
    this.#socket.cork();
    this.#socket.write(prefix);
    this.#socket.write(header);
    if (frame.body.length > 0) this.#socket.write(frame.body);
    this.#socket.uncork();
    return answer;
  }

  /** Hangs up; the outstanding request, if any, is rejected with `error`. */
  end(error: Error): void {
    this.#ended = true;
    this.#socket.destroy();
    this.#pending?.reject(error);
    this.#pending = null;
  }

  #receive(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length && !this.#ended) {
      const { buffer, filled } = this.#receiving;
      const step = chunk.copy(buffer, filled, offset);
      offset += step;
      this.#receiving.filled += step;
      const problem =
        this.#pending === null ? 'sent bytes that no request asked for' : this.#accept(this.#pending);
      if (problem !== null) this.#malformed(problem);
    }
  }

  /** Takes the prefix, or header and body, once they are there in full; returns what is wrong with them. */
  #accept(pending: Pending): string | null {
    const { buffer, filled, headerBytes } = this.#receiving;
    if (filled < buffer.length) return null;
    if (headerBytes === null)
      return this.#acceptPrefix(buffer.readUInt32BE(0), buffer.readUInt32BE(4), pending.maxBytes);
    const header = parseHeader(buffer.subarray(0, headerBytes));
    if (header === null) return 'sent a header that is not a JSON object in UTF-8';
    this.#receiving = nextPrefix();
    this.#pending = null;
    pending.resolve({ header, body: buffer.subarray(headerBytes) });
    return null;
  }

  #acceptPrefix(header: number, body: number, maxBytes: number): string | null {
    if (header === 0) return 'sent a frame without a header';
    if (header > MAX_HEADER_BYTES)
      return `announced a header of ${header} bytes, more than ${MAX_HEADER_BYTES}`;
    if (header + body > maxBytes) return `announced ${header + body} bytes where ${maxBytes} are allowed`;
    this.#receiving = { buffer: Buffer.allocUnsafe(header + body), filled: 0, headerBytes: header };
    return null;
  }

  #malformed(reason: string): void {
    this.#ended = true;
    this.#socket.pause();
    this.#events.onMalformed(reason);
  }
}

function nextPrefix(): Receiving {
  return { buffer: Buffer.alloc(PREFIX_BYTES), filled: 0, headerBytes: null };
}

function parseHeader(bytes: Buffer): Frame['header'] | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Frame['header'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
