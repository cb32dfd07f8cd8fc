/** Every id derives from the ledger's, so that whoever writes a fact gives it the same id. */
import { digestOf } from './canonical.ts';
import type { DataOf } from './catalogue.ts';
import { nameOf, uuidV5 } from './uuid.ts';

/** Namespace of all ledgers of this kind. */
const PRISM_NAMESPACE = '6f1f3f0e-52f5-5d0c-9c58-6a1f3ed5c1a7';

/** The ledger's id, which is also the id of its first event. */
export function ledgerId(opened: DataOf<'LedgerOpened'>): string {
  return uuidV5(PRISM_NAMESPACE, digestOf(opened));
}

/** The same hotkey and nonce always name the same submission. */
export function submissionId(ledger: string, hotkey: string, nonce: string): string {
  return uuidV5(ledger, nameOf('submission', hotkey, nonce));
}

/** A family is named by the digest of its normalised architecture. */
export function familyId(ledger: string, architectureDigest: string): string {
  return uuidV5(ledger, nameOf('family', architectureDigest));
}

export interface EventCause {
  readonly stream: string;
  /** Id of what led to it. */
  readonly cause: string;
  /** What it is: the type, and what tells it from others of the same cause. */
  readonly step: string;
  readonly attempt: number;
}

export function eventId(ledger: string, of: EventCause): string {
  return uuidV5(ledger, nameOf('event', of.stream, of.cause, of.step, of.attempt));
}

/** Correlation id of an epoch: one trace from its close to its emissions. */
export function epochCorrelation(ledger: string, epoch: number): string {
  return uuidV5(ledger, nameOf('epoch', epoch));
}

export const streamOf = {
  policy: 'policy',
  submission: (id: string): string => `submission-${id}`,
  family: (id: string): string => `family-${id}`,
  epoch: (epoch: number): string => `epoch-${epoch}`,
} as const;
