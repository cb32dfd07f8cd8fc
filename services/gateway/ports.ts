/** What the gateway needs from outside. */
import type { ReadFile } from '../../domain/log/files.ts';
import type { BlobStore, Bus, Clock } from '../../domain/ports.ts';
import type { Logger } from '../runtime/logger.ts';

export interface GatewayPorts {
  /** Reads a file of the log's folder. All that is public and lasts is folded from these; nothing but them is trusted. */
  readonly readLogFile: ReadFile;
  /** Whether a submission stands in the event store, in the log already or not. Throws `StoreUnavailableError`. */
  readonly isInStore: (submission: string) => Promise<boolean>;
  /** The log may have grown; without any of these it is looked at four times a second. */
  readonly onWake: Bus['onWake'];
  /** How far runs have come: shown while they last, folded into nothing. */
  readonly onProgress: Bus['onProgress'];
  /** Sources that are open to all. Nothing else of the blobs is shown. */
  readonly blobs: Pick<BlobStore, 'get'>;
  /** Says what is open by now. */
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}
