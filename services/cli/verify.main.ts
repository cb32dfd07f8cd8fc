/** `prism verify`: audits a ledger offline, from nothing but a folder of files (or a URL that serves one). */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../domain/events/canonical.ts';
import { outcomeDigest } from '../../domain/ledger/outcome.ts';
import type { LogFiles } from '../../domain/log/files.ts';
import { LogError } from '../../domain/log/log-error.ts';
import { VKEY_PATH } from '../../domain/log/tile.ts';
import { verifyLog } from '../../domain/log/verify-log.ts';
import { directoryFiles } from '../../infra/log-directory/directory-files.ts';
import { urlFiles } from '../../infra/log-directory/url-files.ts';
import { getWeights, type WeightsAnswer } from '../../projections/get-weights.ts';
import { digestOfModel, READ_MODELS, type ReadModelName, type ReadModels } from '../../projections/index.ts';
import { ReplayError, replay } from '../../projections/replay.ts';
import type { SeedsCount } from '../../projections/seeds.ts';
import { CommandError } from './output.ts';

export interface VerifyOptions {
  /** Public key line (vkey), or a file that holds it. */
  readonly key?: string;
  /** Folder that remembers the last checkpoint seen of each log, so that a log cannot take back what it has signed. */
  readonly seen?: string;
  readonly onStep?: (step: string) => void;
}

export type Verification =
  | {
      readonly ok: true;
      readonly size: number;
      readonly root: string;
      readonly keyPinned: boolean;
      readonly vkey: string;
      /** Scores, claims and weights that were computed again and found equal. */
      readonly derived: number;
      /** Blobs that events name; none was opened. */
      readonly blobsNamed: number;
      /** Evaluations whose seeds follow from what is public or revealed, and those whose value cannot be checked here or yet. */
      readonly seeds: SeedsCount;
      readonly stateDigests: { readonly [name in ReadModelName]: string };
      readonly outcomeDigest: string;
      readonly weights: WeightsAnswer;
      /** The read models at the log's end. */
      readonly models: ReadModels;
    }
  | {
      readonly ok: false;
      /** First wrong log index; null where only a file can be named. */
      readonly index: number | null;
      readonly file: string | null;
      readonly code: string;
      readonly reason: string;
    };

/** The files of a log. Throws `CommandError` where there is no such folder. */
export function filesOf(directoryOrUrl: string): LogFiles {
  if (/^https?:\/\//.test(directoryOrUrl)) return urlFiles(directoryOrUrl);
  if (!existsSync(directoryOrUrl))
    throw new CommandError(
      `there is no folder ${directoryOrUrl}: give the log's, which is \`log\` in an engine's data folder, or a URL that serves it`,
    );
  return directoryFiles(directoryOrUrl);
}

/** A vkey as it is, or the first line of the file that it names. */
function readKey(key: string): string {
  return key.includes('+') ? key : (readFileSync(key, 'utf8').split('\n')[0] ?? '');
}

/** Where the last checkpoint of the log with this key is remembered. */
function seenFile(folder: string, vkey: string): string {
  return join(folder, `${sha256(vkey)}.checkpoint`);
}

/** The key that the log will be checked against, to find what was seen of it. */
async function keyOf(files: LogFiles, key: string | undefined): Promise<string | null> {
  if (key !== undefined) return readKey(key);
  const stored = await files.read(VKEY_PATH);
  return stored === null ? null : stored.toString('utf8').trim();
}

function remember(folder: string, vkey: string, note: Buffer): void {
  mkdirSync(folder, { recursive: true });
  const file = seenFile(folder, vkey);
  writeFileSync(`${file}.${process.pid}`, note);
  renameSync(`${file}.${process.pid}`, file);
}

/** A log that is being written shows files ahead of its checkpoint for a moment; this often it is looked at again. */
const LIVE_TRIES = 10;
const LIVE_PAUSE_MS = 200;

/** Audits a ledger. What is wrong with it is a result, not an exception. */
export async function verifyLedger(
  directoryOrUrl: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  for (let tried = 1; ; tried += 1) {
    const result = await verifyOnce(directoryOrUrl, options);
    if (result.ok || result.code !== 'ahead-of-checkpoint' || tried === LIVE_TRIES) return result;
    await new Promise((resolve) => setTimeout(resolve, LIVE_PAUSE_MS));
  }
}

async function verifyOnce(directoryOrUrl: string, options: VerifyOptions): Promise<Verification> {
  try {
    const files = filesOf(directoryOrUrl);
    const expected = await keyOf(files, options.key);
    const seen = options.seen === undefined || expected === null ? null : seenFile(options.seen, expected);
    const verified = await verifyLog(files, {
      ...(options.key === undefined ? {} : { vkey: readKey(options.key) }),
      ...(seen === null || !existsSync(seen) ? {} : { earlier: readFileSync(seen) }),
      ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
    });
    const { ledger, models, derived, seeds, blobs } = await replay(verified.entries());
    const { checkpoint, keyPinned, vkey } = verified;
    if (ledger.opened !== null && ledger.opened.origin !== checkpoint.origin) {
      const reason = `the ledger was opened with origin ${ledger.opened.origin}, its checkpoint says ${checkpoint.origin}`;
      return { ok: false, index: 0, file: null, code: 'wrong-origin', reason };
    }
    if (options.seen !== undefined) remember(options.seen, vkey, checkpoint.note);
    const digests = Object.fromEntries(READ_MODELS.map((name) => [name, digestOfModel(models, name)])) as {
      [name in ReadModelName]: string;
    };
    return {
      ok: true,
      size: checkpoint.size,
      root: checkpoint.root.toString('base64'),
      keyPinned,
      vkey,
      derived,
      blobsNamed: blobs,
      seeds,
      stateDigests: digests,
      outcomeDigest: outcomeDigest(ledger),
      weights: getWeights(models.weights, digests.weights),
      models,
    };
  } catch (error) {
    if (error instanceof ReplayError)
      return { ok: false, index: error.index, file: null, code: 'replay', reason: error.message };
    if (error instanceof LogError)
      return { ok: false, index: error.index, file: error.file, code: error.code, reason: error.message };
    throw error;
  }
}
