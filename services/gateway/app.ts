/** The gateway: everything that others read, over HTTP, from the log alone; only the progress of runs comes from the bus. */
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { LogError } from '../../domain/log/log-error.ts';
import { StoreUnavailableError } from '../../domain/ports.ts';
import { ERROR_STATUS, type ErrorCode, type ErrorDetails, errorAnswer, HttpError } from './errors.ts';
import { Follower } from './follower.ts';
import { History } from './history.ts';
import { GatewayLog } from './log.ts';
import type { GatewayPorts } from './ports.ts';
import { ProgressBoard } from './progress-board.ts';
import { registerEventRoutes } from './routes/events.ts';
import { registerFeedRoute } from './routes/feed.ts';
import { registerLogFileRoutes } from './routes/log-files.ts';
import { type PlatformSettings, registerPlatformRoutes } from './routes/platform.ts';
import { registerProgressRoute } from './routes/progress.ts';
import { registerReceiptRoute } from './routes/receipt.ts';
import { registerServiceRoutes } from './routes/service.ts';
import { registerSourceRoutes } from './routes/sources.ts';
import { registerStateRoutes } from './routes/state.ts';

export interface Gateway {
  readonly app: FastifyInstance;
  /** To be run, or caught up, by who owns the gateway. */
  readonly follower: Follower;
}

export function gateway(settings: PlatformSettings, ports: GatewayPorts): Gateway {
  const log = new GatewayLog(ports.readLogFile);
  const follower = new Follower(log, ports);
  const board = new ProgressBoard();
  const stopListening = ports.onProgress((progress) => board.note(progress));
  const onError = errorHandler(ports);
  const app = fastify({ frameworkErrors: (error, _request, reply) => onError(error, reply) });
  app.setErrorHandler((error, _request, reply) => onError(error, reply));
  app.setNotFoundHandler((_request, reply) =>
    answerError(reply, 'not-found', 'no such route; /openapi.json lists them'),
  );
  app.addHook('onRequest', async (request, reply) => {
    // Public and read-only: any page may read it. What is internal is not for pages.
    if (!request.url.startsWith('/internal/')) void reply.header('access-control-allow-origin', '*');
  });
  app.addHook('onClose', async () => stopListening());
  registerStateRoutes(app, follower, new History(log));
  registerEventRoutes(app, log, follower);
  registerReceiptRoute(app, log, follower, ports);
  registerSourceRoutes(app, follower, ports);
  registerProgressRoute(app, follower, board);
  registerFeedRoute(app, follower, board);
  registerLogFileRoutes(app, log, follower);
  registerPlatformRoutes(app, follower, settings);
  registerServiceRoutes(app, follower, settings.slug);
  return { app, follower };
}

function answerError(
  reply: FastifyReply,
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
): FastifyReply {
  const status = ERROR_STATUS[code];
  if (status === 503) void reply.header('retry-after', 2);
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .send(errorAnswer(code, message, details));
}

function errorHandler({ logger }: Pick<GatewayPorts, 'logger'>) {
  return (error: unknown, reply: FastifyReply): FastifyReply => {
    if (error instanceof HttpError) return answerError(reply, error.code, error.message, error.details);
    if (error instanceof LogError) return answerError(reply, 'log-unreadable', error.message);
    if (error instanceof StoreUnavailableError)
      return answerError(reply, 'store-unavailable', 'the event store does not answer');
    if (isRequestError(error)) return answerError(reply, 'bad-request', error.message);
    logger.error('a request failed', error);
    return answerError(reply, 'internal', 'the gateway failed; its log says why');
  };
}

/** An error of fastify's that the request is to blame for. */
function isRequestError(error: unknown): error is FastifyError {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    Number(error.statusCode) >= 400 &&
    Number(error.statusCode) < 500
  );
}
