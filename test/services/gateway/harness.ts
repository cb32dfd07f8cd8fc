/** A gateway over a real log folder. */
import { directoryFiles } from '../../../infra/log-directory/directory-files.ts';
import { systemClock } from '../../../infra/system/index.ts';
import { type Gateway, gateway } from '../../../services/gateway/app.ts';
import type { GatewayPorts } from '../../../services/gateway/ports.ts';
import type { PlatformSettings } from '../../../services/gateway/routes/platform.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { type LogFolder, logFolder } from '../../support/log-folder.ts';

export const TOKEN = 'a-token-that-platform-knows';

export interface Harness extends Gateway {
  readonly folder: LogFolder;
  /** Appends to the log and folds it. */
  grow(entries: readonly Buffer[]): Promise<void>;
  json(url: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface HarnessOptions {
  readonly settings?: Partial<PlatformSettings>;
  readonly ports?: Partial<GatewayPorts>;
  /** False: nothing has been read yet. */
  readonly folded?: boolean;
}

export async function openHarness(
  entries: readonly Buffer[],
  options: HarnessOptions = {},
): Promise<Harness> {
  const folder = await logFolder(entries);
  const made = gateway(
    { slug: 'prism', bridgeToken: TOKEN, intakeUrl: 'http://127.0.0.1:9', ...options.settings },
    {
      readLogFile: directoryFiles(folder.directory).read,
      isInStore: async () => false,
      onWake: () => () => {},
      onProgress: () => () => {},
      blobs: {
        get: async (digest) => {
          throw new Error(`there is no blob ${digest}`);
        },
      },
      clock: systemClock,
      logger: silentLogger,
      ...options.ports,
    },
  );
  if (options.folded !== false) await made.follower.catchUp();
  return {
    ...made,
    folder,
    async grow(more) {
      await folder.writer.append(more);
      await made.follower.catchUp();
    },
    json: async (url) => (await made.app.inject(url)).json(),
    async close() {
      await made.app.close();
      await folder.remove();
    },
  };
}
