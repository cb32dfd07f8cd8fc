/** The HTTP bridge that Platform hands submissions over by, wire-compatible with the reference. */
import Fastify, { type FastifyInstance } from 'fastify';
import { sha256 } from '../../domain/events/canonical.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import { StoreUnavailableError } from '../../domain/ports.ts';
import { isReviewHeld } from '../../domain/submission/review-hold.ts';
import { MAX_BODY_BYTES } from '../runtime/body-limit.ts';
import { archiveOf } from './body.ts';
import { authenticate, BridgeError, vouchedBy } from './headers.ts';
import { type IntakeParts, receive } from './receive.ts';

export interface IntakeOptions extends IntakeParts {
  readonly token: string;
  readonly slug: string;
}

/** Some claim of the submission waits for a resolver. */
function isHeld(state: LedgerState, submission: string): boolean {
  return [...state.families.values()].some((family) => family.holds.get(submission)?.resolution === null);
}

/** The reference's status word. */
function statusOf(state: LedgerState, entry: SubmissionEntry): string {
  if (isHeld(state, entry.id) || isReviewHeld(entry.state)) return 'held';
  switch (entry.state.phase) {
    case 'rejected':
      return 'rejected';
    case 'abandoned':
      return 'failed';
    case 'scored':
      return 'completed';
    default:
      return entry.state.open === null ? 'pending' : 'running';
  }
}

/** The reference's `SubmissionResponse`, and why it was rejected. */
function answerOf(state: LedgerState, entry: SubmissionEntry, createdAt: string): object {
  return {
    id: entry.id,
    hotkey: entry.hotkey,
    epoch_id: state.lastEpoch + 1,
    status: statusOf(state, entry),
    code_hash: entry.state.received?.requestHash ?? null,
    created_at: createdAt,
    error: entry.state.rejected?.message ?? null,
    reason: entry.state.rejected?.code ?? null,
    receipt: `/v1/submissions/${entry.id}/receipt`,
  };
}

export function intakeApp(options: IntakeOptions): FastifyInstance {
  const app = Fastify({ bodyLimit: MAX_BODY_BYTES, logger: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post('/internal/v1/bridge/submissions', async (request) => {
    authenticate(request.headers, options.token, options.slug);
    const vouched = vouchedBy(request.headers);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const actual = sha256(body);
    if (actual !== vouched.requestHash) {
      throw new BridgeError(
        400,
        'wrong-request-hash',
        `the body has SHA-256 ${actual}, the header says ${vouched.requestHash}`,
      );
    }
    const archive = archiveOf(body, String(request.headers['content-type'] ?? ''), vouched.filename);
    const { entry } = await receive(vouched, body, archive, options);
    return answerOf(options.client.state, entry, entry.receivedTime);
  });

  app.get('/health', async () => ({ status: 'ok', slug: options.slug }));

  app.setErrorHandler(async (error: Error & { statusCode?: number; code?: string }, _request, reply) => {
    if (error instanceof BridgeError)
      return reply.code(error.status).send({ error: { code: error.code, message: error.message } });
    if (error instanceof StoreUnavailableError) {
      return reply
        .code(503)
        .header('Retry-After', '2')
        .send({
          error: {
            code: 'store-unavailable',
            message: 'nothing was recorded for sure: send the same request again',
          },
        });
    }
    if (error.statusCode === 413) {
      return reply
        .code(413)
        .send({ error: { code: 'body-too-large', message: `a body has at most ${MAX_BODY_BYTES} bytes` } });
    }
    const status = error.statusCode ?? 500;
    return reply.code(status).send({
      error: {
        code: status < 500 ? 'bad-request' : 'internal',
        message: status < 500 ? error.message : 'an error of ours: send the same request again',
      },
    });
  });
  return app;
}
