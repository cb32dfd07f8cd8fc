/** The log itself: the static files that `prism verify <URL>` and any tlog-tiles client read. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CHECKPOINT_PATH, parseTilePath, sizeNeeded, VKEY_PATH } from '../../../domain/log/tile.ts';
import { HttpError } from '../errors.ts';
import type { Follower } from '../follower.ts';
import type { GatewayLog } from '../log.ts';
import { FOR_EVER } from './events.ts';

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';

export function registerLogFileRoutes(app: FastifyInstance, log: GatewayLog, follower: Follower): void {
  async function send(
    reply: FastifyReply,
    path: string,
    type: string,
    cacheControl: string,
  ): Promise<Buffer> {
    const bytes = await log.file(path);
    if (bytes === null) throw new HttpError('not-found', `the log has no file ${path}`);
    void reply.headers({ 'content-type': type, 'cache-control': cacheControl });
    return bytes;
  }

  app.get('/checkpoint', (_request, reply) => send(reply, CHECKPOINT_PATH, TEXT, 'no-cache'));
  app.get('/log.vkey', (_request, reply) => send(reply, VKEY_PATH, TEXT, 'public, no-cache'));
  app.get<{ Params: { '*': string } }>('/tile/*', async (request, reply) => {
    const path = `tile/${request.params['*']}`;
    const tile = parseTilePath(path);
    if (tile === null) throw new HttpError('not-found', 'not the path of a tile');
    // What no checkpoint covers yet could still be written again with other entries, after a crash.
    return await send(reply, path, BYTES, sizeNeeded(tile) <= follower.size ? FOR_EVER : 'no-cache');
  });
}
