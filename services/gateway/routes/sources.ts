/** Sources that are open to all by now: of what owns something, some time after that was decided. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { formatTime } from '../../../domain/events/time.ts';
import { type Sources, visibilityAt } from '../../../domain/ledger/sealing.ts';
import { contentOf, getProject, type ProjectFiles } from '../../runtime/project-files.ts';
import { packFiles } from '../../runtime/zip.ts';
import { HttpError } from '../errors.ts';
import type { Follower } from '../follower.ts';
import type { GatewayPorts } from '../ports.ts';
import { FOR_EVER } from './events.ts';

type Ports = Pick<GatewayPorts, 'blobs' | 'clock' | 'logger'>;

/** Throws `HttpError` where there is no such submission, and for who may not see it now or ever. */
function openSources(follower: Follower, id: string, now: number) {
  const seal = follower.present().seals.bySubmission.get(id);
  if (seal === undefined) throw new HttpError('unknown-submission', 'no such submission in the log');
  const visibility = visibilityAt(seal, now);
  if (visibility.kind === 'open') return visibility;
  if (visibility.kind === 'never') {
    throw new HttpError(
      'sources-never-open',
      'it owns nothing, and the sources of what owns nothing stay sealed',
    );
  }
  const { opensAt } = visibility;
  const until =
    opensAt === null
      ? "until its claims are decided; if they give it something, the policy's time longer"
      : `until ${opensAt}; it is ${formatTime(now)}`;
  throw new HttpError('sources-sealed', `they are sealed ${until}`, { details: { opensAt } });
}

/** The files, checked to be what was admitted. Throws `HttpError` `sources-damaged`. */
async function checkedFiles(id: string, sources: Sources, { blobs, logger }: Ports): Promise<ProjectFiles> {
  try {
    const files = await getProject(blobs, sources.filesBlob);
    const { contentDigest } = contentOf(files);
    if (contentDigest !== sources.contentDigest)
      throw new Error(`its files have the content digest ${contentDigest}, not ${sources.contentDigest}`);
    return files;
  } catch (error) {
    logger.error(`the sources of ${id} cannot be shown`, error);
    throw new HttpError('sources-damaged', 'a file is missing, or is not what the ledger says was admitted', {
      cause: error,
    });
  }
}

export function registerSourceRoutes(app: FastifyInstance, follower: Follower, ports: Ports): void {
  async function opened(id: string, reply: FastifyReply) {
    const { opensAt, sources } = openSources(follower, id, ports.clock.now());
    const files = await checkedFiles(id, sources, ports);
    // What is open never closes, and its bytes are those that the ledger names.
    void reply.header('cache-control', FOR_EVER);
    return { opensAt, files };
  }

  app.get<{ Params: { id: string } }>('/v1/submissions/:id/sources', async (request, reply) => {
    const { id } = request.params;
    const { opensAt, files } = await opened(id, reply);
    const { digests, contentDigest } = contentOf(files);
    return {
      id,
      opensAt,
      contentDigest,
      files: digests.map(([path, sha256]) => ({ path, bytes: files.get(path)?.length ?? 0, sha256 })),
    };
  });

  app.get<{ Params: { id: string } }>('/v1/submissions/:id/sources.zip', async (request, reply) => {
    const { id } = request.params;
    const { files } = await opened(id, reply);
    return (
      reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${id}.zip"`)
        // Stored, not compressed: they are small, and everyone else waits meanwhile.
        .send(packFiles(files, 0))
    );
  });
}
