/**
 * What another policy would have made of the same history. What was measured stays measured: scores, claims, holds and weights are derived
 * anew from the recorded facts, so that only the policy's rules differ, never what was run.
 */
import type { DataOf, PrismEvent } from '../../domain/events/catalogue.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { RefusedError } from '../../domain/refused.ts';
import { ReplayError } from '../replay.ts';
import { type Difference, differenceOf } from './difference.ts';
import { endSimulation, simulateEvent } from './fold.ts';
import { claimKey, type RecordedCalls, type Simulation, startSimulation } from './state.ts';

export type { Difference } from './difference.ts';
export type { Note, Simulation } from './state.ts';

type Events = Iterable<PrismEvent> | AsyncIterable<PrismEvent>;

/** The confirmations that were ever called: an earlier claim waits for one that came, and for no other. */
async function callsIn(events: Events): Promise<RecordedCalls> {
  const calls = new Map<string, DataOf<'ConfirmationCalled'>>();
  for await (const event of events) {
    if (event.type !== 'ConfirmationCalled') continue;
    calls.set(claimKey(event.data.claim, event.stream.slice('submission-'.length)), event.data);
  }
  return calls;
}

/**
 * Folds a history under `policy`.
 * @param read the events from the first to the last that counts; called twice
 * Throws `ReplayError` for an event that cannot follow.
 */
export async function simulate(read: () => Events, policy: Policy): Promise<Simulation> {
  const simulation = startSimulation(policy, await callsIn(read()));
  for await (const event of read()) {
    const index = simulation.recorded.size;
    try {
      simulateEvent(simulation, event);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      throw new ReplayError(index, error.message, { cause: error });
    }
  }
  endSimulation(simulation);
  return simulation;
}

/** `simulate`, and what has come out differently. */
export async function simulatedDifference(read: () => Events, policy: Policy): Promise<Difference> {
  return differenceOf(await simulate(read, policy));
}
