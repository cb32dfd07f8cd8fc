/** The one error of the log: what is wrong, in which file, and from which index on. */

/**
 * - `missing-file`: a file that the checkpoint's size calls for is not there.
 * - `unknown-file`: a file that no log of this format has.
 * - `ahead-of-checkpoint`: a file of a larger log: the checkpoint is stale, or the log is being written this moment.
 * - `bad-key`: a key, or the log's `log.vkey`, is malformed. `wrong-key`: it is not the pinned one.
 * - `bad-note`, `bad-checkpoint`, `bad-proof`: text that is not exactly in its format.
 * - `bad-signature`: no valid signature by the key, an invalid one, or the same one twice.
 * - `wrong-origin`: the checkpoint speaks of another log.
 * - `bad-tile`: a tile of the wrong length. `tile-mismatch`: its hashes are not those that the checkpoint commits to.
 * - `bad-bundle`: length prefixes that do not add up. `entry-mismatch`: an entry that is not the one in the tree.
 * - `root-mismatch`: all tiles agree with each other, but not with the checkpoint.
 * - `rollback`: smaller than a checkpoint seen earlier. `fork`: not a continuation of it.
 * - `entry-too-long`: over 65,535 bytes. `would-rewrite`: a full tile or a signed checkpoint would change.
 */
export type LogErrorCode =
  | 'missing-file'
  | 'unknown-file'
  | 'ahead-of-checkpoint'
  | 'bad-key'
  | 'wrong-key'
  | 'bad-note'
  | 'bad-checkpoint'
  | 'bad-proof'
  | 'bad-signature'
  | 'wrong-origin'
  | 'bad-tile'
  | 'tile-mismatch'
  | 'bad-bundle'
  | 'entry-mismatch'
  | 'root-mismatch'
  | 'rollback'
  | 'fork'
  | 'entry-too-long'
  | 'would-rewrite';

export class LogError extends Error {
  readonly code: LogErrorCode;
  /** Path inside the log, `/`-separated; null where the fault is not in a file. */
  readonly file: string | null;
  /** The first wrong log index where one can be said, else null. */
  readonly index: number | null;

  constructor(
    code: LogErrorCode,
    message: string,
    where: { readonly file?: string | null; readonly index?: number | null } = {},
  ) {
    const file = where.file ?? null;
    const index = where.index ?? null;
    const place = [file, index === null ? null : `index ${index}`].filter((part) => part !== null).join(', ');
    super(place === '' ? message : `${place}: ${message}`);
    this.name = 'LogError';
    this.code = code;
    this.file = file;
    this.index = index;
  }
}
