/** Server-sent events: the log as it grows, with the progress of runs where that is asked for, or a read model as it changes. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';
import { eventFrames, viewFrames } from '../feed/frames.ts';
import { ProgressMailbox } from '../feed/progress-mailbox.ts';
import type { Follower } from '../follower.ts';
import type { ProgressBoard } from '../progress-board.ts';
import { feedQuery, parseLastEventId, parseQuery } from '../query.ts';
import { digestIn, indexOf } from '../state.ts';
import { bodyOf } from './state.ts';
import { leaderboardRoute, ownersRoute } from './state-table.ts';

const projections = { leaderboard: leaderboardRoute, owners: ownersRoute } as const;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would hold frames back otherwise.
  'x-accel-buffering': 'no',
} as const;

export function registerFeedRoute(app: FastifyInstance, follower: Follower, board: ProgressBoard): void {
  const open = new Set<AbortController>();
  app.addHook('preClose', async () => {
    for (const listener of open) listener.abort();
  });

  function stream(
    reply: FastifyReply,
    frames: (signal: AbortSignal) => AsyncGenerator<string | Buffer>,
  ): FastifyReply {
    const listener = new AbortController();
    open.add(listener);
    reply.raw.once('close', () => {
      open.delete(listener);
      listener.abort();
    });
    // Not in object mode: its buffer is then counted in bytes.
    return reply.headers(HEADERS).send(Readable.from(frames(listener.signal), { objectMode: false }));
  }

  /** What is told of a submission, or of `all`, until `signal`: at first what is known of those that run. Empty where none is asked for. */
  function mailboxOf(wanted: string | undefined, signal: AbortSignal): ProgressMailbox {
    const mailbox = new ProgressMailbox();
    if (wanted === undefined) return mailbox;
    const isWanted = (submission: string) => wanted === 'all' || wanted === submission;
    const { byId } = follower.state.models.submissions;
    for (const news of board.underWay()) {
      const { submission } = news.progress;
      if (isWanted(submission) && byId.get(submission)?.status === 'running') mailbox.put(news);
    }
    const stop = board.listen((news) => {
      if (isWanted(news.progress.submission)) mailbox.put(news);
    });
    signal.addEventListener('abort', stop, { once: true });
    return mailbox;
  }

  app.get('/v1/feed', { exposeHeadRoute: false }, (request, reply) => {
    const { projection, types, after, progress } = parseQuery(feedQuery, request.query);
    if (projection !== undefined) {
      if (progress !== undefined)
        throw new HttpError('bad-request', 'progress: goes with events, not with a projection');
      return stream(reply, (signal) =>
        viewFrames(follower, projection, () => presentView(follower, projection), signal),
      );
    }
    const from = startOf(request, after, follower);
    return stream(reply, (signal) => eventFrames(follower, from, types, mailboxOf(progress, signal), signal));
  });
}

/** The last index that the listener has. Who has none hears what comes from now on. */
function startOf(request: FastifyRequest, after: number | undefined, follower: Follower): number {
  // A browser that comes back asks with the same URL as at first; where it has come to is in the header.
  const last = parseLastEventId(request.headers['last-event-id']);
  if (last !== undefined) return last;
  if (after !== undefined && after >= follower.size) {
    throw new HttpError('beyond-the-log', `after: the log ends at index ${follower.size - 1}`);
  }
  return after ?? follower.size - 1;
}

function presentView(follower: Follower, name: keyof typeof projections) {
  const { state } = follower;
  const route = projections[name];
  const body = bodyOf(route, route.prepare({}, '')(state), state);
  return { index: indexOf(state), stateDigest: digestIn(state, name), ...(body as object) };
}
