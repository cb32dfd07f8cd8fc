/** The socket that a container's host connects to, in a folder of its own that is mounted read-only into the container. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface HostSocket {
  readonly folder: string;
  /** The socket in it. */
  readonly path: string;
  /** The first connection; our host makes it before it runs any code of a miner. There is no second one. */
  readonly connected: Promise<Socket>;
  /** Stops listening and removes the folder. */
  close(): Promise<void>;
}

const FOLDER_PREFIX = 'prism-sandbox-';

/** @param root where folders are made; a short path, since a Unix socket's name ends at 107 bytes */
export async function listen(root: string = tmpdir()): Promise<HostSocket> {
  const folder = await mkdtemp(join(root, FOLDER_PREFIX));
  const server = createServer();
  const connected = new Promise<Socket>((resolve) => {
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => {}); // 'close' follows, and is what counts
      // Closing also removes the socket's name: whoever connects later finds nobody.
      if (server.listening) {
        server.close();
        resolve(socket);
      } else {
        socket.destroy();
      }
    });
  });
  const path = join(folder, 'host.sock');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o666);
  await chmod(folder, 0o711);
  return {
    folder,
    path,
    connected,
    close: async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Removes the folder that a container's label names, if it is one that `listen` makes under `root`. */
export async function removeFolder(folder: string | undefined, root: string = tmpdir()): Promise<void> {
  if (folder === undefined || dirname(folder) !== root || !folder.startsWith(join(root, FOLDER_PREFIX)))
    return;
  await rm(folder, { recursive: true, force: true });
}
