/** Opinions of a model, as a ledger has them. */
import type { DataOf } from '../../domain/events/catalogue.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { smallPolicy } from './history.ts';

/** Wants a model's opinion; a hold lasts ten minutes. */
export const semanticPolicy: Policy = {
  ...smallPolicy,
  name: 'semantic',
  review: { semantic: 'hold' },
  ownership: { ...smallPolicy.ownership, holdMs: 600_000 },
};

export function opinionOf(
  codeDigest: string,
  verdict: DataOf<'SemanticReviewed'>['verdict'],
): DataOf<'SemanticReviewed'> {
  const finding = { path: 'model.py', line: 1, rule: 'hidden-data', message: 'a table of weights' };
  return {
    codeDigest,
    model: 'a-model',
    verdict,
    findings: verdict === 'suspicious' ? [finding] : [],
    reason: verdict === 'clear' ? null : 'as scripted',
    answerBlob: null,
  };
}
