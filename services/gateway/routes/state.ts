/** Serves the routes that answer from the state. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';
import type { Follower } from '../follower.ts';
import type { History } from '../history.ts';
import { atQuery, parseQuery } from '../query.ts';
import { digestIn, type GatewayState, indexOf } from '../state.ts';
import type { StateRoute } from './state-route.ts';
import { stateRoutes } from './state-table.ts';

/** The past stays; a later version of this software may show it otherwise. */
const PAST = 'public, max-age=3600';
/** Ask again each time: an unchanged answer costs a 304. */
const PRESENT = 'public, no-cache';

/** The body of a route in a state; null where there is no such thing. */
export function bodyOf(route: StateRoute, view: unknown, state: GatewayState): unknown {
  if (view === null || Array.isArray(view)) return view;
  return { index: indexOf(state), stateDigest: digestIn(state, route.models[0]), ...(view as object) };
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  route: StateRoute,
  state: GatewayState,
  body: unknown,
): FastifyReply {
  const digests = route.models.map((name) => digestIn(state, name));
  // Weak: the index moves on while what is said stays the same.
  const etag = `W/"${digests.join('.')}"`;
  void reply.headers({ etag, 'prism-index': indexOf(state), 'prism-state-digest': digests[0] });
  const known = (request.headers['if-none-match'] ?? '').split(',').map((one) => one.trim());
  if (known.includes(etag) || known.includes('*')) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

export function registerStateRoutes(app: FastifyInstance, follower: Follower, history: History): void {
  for (const route of stateRoutes) {
    app.get<{ Params: { id?: string } }>(route.path, async (request, reply) => {
      const view = route.prepare(request.query, request.params.id ?? '');
      const { at } = parseQuery(atQuery, request.query);
      if (at !== undefined && !(await follower.reaches(at))) {
        throw new HttpError('beyond-the-log', `at: the log ends at index ${follower.size - 1}`);
      }
      const isPast = at !== undefined && at !== indexOf(follower.state);
      const past = isPast ? await history.at(at) : null;
      // Nothing is put off from here on, not even the text: the present state goes on being folded.
      const state = past ?? follower.present();
      const body = bodyOf(route, view(state), state);
      if (body === null) throw new HttpError('unknown-submission', 'no such submission in the log');
      void reply.header('cache-control', at === undefined ? PRESENT : PAST);
      return send(request, reply, route, state, body);
    });
  }
}
