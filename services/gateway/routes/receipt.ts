/** A miner's receipt: that its submission is in the log, where, and a proof that needs no trust in this server. */
import type { FastifyInstance } from 'fastify';
import { uuidSchema } from '../../../domain/events/envelope.ts';
import { toBase64 } from '../../../domain/log/base64.ts';
import { leafHash } from '../../../domain/log/hashes.ts';
import { HttpError } from '../errors.ts';
import type { Follower } from '../follower.ts';
import type { GatewayLog } from '../log.ts';
import type { GatewayPorts } from '../ports.ts';

/** Seconds: a sequencer signs several times in one. */
const RETRY_AFTER = 1;

export function registerReceiptRoute(
  app: FastifyInstance,
  log: GatewayLog,
  follower: Follower,
  { isInStore }: Pick<GatewayPorts, 'isInStore'>,
): void {
  const indexOf = (id: string) => follower.state.models.submissions.byId.get(id)?.index;

  app.get<{ Params: { id: string } }>('/v1/submissions/:id/receipt', async (request, reply) => {
    const { id } = request.params;
    void reply.header('vary', 'accept');
    if (indexOf(id) === undefined) await follower.catchUp();
    const index = indexOf(id);
    if (index === undefined) {
      if (!uuidSchema.safeParse(id).success || !(await isInStore(id))) {
        throw new HttpError('unknown-submission', 'no such submission');
      }
      void reply.code(202).headers({ 'retry-after': RETRY_AFTER, 'cache-control': 'no-store' });
      return {
        id,
        status: 'pending',
        message: 'it stands in the store; the log has no signed checkpoint with it yet',
      };
    }
    const receipt = await receiptOf(log, index);
    void reply.header('cache-control', 'public, no-cache');
    if (!wantsText(request.headers.accept)) return receipt;
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-disposition', `inline; filename="${id}.tlog-proof"`)
      .send(receipt.tlogProof);
  });
}

async function receiptOf(log: GatewayLog, index: number) {
  const reader = await log.reader();
  const [inclusion, entry] = [await reader.inclusion(index), await reader.readEntry(index)];
  if (inclusion === null || entry === null)
    throw new HttpError('log-unreadable', `the log no longer has index ${index}`);
  const event: unknown = JSON.parse(entry.toString('utf8'));
  return {
    index,
    event,
    leafHash: toBase64(leafHash(entry)),
    proof: inclusion.hashes.map(toBase64),
    checkpoint: inclusion.checkpoint.note.toString('utf8'),
    tlogProof: inclusion.receipt,
  };
}

/** Whether plain text is asked for before JSON or anything. */
function wantsText(accept: string | undefined): boolean {
  const first = (accept ?? '')
    .split(',')
    .find((one) => /^\s*(text\/plain|application\/json|\*\/\*)/i.test(one));
  return first !== undefined && /text\/plain/i.test(first);
}
