/** Epochs: what a close pays, the secret that it reveals, and what was sent where. */
import { digestOf } from '../events/canonical.ts';
import type { EventOf, PrismEvent } from '../events/catalogue.ts';
import { epochCorrelation, streamOf } from '../events/ids.ts';
import { parseTime } from '../events/time.ts';
import { ensure } from '../refused.ts';
import { keptAfter, weightsOf } from '../weights/weights.ts';
import { contributionsOf } from './contributions.ts';
import { owe } from './owed.ts';
import { revealSecret } from './randomness.ts';
import type { EpochEntry, LedgerState } from './state.ts';

function closeEpoch(state: LedgerState, event: EventOf<'EpochClosed'>): void {
  const { epoch } = event.data;
  ensure(state.policy !== null && state.id !== null, 'not-yet', 'the ledger is not open');
  ensure(
    event.stream === streamOf.epoch(epoch),
    'wrong-content',
    `epoch ${epoch} belongs in ${streamOf.epoch(epoch)}`,
  );
  ensure(epoch === state.lastEpoch + 1, 'not-yet', `epoch ${state.lastEpoch + 1} is the one that is open`);
  ensure(
    epoch === 1 || state.epochSecrets.get(epoch - 1)?.secret !== null,
    'not-yet',
    `the secret of epoch ${epoch - 1} is not revealed`,
  );
  state.lastEpoch = epoch;
  state.epochSecrets.set(epoch + 1, { commitment: event.data.nextSeedCommitment, secret: null });
  const openedTime = state.epochs.get(epoch - 1)?.closedTime ?? state.openedTime;
  const contributions = contributionsOf(state);
  const { kept } = state;
  const rules = state.policy.weights;
  const spec = { epoch, basis: event.id, contributions, kept, rules };
  const data = weightsOf({ ...spec, span: { fromMs: parseTime(openedTime), toMs: parseTime(event.time) } });
  state.kept = keptAfter(kept, contributions, data);
  state.epochs.set(epoch, {
    closedId: event.id,
    closedTime: event.time,
    openedTime,
    weights: null,
    timeless: weightsOf({ ...spec, span: { fromMs: 0, toMs: 0 } }),
    emissions: new Map(),
  });
  owe(state, event.stream, event.id, epochCorrelation(state.id, epoch), { type: 'WeightsDerived', data });
}

function epochEntry(state: LedgerState, epoch: number, stream: string): EpochEntry {
  const entry = state.epochs.get(epoch);
  ensure(entry !== undefined && stream === streamOf.epoch(epoch), 'unknown', `epoch ${epoch} is not closed`);
  return entry;
}

export function onEpoch(state: LedgerState, event: PrismEvent): void {
  if (event.type === 'EpochClosed') {
    closeEpoch(state, event);
  } else if (event.type === 'SeedRevealed') {
    epochEntry(state, event.data.epoch, event.stream);
    revealSecret(state, event.data);
  } else if (event.type === 'WeightsDerived') {
    epochEntry(state, event.data.epoch, event.stream).weights = event.data;
  } else if (event.type === 'WeightsEmitted') {
    const { emissions, weights } = epochEntry(state, event.data.epoch, event.stream);
    ensure(weights !== null, 'not-yet', 'no weights have been derived');
    ensure(
      !emissions.has(event.data.target),
      'already-done',
      `epoch ${event.data.epoch} was emitted to ${event.data.target}`,
    );
    ensure(
      event.data.weightsDigest === digestOf(weights),
      'wrong-content',
      `other weights were sent than epoch ${event.data.epoch} derived`,
    );
    emissions.set(event.data.target, event.data);
  }
}
