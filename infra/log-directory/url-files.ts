/** The files of a log behind a web server. */
import type { LogFiles } from '../../domain/log/files.ts';

const ATTEMPTS = 3;
const TIMEOUT_MS = 30_000;
/** A full bundle of the longest entries: 256 * (2 + 65,535) bytes. Nothing in a log is longer. */
const MAX_BYTES = 256 * (2 + 65_535);

/**
 * Reads the log under an http(s) URL; its files cannot be listed. A failed request (network, status 5xx) is made three times. Throws an
 * `Error` that names the address.
 */
export function urlFiles(baseUrl: string): LogFiles {
  const base = URL.parse(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  if (base === null || (base.protocol !== 'http:' && base.protocol !== 'https:')) {
    throw new RangeError(`not an http or https address: ${baseUrl}`);
  }
  return { read: async (path) => await fetchFile(new URL(path, base)), list: null };
}

async function fetchFile(url: URL): Promise<Buffer | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(url);
    } catch (error) {
      if (!(error instanceof RefusedError) && attempt < ATTEMPTS) continue;
      const reason = causeOf(error);
      throw new Error(`cannot read ${url.href}: ${reason}`, { cause: error });
    }
  }
}

/** What `fetch` only says as "fetch failed" is told by its cause. */
function causeOf(error: unknown): string {
  if (!(typeof error === 'object' && error !== null)) return String(error);
  if ('cause' in error && error.cause !== undefined) return causeOf(error.cause);
  return 'message' in error ? String(error.message) : String(error);
}

/** An answer that asking again will not change. */
class RefusedError extends Error {}

async function fetchOnce(url: URL): Promise<Buffer | null> {
  // No cache between us and the server may hand out an older checkpoint than it has.
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-cache' });
  if (!response.ok) {
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return null;
    const message = `the server answered ${response.status}`;
    throw response.status < 500 ? new RefusedError(message) : new Error(message);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES)
      throw new RefusedError(`the file is over ${MAX_BYTES} bytes, more than any of a log`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
