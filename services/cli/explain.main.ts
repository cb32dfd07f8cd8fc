/** `prism explain`: what an owner, a score or a weight rests on, down to the log index of every event. */
import { ownerExplained } from '../../projections/explain/owner.ts';
import { scoreExplained } from '../../projections/explain/score.ts';
import { emptyTrail, type Trail, trace } from '../../projections/explain/trail.ts';
import { weightExplained } from '../../projections/explain/weight.ts';
import { ReplayError } from '../../projections/replay.ts';
import { ownerTree } from './explain/owner-text.ts';
import { submissionTree } from './explain/score-text.ts';
import { type Tree, treeLines } from './explain/tree.ts';
import { weightTree } from './explain/weight-text.ts';
import { logEvents } from './log-events.ts';
import { CommandError, printJson } from './output.ts';

export interface ExplainOptions {
  /** Folder of the log, or a URL that serves it. */
  readonly log: string;
  /** Index of the last event that counts; undefined: the log's end. */
  readonly at: number | undefined;
  readonly json: boolean;
}

/** Folds the log as a verifier does: whatever is explained has been derived again and found equal. */
async function trailOf({ log, at }: ExplainOptions): Promise<Trail> {
  const read = await logEvents(log, at);
  const trail = emptyTrail();
  for await (const event of read()) {
    const { size } = trail.ledger;
    try {
      trace(trail, event);
    } catch (error) {
      throw new ReplayError(size, error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
  return trail;
}

function print<Explained>(
  explained: Explained | null,
  json: boolean,
  treeOf: (explained: Explained) => Tree,
  missing: string,
): void {
  if (explained === null) throw new CommandError(missing);
  if (json) printJson(explained);
  else process.stdout.write(`${treeLines(treeOf(explained)).join('\n')}\n`);
}

export async function explainOwner(family: string, options: ExplainOptions): Promise<void> {
  const missing = `nothing is claimed of family ${family}: \`prism query owners\` lists families`;
  print(ownerExplained(await trailOf(options), family), options.json, ownerTree, missing);
}

export async function explainScore(submission: string, options: ExplainOptions): Promise<void> {
  const missing = `no submission ${submission} was received: \`prism query submissions\` lists them`;
  print(scoreExplained(await trailOf(options), submission), options.json, submissionTree, missing);
}

/** @param epoch null: the last that is closed */
export async function explainWeight(
  hotkey: string,
  epoch: number | null,
  options: ExplainOptions,
): Promise<void> {
  const trail = await trailOf(options);
  if (!trail.ledger.received.has(hotkey))
    throw new CommandError(`nothing was received from ${hotkey}: \`prism query weights\` lists who is paid`);
  const missing = `epoch ${epoch ?? 1} is not closed: the last closed epoch is ${trail.ledger.lastEpoch}`;
  print(weightExplained(trail, hotkey, epoch), options.json, weightTree, missing);
}
