/** What an evaluator is given, and what it says of itself in the ledger and on its containers. */
import type { Corpus } from '../../domain/evaluation/corpus.ts';
import { streamOf } from '../../domain/events/ids.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import type { BlobStore, Bus, Clock, Sandbox } from '../../domain/ports.ts';
import type { SubmissionState } from '../../domain/submission/state.ts';
import type { LedgerClient, Writing } from '../runtime/ledger-client.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Devices } from './devices.ts';
import type { Device } from './judge/run.ts';
import type { MemoryGate } from './memory-gate.ts';
import type { References } from './reference.ts';
import type { RandomnessParts } from './seeds.ts';

export interface EvaluatorParts {
  readonly client: LedgerClient;
  readonly blobs: BlobStore;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  /** Told how far runs have come. */
  readonly bus: Pick<Bus, 'tell'>;
  readonly log: Logger;
  /** What new evaluations draw their streams from. */
  readonly corpus: Corpus;
  /** An earlier corpus, for what was planned on it. Throws where this machine does not have it. */
  readonly earlierCorpus: (digest: string) => Corpus;
  /** Where seeds come from. */
  readonly randomness: RandomnessParts;
  /** The judge's own trained models. */
  readonly references: References;
  readonly device: Device;
  readonly devices: Devices;
  readonly memory: MemoryGate;
  /** Unique among all evaluators of the ledger. */
  readonly worker: string;
  /** Runs that go side by side. */
  readonly parallel: number;
  /** Ends the attempt under way and its containers at once; a later life of this worker lapses it and goes on with what is missing. */
  readonly signal?: AbortSignal;
}

/** Tells this worker's containers from those of other workers and other ledgers on the same machine. */
export function evaluatorLabels(ledger: string, worker: string): { readonly [label: string]: string } {
  return { 'prism.service': 'evaluator', 'prism.ledger': ledger, 'prism.worker': worker };
}

export function writingFor(
  entry: SubmissionEntry,
  { worker }: EvaluatorParts,
  step: string,
  attempt: number,
  cause: string,
): Writing {
  return {
    stream: streamOf.submission(entry.id),
    actor: `service:evaluator/${worker}`,
    correlationId: entry.id,
    cause,
    step,
    attempt,
  };
}

/** The submission as it stands now; `entry` may be older. */
export function presentState(state: LedgerState, entry: SubmissionEntry): SubmissionState {
  const present = state.submissions.get(entry.id);
  if (present === undefined) throw new Error(`submission ${entry.id} is not in the ledger`);
  return present.state;
}
