/** A reader of server-sent events as a browser is one: it keeps the last id, also of blocks without data. */
import { get, type IncomingMessage } from 'node:http';

export interface StreamMessage {
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

export interface EventStream {
  readonly response: IncomingMessage;
  /** The next message; null where the stream has ended. Blocks without data are passed over. */
  next(): Promise<StreamMessage | null>;
  /** Position that a browser would come back with. */
  lastId(): number | null;
  /** Cuts the connection. */
  cut(): void;
}

export async function openEventStream(url: string, lastEventId: number | null = null): Promise<EventStream> {
  const headers = lastEventId === null ? {} : { 'Last-Event-ID': String(lastEventId) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).once('error', reject);
  });
  response.setEncoding('utf8');
  let last: number | null = lastEventId;
  const blocks = blocksOf(response);
  return {
    response,
    lastId: () => last,
    cut: () => void response.destroy(),
    async next() {
      for (;;) {
        const { value: block, done } = await blocks.next();
        if (done === true) return null;
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        const id = field('id');
        if (id !== undefined) last = Number(id);
        const data = field('data');
        if (data !== undefined) return { id: last ?? -1, event: field('event') ?? 'message', data };
      }
    },
  };
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<string, undefined> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        yield text.slice(0, end);
        text = text.slice(end + 2);
      }
    }
  } catch {
    // Cut off: what has not fully arrived has not arrived.
  }
  return undefined;
}
