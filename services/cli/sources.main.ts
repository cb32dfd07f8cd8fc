/** `prism sources`: the files of a submission whose sources are open, checked to be what the signed log says was admitted. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import type { DataOf } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../intake/unpack/limits.ts';
import { checkPath } from '../intake/unpack/path.ts';
import { contentOf, type ProjectFiles } from '../runtime/project-files.ts';
import { answerOf } from './client.ts';
import { logEvents } from './log-events.ts';
import { CommandError, EXIT } from './output.ts';

const listSchema = z.object({ opensAt: z.string() });

export interface SourcesTaken {
  readonly submission: string;
  readonly opensAt: string;
  /** Of the files that came, and as the log has it: they are equal. */
  readonly contentDigest: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  /** Folder that they were written to; null: nowhere. */
  readonly out: string | null;
}

/**
 * @param gateway address of a gateway, which has the log too
 * @param out folder that is made for the files; null: they are only checked
 * Throws `CommandError` where they are sealed, are not those of the log, or the folder is there already.
 */
export async function takeSources(
  gateway: string,
  submission: string,
  out: string | null,
): Promise<SourcesTaken> {
  const at = `${gateway}/v1/submissions/${encodeURIComponent(submission)}/sources`;
  const { opensAt } = listSchema.parse(await answerOf(await fetch(at)));
  const response = await fetch(`${at}.zip`);
  if (!response.ok) await answerOf(response);
  const files: ProjectFiles = new Map(
    Object.entries(unzipSync(new Uint8Array(await response.arrayBuffer()))).map(([path, bytes]) => [
      path,
      Buffer.from(bytes),
    ]),
  );
  const { digests, contentDigest } = contentOf(files);
  const admitted = await admittedIn(gateway, submission);
  if (contentDigest !== admitted?.contentDigest) {
    throw new CommandError(
      `these are not the files that were admitted: their content digest is ${contentDigest}, in the log it is ${admitted?.contentDigest ?? 'none'}`,
      EXIT.no,
    );
  }
  if (out !== null) writeFiles(files, out);
  const listed = digests.map(([path, sha256]) => ({ path, bytes: files.get(path)?.length ?? 0, sha256 }));
  return { submission, opensAt, contentDigest, files: listed, out };
}

async function admittedIn(log: string, submission: string): Promise<DataOf<'SubmissionAdmitted'> | null> {
  const read = await logEvents(log, undefined);
  for await (const event of read()) {
    if (event.type === 'SubmissionAdmitted' && event.stream === streamOf.submission(submission))
      return event.data;
  }
  return null;
}

function writeFiles(files: ProjectFiles, out: string): void {
  // The log is of who runs it: what it calls a path is not written just anywhere.
  for (const path of files.keys()) checkPath(path, DEFAULT_ARCHIVE_LIMITS);
  try {
    mkdirSync(out);
  } catch {
    throw new CommandError(`--out ${out}: give a folder that is not there yet, in one that is`, EXIT.usage);
  }
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), bytes, { flag: 'wx' });
  }
}
