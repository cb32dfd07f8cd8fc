/** What the command line asks a running engine, as Platform and readers would. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { placesOf, type Settings } from '../settings.ts';
import { CommandError } from './output.ts';
import { isAlive } from './processes.ts';
import { type RunningEngine, runningSchema } from './running.ts';

/** The engine that runs on this data folder; null where there is none, also where one was killed and its file stayed. */
export function findEngine(settings: Settings): RunningEngine | null {
  const file = placesOf(settings).running;
  if (!existsSync(file)) return null;
  const engine = runningSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return isAlive(engine.pid) ? engine : null;
}

/** Throws `CommandError` where no engine runs on this data folder. */
export function runningEngine(settings: Settings): RunningEngine {
  const engine = findEngine(settings);
  if (engine === null)
    throw new CommandError(`no engine runs on ${settings.data}: start one with \`prism up\`, or give --data`);
  return engine;
}

/** The body of an answer, parsed where it is JSON. Throws `CommandError` with what an error says. */
export async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the text itself is the answer.
  }
  if (response.ok) return body;
  const said =
    typeof body === 'object' && body !== null && 'error' in body ? JSON.stringify(body.error) : text;
  throw new CommandError(`${response.status}: ${said}`);
}

export async function getJson(url: string): Promise<unknown> {
  return answerOf(await fetch(url));
}

export interface SubmitRequest {
  readonly zip: Buffer;
  readonly hotkey: string;
  /** Default: a fresh one. */
  readonly nonce?: string;
  readonly filename: string;
}

/** Hands a project over at the bridge, as Platform does with what it has verified. */
export async function submitProject(
  settings: Settings,
  gateway: string,
  request: SubmitRequest,
): Promise<unknown> {
  const token = readFileSync(placesOf(settings).bridgeToken, 'utf8').trim();
  const response = await fetch(`${gateway}/internal/v1/bridge/submissions`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/zip',
      'X-Platform-Challenge-Slug': settings.slug,
      'X-Platform-Verified-Hotkey': request.hotkey,
      'X-Platform-Verified-Nonce': request.nonce ?? randomUUID(),
      'X-Platform-Request-Hash': createHash('sha256').update(request.zip).digest('hex'),
      'X-Submission-Filename': request.filename,
    },
    body: new Uint8Array(request.zip),
  });
  return answerOf(response);
}
