/** From the reviewer's findings to a verdict on the submission. Pure. */
import type { DataOf, Decided } from '../../domain/events/catalogue.ts';
import { clip } from '../../domain/events/clip.ts';
import { familyId } from '../../domain/events/ids.ts';
import type { ReviewResult } from './review-result.ts';

type Finding = DataOf<'SubmissionRejected'>['findings'][number];

export type Verdict = Extract<Decided, { type: 'SubmissionReviewed' | 'SubmissionRejected' }>;

/** An event names the first findings, as many as fit well into its 65,535 bytes; the blob has them all. */
const FINDINGS_IN_EVENT = 20;
const FINDINGS_BYTES = 40 * 1024;

function findingOf({ rule, path, line, message, hint }: ReviewResult['findings'][number]): Finding {
  return {
    rule,
    path: path === null ? null : clip(path, 512),
    line,
    message: clip(message, 500),
    hint: clip(hint, 500),
  };
}

function firstThatFit(findings: readonly Finding[]): readonly Finding[] {
  let bytes = 0;
  return findings.slice(0, FINDINGS_IN_EVENT).filter((finding) => {
    bytes += Buffer.byteLength(JSON.stringify(finding));
    return bytes <= FINDINGS_BYTES;
  });
}

/**
 * A copy of the family's architecture may be shipped; a changed one may not pass as it. What the two differ in is said by their digests: a line
 * of code would tell somebody, try by try, what is in sources that are not theirs.
 */
function differenceOf(
  ledger: string,
  { kind, architectureId, architecture }: DataOf<'SubmissionAdmitted'>['layout'],
  shipped: Pick<ReviewResult, 'architecture'>,
): Finding | null {
  if (kind !== 'training_for_arch' || architectureId === null || shipped.architecture === null) return null;
  const { digest, files } = shipped.architecture;
  const family = familyId(ledger, digest);
  if (family === architectureId) return null;
  const path = architecture?.entrypoint ?? files[0] ?? null;
  return {
    rule: 'architecture-differs',
    path: path === null ? null : clip(path, 512),
    line: null,
    message: `the architecture that is shipped has the digest ${digest}, which is family ${family}, not ${architectureId}`,
    hint: 'leave it out, ship it as its discoverer did, or submit it as kind full',
  };
}

/**
 * @param findingsBlob blob with the reviewer's whole answer
 * @param image content digest of the image that reviewed
 *
 * Throws where the answer is no verdict: neither an error nor what an accepted submission must have.
 */
export function verdictOf(
  ledger: string,
  layout: DataOf<'SubmissionAdmitted'>['layout'],
  result: ReviewResult,
  findingsBlob: string,
  image: string,
): Verdict {
  const reject = (code: string, message: string, findings: readonly Finding[]): Verdict => ({
    type: 'SubmissionRejected',
    data: { stage: 'review', code, message: clip(message, 1_000), findings: [...findings], findingsBlob },
  });
  const errors = result.findings.filter((finding) => finding.severity === 'error');
  const first = errors[0];
  if (first !== undefined) {
    const where = first.path === null ? '' : `${first.path}${first.line === null ? '' : `:${first.line}`}: `;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    return reject(
      first.rule,
      `${where}${first.message}${more}; ${first.hint}`,
      firstThatFit(errors.map(findingOf)),
    );
  }
  const differs = differenceOf(ledger, layout, result);
  if (differs !== null) return reject(differs.rule, `${differs.message}; ${differs.hint}`, [differs]);
  if (layout.kind !== 'training_for_arch' && result.architecture === null)
    throw new Error('the reviewer found neither an architecture nor an error');
  return {
    type: 'SubmissionReviewed',
    data: {
      reviewer: { image, normaliser: result.normaliser },
      architecture: result.architecture && {
        digest: result.architecture.digest,
        sketch: result.architecture.sketch,
      },
      training: result.training && { digest: result.training.digest, sketch: result.training.sketch },
      inference: result.inference && { digest: result.inference.digest },
      hooks: result.hooks,
      warnings: result.findings.length - errors.length,
      findingsBlob,
    },
  };
}
