/** `prism status`: prints where a submission stands, once or as it goes on. */
import { printJson } from '../output.ts';
import { liveText } from './live-text.ts';
import { type StatusChange, type SubmissionStatus, statusOf, watchStatus } from './submission-status.ts';
import { changeText, statusText } from './text.ts';

export interface ShowOptions {
  readonly json: boolean;
  /** Goes on until the submission is scored, held, rejected or given up. */
  readonly watch: boolean;
}

/** The gateway's answer as it is, and how far the evaluation has come. */
const dataOf = ({ submission, progress }: SubmissionStatus) => ({ ...submission, progress });

/** How changes are shown: as JSON one object a line; on a terminal in place; elsewhere a line for each. */
function watcher(out: NodeJS.WriteStream, json: boolean): (change: StatusChange) => void {
  if (json) return ({ status }) => void out.write(`${JSON.stringify(dataOf(status))}\n`);
  if (out.isTTY) {
    const draw = liveText(out);
    return ({ status }) => draw(statusText(status));
  }
  let last = '';
  return (change) => {
    const line = changeText(change);
    if (line !== last) out.write(`${line}\n`);
    last = line;
  };
}

/** @param gatewayOf address of the engine's gateway; throws where no engine runs */
export async function showStatus(
  gatewayOf: () => string,
  submission: string,
  { json, watch }: ShowOptions,
  out: NodeJS.WriteStream = process.stdout,
): Promise<void> {
  if (watch) {
    const show = watcher(out, json);
    for await (const change of watchStatus(gatewayOf, submission)) show(change);
    return;
  }
  const status = await statusOf(gatewayOf(), submission);
  if (json) printJson(dataOf(status));
  else out.write(`${statusText(status)}\n`);
}
