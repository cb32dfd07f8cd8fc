/** What is needed of a model that reads sources, as a type. Its adapter is in `infra/semantic-review/`. */
import type { SemanticFinding } from './finding.ts';

/** What is to be read. */
export interface SemanticSubject {
  /** Digest of the submission's content: an answer counts only for this. */
  readonly codeDigest: string;
  /** Text of every file by its path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** `failed`: there is no answer that can be believed, for whatever reason. */
export type SemanticOpinion = (
  | { readonly verdict: 'clear' }
  | { readonly verdict: 'suspicious'; readonly findings: readonly SemanticFinding[] }
  | { readonly verdict: 'failed'; readonly reason: string }
) & {
  /** What was asked and answered, as JSON, for people who look into it; null where nothing was asked. */
  readonly transcript: string | null;
};

/** Reads sources, and gives an opinion that decides nothing: whatever is not `clear` is for a person to look at. */
export interface SemanticReviewer {
  /** The name that the model is asked by. */
  readonly model: string;
  /**
   * Never throws for what the other side does: no answer, a late one, another one than was asked for are `failed`. Secrets in the sources are
   * not sent, and no reason or transcript has a secret of ours.
   */
  review(subject: SemanticSubject): Promise<SemanticOpinion>;
}
