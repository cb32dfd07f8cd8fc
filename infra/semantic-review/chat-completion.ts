/** One request for a chat completion, to a server that may be slow, hostile or something else than it should be. */
import { z } from 'zod';
import type { Clock } from '../../domain/ports.ts';

export interface Endpoint {
  /** As `https://host/v1`: `/chat/completions` is added. Https, or http on loopback; without user, password and query. */
  readonly url: string;
  /** Sent as a bearer token; null: none is. */
  readonly key: string | null;
  /** For all tries together and the waiting between them. */
  readonly timeoutMs: number;
}

export type Completion = (
  | { readonly ok: true; readonly text: string }
  /** In our own words: safe to be recorded for everyone to see. */
  | { readonly ok: false; readonly reason: string }
) & {
  readonly tries: number;
  /** The last answer's body, the key taken out of it; null: none was read to its end. */
  readonly body: string | null;
};

const TRIES = 3;
const BACK_OFF_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const MAX_BYTES = 262_144;

/** All that is needed of an answer; servers add much. */
const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .length(1),
});

type Try =
  | { readonly status: number; readonly body: string | null; readonly retryAfterMs: number | null }
  | { readonly reason: string; readonly again: boolean };

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.[0-9.]+$/.test(host);

/** Address of the endpoint's chat completions. Throws `RangeError` that does not repeat what could be a secret in it. */
export function completionsUrl(base: string): URL {
  const url = URL.parse(base.endsWith('/') ? base : `${base}/`);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === null || !safe) throw new RangeError('must be an address with https, or with http on loopback');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new RangeError('must have no user, password, query or fragment: a key belongs in the key file');
  return new URL('chat/completions', url);
}

async function boundedText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The system's or the library's code of a failed connection: `fetch` only says as much by its cause. */
function codeOf(error: unknown): string | null {
  if (!(typeof error === 'object' && error !== null)) return null;
  if ('code' in error && typeof error.code === 'string' && /^[A-Z_]{3,40}$/.test(error.code))
    return error.code;
  return 'cause' in error ? codeOf(error.cause) : null;
}

/** Seconds, as far as it says so; a date counts as nothing. */
function retryAfter(response: Response): number | null {
  const text = response.headers.get('retry-after') ?? '';
  return /^[0-9]{1,6}$/.test(text) ? Number(text) * 1_000 : null;
}

async function tryOnce(
  url: URL,
  { key, timeoutMs }: Endpoint,
  body: string,
  signal: AbortSignal,
): Promise<Try> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal,
      // Sources and key go where they were configured to go, and nowhere else.
      redirect: 'manual',
      cache: 'no-store',
    });
    return { status: response.status, retryAfterMs: retryAfter(response), body: await boundedText(response) };
  } catch (error) {
    if (signal.aborted) return { reason: `the endpoint did not answer within ${timeoutMs} ms`, again: false };
    return { reason: `the endpoint cannot be reached (${codeOf(error) ?? 'no reason known'})`, again: true };
  }
}

const isBusy = (status: number): boolean => status === 429 || status >= 500;

function whyNot(status: number): string {
  const redirects = status >= 300 && status < 400;
  return redirects ? 'the endpoint redirects to elsewhere' : `the endpoint answered with status ${status}`;
}

/** What the answer's body has to say, or why it says nothing. */
function contentOf(body: string): { readonly text: string } | { readonly reason: string } {
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch {
    return { reason: "the endpoint's answer is not JSON" };
  }
  const parsed = completionSchema.safeParse(data);
  const choice = parsed.data?.choices[0];
  if (choice === undefined) return { reason: "the endpoint's answer is no chat completion" };
  const { finish_reason, message } = choice;
  if (typeof message.refusal === 'string' && message.refusal !== '')
    return { reason: 'the model refused to answer' };
  if (finish_reason === 'length') return { reason: 'the answer was cut off: more tokens have to be allowed' };
  if (finish_reason !== 'stop') return { reason: 'the model did not come to an end of its answer' };
  if (typeof message.content !== 'string') return { reason: 'the model gave no answer' };
  return { text: message.content };
}

/**
 * Posts `request` and returns what the model said. A server that is busy (429, 5xx) or cannot be reached is asked again, at most three times in all,
 * after the time that it names or twice as long each time. Never throws for what the other side does.
 */
export async function complete(endpoint: Endpoint, request: object, clock: Clock): Promise<Completion> {
  const url = completionsUrl(endpoint.url);
  const body = JSON.stringify(request);
  const signal = AbortSignal.timeout(endpoint.timeoutMs);
  const clean = (text: string): string =>
    endpoint.key === null ? text : text.replaceAll(endpoint.key, '[redacted: key]');
  for (let tries = 1; ; tries += 1) {
    const tried = await tryOnce(url, endpoint, body, signal);
    const failed = (reason: string, answer: string | null): Completion => ({
      ok: false,
      reason,
      tries,
      body: answer,
    });
    const last = tries >= TRIES;
    if ('reason' in tried) {
      if (!tried.again || last) return failed(tried.reason, null);
    } else if (!isBusy(tried.status) || last) {
      const answer = tried.body === null ? null : clean(tried.body);
      if (tried.status !== 200) return failed(whyNot(tried.status), answer);
      if (answer === null) return failed(`the endpoint's answer is over ${MAX_BYTES} bytes`, null);
      const content = contentOf(answer);
      if ('reason' in content) return failed(content.reason, answer);
      return { ok: true, text: clean(content.text), tries, body: answer };
    }
    const named = 'reason' in tried ? null : tried.retryAfterMs;
    await clock.sleep(Math.min(named ?? BACK_OFF_MS * 2 ** (tries - 1), LONGEST_WAIT_MS), signal);
    if (signal.aborted) return failed(`the endpoint did not answer within ${endpoint.timeoutMs} ms`, null);
  }
}
