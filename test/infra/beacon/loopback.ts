/** A web server on loopback for as long as a test needs it. */
import { createServer, type RequestListener } from 'node:http';

/** Serves with `listener` while `use` runs; `url` has no slash at its end. */
export async function serving<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  try {
    return await use(`http://127.0.0.1:${address.port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

/** An address of loopback where nothing listens. */
export async function nobody(): Promise<string> {
  return serving(
    () => {},
    async (url) => url,
  );
}
