/** What a model makes of a project that has passed the rules, as the ledger records it: advice for a person, never a verdict. */
import type { DataOf } from '../../domain/events/catalogue.ts';
import { clip } from '../../domain/events/clip.ts';
import type { BlobStore } from '../../domain/ports.ts';
import { injectionsIn } from '../../domain/semantic-review/injection.ts';
import type {
  SemanticOpinion,
  SemanticReviewer,
  SemanticSubject,
} from '../../domain/semantic-review/port.ts';
import { withoutQuotations } from '../../domain/semantic-review/quoting.ts';
import type { ProjectFiles } from '../runtime/project-files.ts';

export interface OpinionParts {
  /** Null: no endpoint is configured. */
  readonly semantic: SemanticReviewer | null;
  readonly blobs: BlobStore;
}

type Opinion = DataOf<'SemanticReviewed'>;

async function asked(subject: SemanticSubject, semantic: SemanticReviewer): Promise<SemanticOpinion> {
  try {
    return await semantic.review(subject);
  } catch {
    // What it threw may quote what was sent, and this is recorded for everyone to see.
    return { verdict: 'failed', reason: 'asking the model failed', transcript: null };
  }
}

function held(opinion: SemanticOpinion): string | null {
  if (opinion.verdict === 'clear') return null;
  return opinion.verdict === 'failed' ? clip(opinion.reason, 500) : 'a model found it suspicious';
}

/** Sources that speak to a reader are not shown to a model: what it would say of them is worth nothing. Throws where a blob cannot be stored. */
export async function opinionOn(
  codeDigest: string,
  files: ProjectFiles,
  { semantic, blobs }: OpinionParts,
): Promise<Opinion> {
  const sources = new Map([...files].map(([path, bytes]) => [path, bytes.toString('utf8')]));
  const model = semantic === null ? null : clip(semantic.model, 200);
  const unasked = { codeDigest, model, answerBlob: null };
  const injections = injectionsIn(sources);
  if (injections.length > 0) {
    const reason = 'its sources speak to whoever reviews them; no model was asked';
    return { ...unasked, verdict: 'suspicious', findings: [...injections], reason };
  }
  if (semantic === null) {
    const reason = 'the policy wants the opinion of a model, and this reviewer has no endpoint to ask';
    return { ...unasked, verdict: 'failed', findings: [], reason };
  }
  const opinion = await asked({ codeDigest, sources }, semantic);
  const { verdict, transcript } = opinion;
  return {
    codeDigest,
    model,
    verdict,
    findings: verdict === 'suspicious' ? withoutQuotations(opinion.findings, sources) : [],
    reason: held(opinion),
    answerBlob: transcript === null ? null : await blobs.put(Buffer.from(transcript, 'utf8')),
  };
}
