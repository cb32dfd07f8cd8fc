/** The log that the gateway serves, opened as soon as there is one. */
import { type ReadFile, readRequired } from '../../domain/log/files.ts';
import { LogReader } from '../../domain/log/log-reader.ts';
import { VKEY_PATH } from '../../domain/log/tile.ts';
import { storedKey } from '../../domain/log/verify-log.ts';

export class GatewayLog {
  /** A raw file of the log, as it is; null where there is none. */
  readonly file: ReadFile;
  #reader: LogReader | null = null;

  constructor(file: ReadFile) {
    this.file = file;
  }

  /** Throws `LogError` `missing-file` until the log's key is there. The first key that was seen stays. */
  async reader(): Promise<LogReader> {
    this.#reader ??= new LogReader(this.file, storedKey(await readRequired(this.file, VKEY_PATH)).vkey);
    return this.#reader;
  }
}
