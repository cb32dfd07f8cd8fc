/** A ledger with one submission whose review is, or was, held. */
import type { DataOf, Decided } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import { handOver, openLedger, type Script } from './history.ts';
import type { LedgerBuilder } from './ledger-builder.ts';
import { opinionOf, semanticPolicy } from './opinion.ts';

export const heldScript: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt' };

export interface HeldReview {
  readonly builder: LedgerBuilder;
  readonly id: string;
  /** Appends to the submission's stream. */
  say(...decided: readonly Decided[]): void;
}

/** Handed over, and no more. */
export function awaitedReview(policy = semanticPolicy): HeldReview {
  const builder = openLedger(policy);
  const id = handOver(builder, heldScript, 0);
  return {
    builder,
    id,
    say: (...decided) => void builder.append(streamOf.submission(id), id, 'service:test', ...decided),
  };
}

export function heldReview(verdict: DataOf<'SemanticReviewed'>['verdict'] = 'suspicious'): HeldReview {
  const held = awaitedReview();
  const digest = held.builder.state.submissions.get(held.id)?.state.admitted?.contentDigest ?? '';
  held.say({ type: 'SemanticReviewed', data: opinionOf(digest, verdict) });
  return held;
}
