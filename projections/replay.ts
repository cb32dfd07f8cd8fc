/**
 * The replay that verifies: every entry is parsed, must be able to follow, and every score, owner and weight is derived again and compared.
 * It needs the log's entries and nothing else.
 */
import type { PrismEvent } from '../domain/events/catalogue.ts';
import { parseEntry } from '../domain/events/codec.ts';
import { streamOf } from '../domain/events/ids.ts';
import { evolveLedger } from '../domain/ledger/evolve.ts';
import { emptyLedger, type LedgerState } from '../domain/ledger/state.ts';
import { emptyReadModels, project, type ReadModels } from './index.ts';
import { countSeeds, type SeedsCount, WrongSeedsError } from './seeds.ts';

/** The first entry of a log that is not what it should be. */
export class ReplayError extends Error {
  readonly index: number;
  constructor(index: number, reason: string, options?: ErrorOptions) {
    super(`index ${index}: ${reason}`, options);
    this.name = 'ReplayError';
    this.index = index;
  }
}

export interface Replayed {
  readonly ledger: LedgerState;
  readonly models: ReadModels;
  /** Derived events that were computed again and found equal. */
  readonly derived: number;
  /** Evaluations by what can be said of their seeds. */
  readonly seeds: SeedsCount;
  /** Blobs that events name; plain verification opens none. */
  readonly blobs: number;
}

const BLOB_FIELDS = ['filesBlob', 'findingsBlob', 'standardErrorBlob'] as const;

function addBlobs(event: PrismEvent, blobs: Set<string>): void {
  for (const [field, value] of Object.entries(event.data)) {
    if (BLOB_FIELDS.some((name) => name === field) && typeof value === 'string') blobs.add(value);
  }
}

function fold(entry: Uint8Array, ledger: LedgerState): PrismEvent {
  const event = parseEntry(entry);
  evolveLedger(ledger, event);
  return event;
}

function seedsOf(ledger: LedgerState, planned: ReadonlyMap<string, number>): SeedsCount {
  try {
    return countSeeds(ledger);
  } catch (error) {
    if (!(error instanceof WrongSeedsError)) throw error;
    throw new ReplayError(planned.get(streamOf.submission(error.submission)) ?? 0, error.message);
  }
}

/** Replays entries in order. Throws `ReplayError`; errors of the source pass through. */
export async function replay(
  entries: AsyncIterable<{ readonly index: number; readonly bytes: Uint8Array }>,
): Promise<Replayed> {
  const ledger = emptyLedger();
  const models = emptyReadModels();
  const ids = new Set<string>();
  const blobs = new Set<string>();
  /** Index of `EvaluationPlanned` by stream. */
  const planned = new Map<string, number>();
  let derived = 0;
  for await (const { index, bytes } of entries) {
    let event: PrismEvent;
    try {
      event = fold(bytes, ledger);
    } catch (error) {
      throw new ReplayError(index, error instanceof Error ? error.message : String(error), { cause: error });
    }
    if (ids.has(event.id)) throw new ReplayError(index, `event id ${event.id} is used twice`);
    ids.add(event.id);
    if (event.type === 'EvaluationPlanned') planned.set(event.stream, index);
    if ('basis' in event.data) derived += 1;
    addBlobs(event, blobs);
    project(models, event);
  }
  return { ledger, models, derived, seeds: seedsOf(ledger, planned), blobs: blobs.size };
}
