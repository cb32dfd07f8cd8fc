/** `prism query`: a read model at any point in history, folded from the log itself. */

import { parseEntry } from '../../domain/events/codec.ts';
import { verifyLog } from '../../domain/log/verify-log.ts';
import {
  digestOfModel,
  emptyReadModels,
  project,
  READ_MODELS,
  type ReadModelName,
  type ReadModels,
} from '../../projections/index.ts';
import { leaderboard } from '../../projections/leaderboard.ts';
import { owners } from '../../projections/owners.ts';
import { answerTo } from '../../projections/questions/index.ts';
import { submissions } from '../../projections/submissions.ts';
import { weights } from '../../projections/weights.ts';
import { CommandError, EXIT } from './output.ts';
import { filesOf } from './verify.main.ts';

function viewOf(models: ReadModels, name: ReadModelName): unknown {
  switch (name) {
    case 'submissions':
      return submissions.view(models.submissions);
    case 'leaderboard':
      return leaderboard.view(models.leaderboard);
    case 'owners':
      return owners.view(models.owners);
    case 'weights':
      return weights.view(models.weights);
    default:
      return answerTo(models.evidence, name);
  }
}

/**
 * @param at index of the last event that counts; undefined: the log's end
 */
export async function query(directoryOrUrl: string, name: string, at: number | undefined) {
  const projection = READ_MODELS.find((one) => one === name);
  if (projection === undefined)
    throw new CommandError(`there is no projection ${name}: ${READ_MODELS.join(', ')}`, EXIT.usage);
  const log = await verifyLog(filesOf(directoryOrUrl));
  if (at !== undefined && at >= log.checkpoint.size) {
    throw new CommandError(
      `--at ${at} is past the log's end: its last index is ${log.checkpoint.size - 1}`,
      EXIT.usage,
    );
  }
  const models = emptyReadModels();
  for await (const { index, bytes } of log.entries()) {
    project(models, parseEntry(bytes));
    if (index === at) break;
  }
  return {
    projection,
    index: models.size - 1,
    stateDigest: digestOfModel(models, projection),
    view: viewOf(models, projection),
  };
}
