/** Health and version, as the reference answers them and with more. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Follower } from '../follower.ts';
import { openApiDocument } from '../openapi.ts';

export const VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))).version;

const CAPABILITIES = [
  'get_weights',
  'proxy_routes',
  'event_log',
  'inclusion_proofs',
  'time_travel',
  'server_sent_events',
];

export function registerServiceRoutes(app: FastifyInstance, follower: Follower, slug: string): void {
  app.get('/health', async (_request, reply) => {
    // Looks now: an answer from before the disk went away would be a lie.
    const reason = await follower.catchUp().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    void reply.code(reason === null ? 200 : 503).header('cache-control', 'no-store');
    return {
      status: reason === null ? 'ok' : 'unavailable',
      slug,
      version: VERSION,
      index: follower.size - 1,
      checkpointSize: follower.checkpoint?.size ?? null,
      reason,
    };
  });

  app.get('/version', () => ({
    api_version: '1.0',
    challenge_version: VERSION,
    sdk_version: 'platform-challenge-1',
    capabilities: CAPABILITIES,
  }));

  const document = openApiDocument(VERSION);
  app.get('/openapi.json', (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').send(document),
  );
}
