/** The weight emitter: appends the weights that a closed epoch owes, and records what was sent where. */
import { digestOf } from '../../domain/events/canonical.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import { epochCorrelation, streamOf } from '../../domain/events/ids.ts';
import { owedEvents } from '../../domain/ledger/owed.ts';
import type { LedgerState, Owed } from '../../domain/ledger/state.ts';
import type { LedgerClient } from '../runtime/ledger-client.ts';
import type { Service } from '../runtime/loop.ts';
import { settleOwed } from '../runtime/settle.ts';

const ACTOR = 'service:weight-emitter';

/** Nothing is sent; the receipt says what would have been. */
export const DRY_RUN = 'dry-run';

export type EmitterItem =
  | { readonly type: 'owed'; readonly owed: Owed }
  | {
      readonly type: 'emit';
      readonly epoch: number;
      readonly closedId: string;
      readonly weights: DataOf<'WeightsDerived'>;
    };

export function emitterTodo(state: LedgerState): readonly EmitterItem[] {
  const owed = owedEvents(state).filter((one) => one.decided.type === 'WeightsDerived');
  const items: EmitterItem[] = owed.map((one) => ({ type: 'owed', owed: one }));
  for (const [epoch, { closedId, weights, emissions }] of state.epochs) {
    if (weights !== null && !emissions.has(DRY_RUN)) items.push({ type: 'emit', epoch, closedId, weights });
  }
  return items;
}

export function weightEmitter(client: LedgerClient): Service<EmitterItem> {
  return {
    name: 'weight-emitter',
    todo: emitterTodo,
    keyOf: (item) => (item.type === 'owed' ? item.owed.key : `emit epoch ${item.epoch}`),
    async handle(item) {
      if (item.type === 'owed') {
        await settleOwed(client, item.owed, ACTOR);
        return;
      }
      const { epoch, closedId, weights } = item;
      const detail = `nothing was sent: ${weights.shares.length} hotkeys and a burn of ${weights.burn.units} units`;
      const emitted = {
        epoch,
        target: DRY_RUN,
        weightsDigest: digestOf(weights),
        receipt: { kind: DRY_RUN, detail },
      } as const;
      const correlationId = epochCorrelation(client.ledger, epoch);
      const writing = {
        stream: streamOf.epoch(epoch),
        actor: ACTOR,
        correlationId,
        cause: closedId,
        step: `emit ${DRY_RUN}`,
        attempt: 1,
      };
      await client.commit(writing, (state) =>
        state.epochs.get(epoch)?.emissions.has(DRY_RUN) === false
          ? [{ type: 'WeightsEmitted', data: emitted }]
          : [],
      );
    },
  };
}
