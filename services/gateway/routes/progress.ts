/** How far an evaluation under way has come. Not an answer from the state: it is of no index, and nobody can check it. */
import type { FastifyInstance } from 'fastify';
import { HttpError } from '../errors.ts';
import type { Follower } from '../follower.ts';
import type { ProgressBoard } from '../progress-board.ts';

export function registerProgressRoute(app: FastifyInstance, follower: Follower, board: ProgressBoard): void {
  app.get<{ Params: { id: string } }>('/v1/submissions/:id/progress', async (request, reply) => {
    const { id } = request.params;
    const submission = follower.present().models.submissions.byId.get(id);
    if (submission === undefined) throw new HttpError('unknown-submission', 'no such submission in the log');
    void reply.header('cache-control', 'no-store');
    return { id, status: submission.status, progress: submission.status === 'running' ? board.of(id) : null };
  });
}
