/** The log's events, with their index, as they stand in it. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HttpError } from '../errors.ts';
import type { Follower } from '../follower.ts';
import type { GatewayLog } from '../log.ts';
import { eventsQuery, indexSchema, parseQuery } from '../query.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
/** What is in the log stays as it is. */
export const FOR_EVER = 'public, max-age=31536000, immutable';

/** The entry is the event's canonical JSON: it is handed over as it is, so that its hash can be checked. */
function entryJson(index: number, bytes: Buffer): string {
  return `{"index":${index},"event":${bytes.toString('utf8')}}`;
}

export function registerEventRoutes(app: FastifyInstance, log: GatewayLog, follower: Follower): void {
  app.get('/v1/events', async (request, reply) => {
    const { after, limit } = parseQuery(eventsQuery, request.query);
    const end = Math.min(after + 1 + limit, follower.size);
    const entries: string[] = [];
    const reader = await log.reader();
    for await (const { index, bytes } of reader.entries(after + 1, end))
      entries.push(entryJson(index, bytes));
    const next = entries.length === limit && end < follower.size ? end - 1 : null;
    // The last page still grows; those before it are as they will always be.
    const cacheControl = next === null ? 'public, no-cache' : FOR_EVER;
    void reply.headers({ 'content-type': JSON_TYPE, 'cache-control': cacheControl });
    return `{"events":[${entries.join(',')}],"next":${next}}`;
  });

  app.get<{ Params: { index: string } }>('/v1/events/:index', async (request, reply) => {
    const { index } = parseQuery(z.object({ index: indexSchema }), request.params);
    const bytes = (await follower.reaches(index)) ? await (await log.reader()).readEntry(index) : null;
    if (bytes === null) throw new HttpError('unknown-event', `the log ends at index ${follower.size - 1}`);
    void reply.headers({ 'content-type': JSON_TYPE, 'cache-control': FOR_EVER });
    return entryJson(index, bytes);
  });
}
