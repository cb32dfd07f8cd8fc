/** JSON from servers that may be slow, hostile or something else than they should be. */

export interface JsonLimits {
  /** For the whole answer, from the request to its last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined unless the status is 2xx. */
  readonly body: unknown;
}

/** What `fetch` only says as "fetch failed" is told by its cause. */
export function reasonOf(error: unknown): string {
  if (!(typeof error === 'object' && error !== null)) return String(error);
  if ('cause' in error && error.cause !== undefined) return reasonOf(error.cause);
  return 'message' in error ? String(error.message) : String(error);
}

async function textOf(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the answer is over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Throws an `Error` that says why: no connection, too late, too long, not JSON. Redirections are refused: an address is what was configured. */
export async function fetchJson(url: URL, request: RequestInit, limits: JsonLimits): Promise<JsonAnswer> {
  const { timeoutMs, maxBytes } = limits;
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { ...request, signal, redirect: 'error', cache: 'no-store' });
  if (!response.ok) {
    await response.body?.cancel();
    return { status: response.status, body: undefined };
  }
  const text = await textOf(response, maxBytes);
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    throw new Error('the answer is not JSON');
  }
}

/** An http(s) address. Throws `RangeError` that names it. */
export function addressOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new RangeError(`not an http or https address: ${text}`);
  }
  return url;
}
