/** What Platform asks: the weights, and where it brings submissions. */
import httpProxy from '@fastify/http-proxy';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerBase,
  RouteGenericInterface,
} from 'fastify';
import { MAX_BODY_BYTES } from '../../runtime/body-limit.ts';
import { sameSecret } from '../../runtime/same-secret.ts';
import { ERROR_STATUS, errorAnswer, HttpError } from '../errors.ts';
import type { Follower } from '../follower.ts';
import { platformWeights } from '../views/weights.ts';

export interface PlatformSettings {
  /** Ours, which the slug header must name. */
  readonly slug: string;
  /** Shared with Platform; null: not configured, and nobody is let in. */
  readonly bridgeToken: string | null;
  /** Address of the intake service: `http://127.0.0.1:8081`. */
  readonly intakeUrl: string;
}

const BRIDGE_PATH = '/internal/v1/bridge/submissions';
/** Platform gives up after this time too. */
const BRIDGE_TIMEOUT_MS = 30_000;
const SLUG_HEADERS = ['x-platform-challenge-slug', 'x-base-challenge-slug'] as const;

function requirePlatform(request: FastifyRequest, { slug, bridgeToken }: PlatformSettings): void {
  if (bridgeToken === null)
    throw new HttpError('token-not-configured', 'this engine has no token for Platform');
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || !sameSecret(token, bridgeToken)) {
    throw new HttpError('unauthorized', 'Authorization: a valid bearer token is needed');
  }
  const slugs = SLUG_HEADERS.map((name) => request.headers[name]).filter((value) => value !== undefined);
  if (slugs.length === 0 || slugs.some((value) => value !== slug)) {
    throw new HttpError('wrong-slug', `X-Platform-Challenge-Slug or X-Base-Challenge-Slug: must be ${slug}`);
  }
}

export function registerPlatformRoutes(
  app: FastifyInstance,
  follower: Follower,
  settings: PlatformSettings,
): void {
  app.get('/internal/v1/get_weights', async (request, reply) => {
    requirePlatform(request, settings);
    void reply.header('cache-control', 'no-store');
    return platformWeights(follower.present());
  });

  app.register(async (scope) => {
    // Headers and body go through as they are: intake checks them, and the request hash is of the raw body.
    scope.removeAllContentTypeParsers();
    scope.register(httpProxy, {
      upstream: settings.intakeUrl,
      prefix: BRIDGE_PATH,
      rewritePrefix: BRIDGE_PATH,
      routes: ['/'],
      httpMethods: ['POST'],
      disableRequestLogging: true,
      // Not `preValidation`: with that the proxy would leave bodies of other types to parsers that are not there.
      preHandler: async (request) => refuseTooLarge(request),
      undici: { headersTimeout: BRIDGE_TIMEOUT_MS, bodyTimeout: BRIDGE_TIMEOUT_MS },
      replyOptions: {
        onError: intakeUnavailable,
        // The body follows in any case; the HTTP client of the proxy cannot pass the question on.
        rewriteRequestHeaders: (_request, { expect: _, ...headers }) => headers,
      },
    });
  });
}

/** Intake would cut the connection in the middle of such a body, which reads as if it were away. */
function refuseTooLarge(request: FastifyRequest): void {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > MAX_BODY_BYTES)
    throw new HttpError('body-too-large', `a body has at most ${MAX_BODY_BYTES} bytes`);
}

function intakeUnavailable(reply: FastifyReply<RouteGenericInterface, RawServerBase>): void {
  const message = 'intake does not answer; the same request can be sent again, it is never counted twice';
  void reply.code(ERROR_STATUS['intake-unavailable']).header('retry-after', 2);
  void reply.send(errorAnswer('intake-unavailable', message));
}
