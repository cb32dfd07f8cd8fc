/** `prism simulate`: all history under another policy, and what would be different. */
import { simulatedDifference } from '../../projections/simulate/index.ts';
import { logEvents } from './log-events.ts';
import { printJson } from './output.ts';
import { readPolicy } from './policy-file.ts';
import { differenceText } from './simulate/text.ts';

export interface SimulateOptions {
  readonly policy: string;
  /** Folder of the log, or a URL that serves it. */
  readonly log: string;
  /** Index of the last event that counts; undefined: the log's end. */
  readonly at: number | undefined;
  readonly json: boolean;
}

/** Throws `PolicyFileError` for a policy that is not valid, before any history is read. */
export async function simulateHistory({ policy, log, at, json }: SimulateOptions): Promise<void> {
  const wanted = readPolicy(policy);
  const read = await logEvents(log, at);
  const difference = await simulatedDifference(read, wanted);
  if (json) printJson(difference);
  else process.stdout.write(`${differenceText(difference)}\n`);
}
